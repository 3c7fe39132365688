"""Serving the reading room: an address that is free, one line that says it, a browser where there is one."""

import os
import socket
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn

from reftel.archive import Archive
from reftel.clearance import Reader
from reftel.errors import PortTaken
from reftel.web.app import make_app

_TRIES = 50
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def serve(
    archive: Path,
    reader: Callable[[Archive], Reader],
    *,
    host: str,
    port: int | None,
    first_port: int,
    browser: bool,
) -> None:
    """Serve an archive to one reader until interrupted.

    Without a port, `first_port` is taken or the next free one. Raises PortTaken where none is.
    """
    listening = _listen(host, port, first_port)
    number = listening.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{number}/"
    app = make_app(archive, reader, hosts=() if host in _LOOPBACK else (host,))
    print(f"The reading room of {archive} is open at {address} (Ctrl-C closes it)", flush=True)
    if host not in _LOOPBACK:
        print("It answers other machines too, and asks nobody who they are.", file=sys.stderr, flush=True)
    if browser and _has_display():
        webbrowser.open(address)
    # no access log: what is searched for is the reader's own affair
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=False
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        print("Closed.")


def _listen(host: str, port: int | None, first_port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = [port] if port is not None else range(first_port, first_port + _TRIES)
    for number in ports:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            listening.listen(128)
        except OSError as error:
            reason = error.strerror
            listening.close()
        else:
            return listening
    which = f"port {port}" if port is not None else f"none of the ports {ports[0]} to {ports[-1]}"
    raise PortTaken(f"{host}: {which} can be listened on ({reason}); name another with --port")


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
