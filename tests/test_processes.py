"""Work in several processes comes back in order, in bounded memory, whatever happens to a process."""

import os
import time

import pytest

from reftel import processes
from reftel.errors import UsageError


def double(numbers):
    """Work that ends its process at a negative number, as if for want of memory."""
    for number in numbers:
        if number < 0:
            os._exit(9)
    time.sleep(0.001 * (numbers[0] % 7))
    return [2 * number for number in numbers]


def lost(number):
    return "lost"


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_things(workers):
    """However long each took."""
    tasks = processes.tasks(range(1000), lambda number: 1)
    assert list(processes.in_order(double, tasks, workers, lost)) == list(range(0, 2000, 2))


def test_a_process_that_dies_takes_one_thing_with_it():
    """What ended it is reported; what lay beside it in hand is done again, and the rest goes on."""
    numbers = [*range(300), -1, *range(301, 600)]
    found = list(processes.in_order(double, processes.tasks(numbers, lambda number: 1), 2, lost))
    assert found == [2 * number if number >= 0 else "lost" for number in numbers]


def test_things_are_taken_as_they_are_needed():
    """Of endless work only so much is taken in advance, and no task is large."""
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield taken

    results = processes.in_order(double, processes.tasks(endless(), lambda number: 100_000), 2, lost)
    assert [next(results) for _ in range(10)] == list(range(2, 22, 2))
    results.close()
    assert taken < 1000


def test_a_task_is_full_by_number_or_by_size():
    """Sixty-four small things, or one that is large."""
    sizes = [1] * 100 + [5_000_000, 1, 5_000_000]
    assert [len(task) for task in processes.tasks(sizes, lambda size: size)] == [64, 37, 2]


@pytest.mark.parametrize("workers", [0, -3])
def test_no_workers_do_no_work(workers):
    """The number asked for must make sense; where none is asked for there are as many as processors."""
    with pytest.raises(UsageError, match=f"^{workers} workers cannot read anything; give 1 or more"):
        processes.number_of(workers)
    assert processes.number_of(3) == 3
    assert processes.number_of(None) >= 1
