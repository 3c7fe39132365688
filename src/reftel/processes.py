"""One piece of work done on very many things: in several processes, in order, in bounded memory."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import connection, get_context, parent_process
from typing import Generic, TypeVar

from reftel.errors import UsageError

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[Sequence[T]], list[R]]

_TASK, _TASK_BYTES = 64, 1 << 20  # things to a task, and their size together
_FEW = 4  # so few tasks are done sooner than a process is started
_AHEAD = 32  # tasks for each process before their results are taken: it works on while the taker is busy


def number_of(workers: int | None) -> int:
    """How many processes to work with: as many as asked for, else as there are processors for us."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers < 1:
        raise UsageError(f"{workers} workers cannot read anything; give 1 or more, or leave it out")
    return workers


def tasks(things: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """Things gathered to pieces of work: enough that sending them costs little, and never much memory."""
    task: list[T] = []
    bytes_ = 0
    for thing in things:
        task.append(thing)
        bytes_ += size(thing)
        if len(task) >= _TASK or bytes_ >= _TASK_BYTES:
            yield task
            task, bytes_ = [], 0
    if task:
        yield task


def in_order(
    work: Work[T, R], tasks: Iterable[Sequence[T]], workers: int, lost: Callable[[T], R]
) -> Iterator[R]:
    """The results of `work` on all tasks, in their order, a result a thing.

    `work` is a function of a module, so that a fresh process can find it. A thing that ends the process
    that works on it (by want of memory, say) is given to `lost`, and the rest goes on.
    """
    rest = iter(tasks)
    first = list(islice(rest, _FEW))
    if workers == 1 or len(first) < _FEW:
        for task in chain(first, rest):
            yield from work(task)
        return
    pool = _Pool(work, workers)
    try:
        ahead: deque[tuple[Sequence[T], Future[list[R]]]] = deque()
        for task in chain(first, rest):
            ahead.append((task, pool.submit(task)))
            if len(ahead) > workers * _AHEAD:
                yield from pool.results(*ahead.popleft(), lost)
        while ahead:
            yield from pool.results(*ahead.popleft(), lost)
    finally:
        pool.shutdown()


class _Pool(Generic[T, R]):
    """Processes that do one piece of work; when one of them is ended from outside, others take over."""

    def __init__(self, work: Work[T, R], workers: int) -> None:
        self._work = work
        self._workers = workers
        self._many = _start(workers)
        self._one: ProcessPoolExecutor | None = None

    def submit(self, task: Sequence[T]) -> Future[list[R]]:
        try:
            return self._many.submit(self._work, task)
        except BrokenProcessPool:
            self._many = _start(self._workers)
            return self._many.submit(self._work, task)

    def results(self, task: Sequence[T], future: Future[list[R]], lost: Callable[[T], R]) -> Sequence[R]:
        try:
            return future.result()
        except BrokenProcessPool:
            # one of the things in hand did it; who goes one by one learns which
            return [self._alone(thing, lost) for thing in task]

    def _alone(self, thing: T, lost: Callable[[T], R]) -> R:
        self._one = self._one or _start(1)
        try:
            return self._one.submit(self._work, [thing]).result()[0]
        except BrokenProcessPool:
            self._one = None
            return lost(thing)

    def shutdown(self) -> None:
        for pool in (self._many, self._one):
            if pool:
                pool.shutdown(cancel_futures=True)


def _start(workers: int) -> ProcessPoolExecutor:
    # fresh processes: a forked one would hold the archive's lock after its parent was killed
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)


def _prepare() -> None:
    """In a new process: leave interrupts to the parent, and end when it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)  # nobody is left to take what we read
