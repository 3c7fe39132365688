"""Takes the pictures of the README: `python docs/screenshots.py ARCHIVE` (or `make screenshots`).

Serves the archive on a free port of this machine, and photographs it with the machine's chromium.
"""

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from reftel.clearance import ALL
from reftel.errors import ReftelError
from reftel.web.app import make_app

IMAGES = Path(__file__).parent / "images"
QUERY = "krona+lease"
CABLE = "04STRELSAU198"  # of the sample: relayed whole, with a comment, references and damage
LIT = "h1 span[data-f]"  # the subject, shown with its place in the copy

DESK: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}


@contextmanager
def served(archive: Path) -> Iterator[str]:
    """The address at which the archive is open."""
    app = make_app(archive, ALL)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def take(browser: Browser, address: str, name: str, size: ViewportSize, *, lit: str | None = None) -> None:
    """One picture, as docs/images/NAME.png."""
    scale = 2 if size is PHONE else 1
    context = browser.new_context(viewport=size, device_scale_factor=scale, color_scheme="light")
    page = context.new_page()
    response = page.goto(address)
    if response is None or not response.ok:
        sys.exit(f"{address}: no page to take a picture of; is it the archive of the sample?")
    if lit:
        page.hover(lit)
        page.wait_for_timeout(800)  # until the copy has been scrolled to the place
    page.screenshot(path=IMAGES / f"{name}.png")
    context.close()


def main(archive: Path) -> None:
    """All the pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium found: install it to take pictures")
    IMAGES.mkdir(parents=True, exist_ok=True)
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with served(archive) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=as_root)
        take(browser, f"{address}/", "home", DESK)
        take(browser, f"{address}/search?q={QUERY}", "search", DESK)
        take(browser, f"{address}/cable/{CABLE}", "cable", DESK, lit=LIT)
        take(browser, f"{address}/cable/{CABLE}", "cable-phone", PHONE)
        browser.close()
    print(f"Pictures of {archive} are in {IMAGES}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/screenshots.py ARCHIVE")
    try:
        main(Path(sys.argv[1]))
    except ReftelError as error:
        sys.exit(str(error))
