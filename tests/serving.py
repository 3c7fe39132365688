"""A reading room served on a free port of this machine, and the browser that looks at it."""

import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from starlette.applications import Starlette

CHROMIUM = shutil.which("chromium")
AS_ROOT = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []

IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium found: install it to test pages in a browser"),
]
"""The marks of a test module that needs a browser."""


expect.set_options(timeout=20_000)  # ms: on a machine with more to do a page may be long in coming


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The address at which an application answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=AS_ROOT)
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, address: str, **how: Any) -> Iterator[BrowserContext]:
    """A window: nothing is asked of another machine, no script fails, no policy of the page is broken."""
    context = browser.new_context(base_url=address, **how)
    wrong: list[str] = []
    context.on("request", lambda request: request.url.startswith(address) or wrong.append(request.url))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("dialog", lambda dialog: wrong.append(dialog.message))
    context.on("console", lambda told: "Content Security" in told.text and wrong.append(told.text))
    yield context
    context.close()
    assert not wrong


def is_as_wide_as(page: Page, width: int) -> None:
    """That nothing on a page stands out of a window of that width."""
    expect(page.locator("html")).to_have_js_property("scrollWidth", width)
