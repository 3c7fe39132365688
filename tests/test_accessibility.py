"""Every page for everybody: axe finds nothing against WCAG 2.2 AA, and all of it is done by keys alone."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from reftel import clearance, custody
from reftel.clearance import ALL
from reftel.forge import sample
from reftel.ingest import ingest
from reftel.web.app import make_app
from serving import IN_A_BROWSER, chromium, served
from test_web import CITING, HOSTILE, HOSTILE_NAME, WHOLE

pytestmark = IN_A_BROWSER

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # else axe describes every node of a page that passes, too
}
"""WCAG 2.2 to AA, and what axe advises beside it: landmarks, the order of headings."""

OWNER = {
    "home": "/",
    "search with hits": "/search?q=krona",
    "search narrowed": "/search?q=tag:PREL+-class:S",
    "search without hits": "/search?q=krona+zebra",
    "search behind the last page": "/search?q=krona&page=99",
    "search of one month": "/search?q=2004-01",
    "table": "/search?q=krona&view=table",
    "query error": '/search?q=krona+from:"NEW',
    "state error": "/search?q=krona&page=x",
    "cable": "/cable/2004ZENDA7",
    "cable from a hit": "/cable/2004ZENDA7?q=theodolites",
    "cable quoted": "/cable/2004ZENDA7?quote=3",
    "long cable": "/cable/2004ZENDA8?part=2",
    "copy of a long cable": "/cable/2004ZENDA8?copy=1",
    "choice": "/cable/2009ZENDA12",
    "not held": "/cable/1999NOWHERE1",
    "missing": "/missing",
    "missing of a post": "/missing?post=ZENDA",
    "missing one": "/cable/2003ZENDA241",
    "timeline": "/timeline",
    "timeline of a year": "/timeline?q=2004&by=status",
    "timeline of a month": "/timeline?q=2004-03",
    "timeline of nothing": "/timeline?q=krona+zebra",
    "refs": "/refs/2004ZENDA7",
    "post": "/post/ZENDA",
    "post not here": "/post/NOWHERE",
    "tag": "/tag/PREL",
    "tag of no table": "/tag/OOPS",
    "preview": "/as/C/search?q=krona",
    "left out": "/without/status:leaked/",
    "help": "/help",
    "explain": "/explain",
    "explained": "/explain/PREL",
    "not explained": "/explain/QQQQX",
    "not found": "/nowhere",
}
READER = {"withheld": "/cable/2004STRELSAU31", "home of a reader": "/"}
EMPTY = {"empty archive": "/", "empty search": "/search?q=krona", "empty ledger": "/missing"}
STRANGER = {"not admitted": "/"}

LONG = WHOLE.replace("ZENDA 000007", "ZENDA 000008").replace(
    "TARLEN\n", "\n\n".join(f"{n}. (C) {'The king is away. ' * 40}" for n in range(5, 180)) + "\n\nTARLEN\n"
)
PAGES: Mapping[str, tuple[str, str]] = {
    name: (who, address)
    for who, pages in (("owner", OWNER), ("reader", READER), ("empty", EMPTY), ("stranger", STRANGER))
    for name, address in pages.items()
}


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of a reading room for its owner, for one of its readers, with nothing in it, and closed."""
    folder = tmp_path_factory.mktemp("held") / "cables"
    folder.mkdir()
    (folder / "04ZENDA7.txt").write_text(WHOLE)
    (folder / "04STRELSAU31.txt").write_text(CITING)
    (folder / HOSTILE_NAME).write_text(HOSTILE)
    (folder / "again.txt").write_text(HOSTILE.replace("ZENDA 000012", "ZENDA 000012 "))
    (folder / "04ZENDA8.txt").write_text(LONG)
    for forged in sample():
        (folder / forged.name).write_bytes(forged.text)
    archive, empty = folder.with_name("archive"), folder.with_name("empty")
    ingest(archive, [folder], status="leaked", workers=1)
    custody.set_policy(archive, {"withheld": "marked"})
    (folder.with_name("nothing")).mkdir()
    ingest(empty, [folder.with_name("nothing")], workers=1)
    apps = {
        "owner": make_app(archive, ALL),
        "reader": make_app(archive, clearance.reader("U")),
        "empty": make_app(empty, ALL),
        "stranger": make_app(archive, lambda held: clearance.reader("nobody")),
    }
    with ExitStack() as stack:
        yield {name: stack.enter_context(served(app)) for name, app in apps.items()}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    with chromium() as browser:
        yield browser


