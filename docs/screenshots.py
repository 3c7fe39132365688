"""Takes the pictures of README and guides: `python docs/screenshots.py ARCHIVE` (or `make screenshots`).

Serves a copy of the archive, with a few notes in it, on a free port of this machine, and photographs it with
the machine's chromium. The same archive, chromium and fonts give the same pictures.
"""

import base64
import os
import shutil
import socket
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import uvicorn
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from reftel.archive import Archive
from reftel.clearance import ALL
from reftel.errors import ReftelError
from reftel.readingroom import ReadingRoom
from reftel.web.app import make_app

IMAGES = Path(__file__).parent / "images"

DESK: ViewportSize = {"width": 1280, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 844}


class Picture(msgspec.Struct, frozen=True):
    """What is photographed, and in which state."""

    name: str
    at: str
    phone: bool = False
    hover: str | None = None
    to: str | None = None  # what stands at the top of the window


PICTURES = (
    Picture("home", "/"),
    Picture("search", "/search?q=lamp+from:ZENDA"),
    Picture("table", "/search?q=lamp&view=table"),
    Picture("cable", "/cable/2004ZENDA160", hover="h1 span[data-f]"),  # and its place in the copy
    Picture("hit", "/cable/2004ZENDA160?q=lamp#p2"),
    Picture("explain", "/cable/2004STRELSAU198", hover=".standing .code:has-text('SIPDIS')"),
    Picture("thread", "/refs/2004ZENDA160"),
    Picture("missing", "/missing"),
    Picture("not-held", "/cable/2003STRELSAU1688"),
    Picture("copies", "/cable/2004ZENDA7/copies"),
    Picture("cite", "/cable/2005THORBERG377?quote=5#cite", to="#cite"),
    Picture("preview", "/as/U/search?q=lamp"),
    Picture("timeline", "/timeline?q=krona+2004"),
    Picture("notes", "/notes"),
    Picture("noted", "/cable/2004ZENDA160#p4"),
    Picture("home-phone", "/", phone=True),
    Picture("search-phone", "/search?q=lamp+from:ZENDA", phone=True),
    Picture("cable-phone", "/cable/2004ZENDA160", phone=True),
)
"""All of the sample that `reftel forge` writes."""

NOTES = b"""
{"kind":"note","cable":"2004ZENDA160","anchor":"4","text":"Who telephoned at 1:40? Ostheim, two days later: Kranach, by a by-law of 1908.","made_at":"2026-03-02T09:00:00Z","changed_at":"2026-03-02T09:00:00Z"}
{"kind":"note","cable":"2004STRELSAU198","text":"First word of the missing map, Annex C.","made_at":"2026-03-01T16:20:00Z","changed_at":"2026-03-01T16:20:00Z"}
{"kind":"tag","name":"the lamp","cable":"2004ZENDA160","anchor":"4"}
{"kind":"tag","name":"the lamp","cable":"2004EDELWEISS566"}
{"kind":"tag","name":"annex c","cable":"2004STRELSAU198"}
{"kind":"set","name":"chapter 3","cables":["2004ZENDA160","2004EDELWEISS566","2004STATE182290"]}
{"kind":"read","cables":["2004ZENDA160","2004STRELSAU198"]}
{"kind":"search","name":"railway","query":"railway from:ZENDA"}
"""  # noqa: E501
"""What somebody has put beside some of its cables, as docs/formats/notes.md has it."""


@contextmanager
def noted(archive: Path) -> Iterator[Path]:
    """A copy of the archive, with notes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(archive, Path(folder) / "archive")
        held = Archive.open(copy)
        ReadingRoom(held, ALL).notebook.take_in(NOTES)
        held.close()
        yield copy


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


def take(browser: Browser, address: str, picture: Picture) -> bytes:
    """One picture, as PNG."""
    context = browser.new_context(
        viewport=PHONE if picture.phone else DESK,
        device_scale_factor=1.5 if picture.phone else 1,
        color_scheme="light",
        reduced_motion="reduce",
        has_touch=picture.phone,
        is_mobile=picture.phone,
    )
    page = context.new_page()
    response = page.goto(address + picture.at)
    if response is None or response.status >= 500 or not page.locator("h1").count():
        sys.exit(f"{picture.at}: no page to take a picture of; is it the archive of the sample?")
    if picture.to:
        page.locator(picture.to).first.evaluate("node => scrollBy(0, node.getBoundingClientRect().top - 24)")
    if picture.hover:
        page.locator(picture.hover).first.hover()
    page.wait_for_timeout(400)  # until the copy has been scrolled to its place
    taken = smaller(page, page.screenshot(animations="disabled"))
    context.close()
    return taken


# the colours by how often they come: those that come most are kept, the others become the nearest of these
PALETTE = """async (png) => {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const colours = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  const kept = colours.slice(0, 256), parts = (c) => [c & 255, c >> 8 & 255, c >> 16 & 255];
  const apart = (a, b) => parts(a).reduce((sum, each, at) => sum + (each - parts(b)[at]) ** 2, 0);
  const nearer = (c) => (best, each, at) => apart(c, each) < apart(c, kept[best]) ? at : best;
  const nearest = (c) => kept.reduce(nearer(c), 0);
  const places = new Map(colours.map((colour, at) => [colour, at < 256 ? at : nearest(colour)]));
  let bytes = "";
  for (const pixel of pixels) bytes += String.fromCharCode(places.get(pixel));
  return { width: image.width, height: image.height, palette: kept.flatMap(parts), pixels: btoa(bytes) };
}"""


def smaller(page: Page, png: bytes) -> bytes:
    """The same picture in 256 colours, a third of the size, and no eye sees it in a page of text."""
    page = page.context.new_page()
    told: dict[str, Any] = page.evaluate(PALETTE, base64.b64encode(png).decode())
    width, height, pixels = told["width"], told["height"], base64.b64decode(told["pixels"])
    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),  # 8 bits, of a palette
        (b"PLTE", bytes(told["palette"])),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def main(archive: Path) -> None:
    """All the pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium found: install it to take pictures")
    IMAGES.mkdir(parents=True, exist_ok=True)
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with noted(archive) as copy, served(copy) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=as_root)
        for picture in PICTURES:
            (IMAGES / f"{picture.name}.png").write_bytes(take(browser, address, picture))
        browser.close()
    print(f"Pictures of {archive} are in {IMAGES}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/screenshots.py ARCHIVE")
    try:
        main(Path(sys.argv[1]))
    except ReftelError as error:
        sys.exit(str(error))