# -- by machine -------------------------------------------------------------------------------------------

WAYS = {"day, at a desk": ("light", 1280), "night, on a phone": ("dark", 390)}


@pytest.fixture(scope="module", params=WAYS)
def looked_at(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A window by day or by night, at a desk or on a phone."""
    scheme, width = WAYS[request.param]
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        bypass_csp=True,  # for axe, which is no part of our pages
    )
    yield context.new_page()
    context.close()


def wrong(page: Page, part: str | None = None) -> list[str]:
    """Which rules a page breaks, and where."""
    found = Axe().run(page, context=part, options=RULES)
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {node['html'][:200]} {said['message']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
        for said in (*node["any"], *node["all"], *node["none"])
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on(looked_at: Page, rooms: dict[str, str], name: str) -> None:
    """Contrast, names, roles, landmarks, order of headings, size of what is pressed; what is folded too."""
    who, address = PAGES[name]
    looked_at.goto(f"{rooms[who]}{address}")
    looked_at.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    found = wrong(looked_at)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("dialog", ["keys", "asking"])
def test_axe_finds_nothing_in_a_dialog(looked_at: Page, rooms: dict[str, str], dialog: str) -> None:
    """What opens over a page is held to the same."""
    looked_at.goto(f"{rooms['owner']}/search?q=krona")
    looked_at.evaluate(f"document.getElementById('{dialog}').showModal()")
    found = wrong(looked_at, f"#{dialog}")
    assert not found, "\n".join(found)


# -- by keys ----------------------------------------------------------------------------------------------

# what has the focus: its place in the document, and what keeps a reader from seeing that it has it
FOCUSED = """() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  const [box] = node.getClientRects(), style = getComputedStyle(node);
  const shown = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const wrong = [];
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) wrong.push("no outline");
  if (box.bottom <= 0 || box.top >= innerHeight) wrong.push("outside the window");
  else if (!shown || !(node.contains(shown) || shown.contains(node))) wrong.push("covered");
  if (style.opacity !== "1") wrong.push("faint");
  const all = [...document.querySelectorAll("*")];
  return { at: all.indexOf(node), html: node.outerHTML.slice(0, 120), wrong };
}"""
WALKED = (
    "home",
    "search narrowed",
    "search without hits",
    "table",
    "cable quoted",
    "missing",
    "timeline",
    "refs",
)


@pytest.fixture
def page(browser: Browser, rooms: dict[str, str]) -> Iterator[Page]:
    """A window of the owner's, at a desk."""
    context = browser.new_context(
        base_url=rooms["owner"], viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", WALKED)
def test_the_tab_key_walks_the_page_in_its_order(page: Page, name: str) -> None:
    """Each stop once, from the skip link to the last, seen and marked; the key is never caught."""
    page.goto(OWNER[name])
    page.evaluate("document.activeElement.blur()")
    before, stops = -1, 0
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or stop["at"] < before:  # out of the page, or around its end
            break
        assert stop["at"] > before, f"caught at {stop['html']}"
        assert not stop["wrong"], f"{stop['wrong']}: {stop['html']}"
        before, stops = stop["at"], stops + 1
    else:
        pytest.fail("there is no end to this page")
    assert stops > 5


def test_a_reader_without_a_mouse_finds_and_reads_a_cable(page: Page) -> None:
    """From home to a hit, into the cable, to what a code means, to another search, and to the keys."""
    page.goto("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("krona")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=krona")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    for key, order in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator(".hit").nth(order).locator("a")).to_be_focused()
    subject = page.locator(".hit a").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cable/**")
    expect(page.locator("h1")).to_have_text(subject)
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.row .code')"):
            break
    described = page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    expect(page.locator(f"#{described}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"#{described}")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(".paragraph a.number:focus")).to_have_count(1)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).not_to_be_focused()


def test_a_folded_part_is_opened_by_keys(page: Page) -> None:
    """More of the header, the copy, forms of citation: Enter unfolds them."""
    page.goto("/cable/2004ZENDA7")
    for part in (".more", ".codes"):
        page.locator(f"{part} > summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"{part} > :nth-child(2)")).to_be_visible()
