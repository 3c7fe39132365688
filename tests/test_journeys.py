"""What somebody new does in the reading room that `make demo` opens, in a real browser, a test a journey."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from reftel.clearance import ALL
from reftel.forge import sample
from reftel.ingest import ingest
from reftel.web.app import make_app
from serving import IN_A_BROWSER, chromium, is_as_wide_as, served, window

pytestmark = IN_A_BROWSER

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """The sample in a reading room, as `make demo` has it."""
    folder: Path = tmp_path_factory.mktemp("cables")
    for forged in sample():
        (folder / forged.name).write_bytes(forged.text)
    archive = tmp_path_factory.mktemp("archive") / "archive"
    ingest(archive, [folder], collection="sample", workers=1)
    with served(make_app(archive, ALL)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser, address) -> Iterator[Page]:
    """An empty page in a window as wide as a desk's."""
    with window(
        browser, address, viewport=DESK, permissions=["clipboard-read", "clipboard-write"]
    ) as context:
        yield context.new_page()


def copied(page: Page, begins: str) -> str:
    """What was put on the clipboard, as soon as it begins so."""
    expect(page.locator("#said")).to_have_text("Copied")
    told = "begins => navigator.clipboard.readText().then(text => text.startsWith(begins))"
    page.wait_for_function(told, arg=begins)
    return page.evaluate("navigator.clipboard.readText()")


# -- find, narrow, read -----------------------------------------------------------------------------------


def test_find_narrow_open_at_the_hit_and_come_back(page):
    """From the first page to the paragraph with the word, to the next hit, and back to what was found."""
    page.goto("/")
    expect(page.locator("h1")).to_have_text("74 cables")
    page.get_by_role("combobox", name="Search the archive").fill("lamp")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("h1")).to_have_text("14 cables")

    page.get_by_role("complementary", name="Narrow").get_by_role("link", name="Zenda", exact=True).click()
    expect(page.locator("h1")).to_have_text("4 cables")
    expect(page.get_by_role("list", name="Narrowed by")).to_contain_text("from:ZENDA")

    page.get_by_role("link", name="SHOOTING AT THE KRONA TUNNEL").click()
    expect(page).to_have_url(re.compile(r"/cable/2004ZENDA160\?q=.*#p\d$"))
    expect(page.locator(".paragraph:target mark", has_text="lamp").first).to_be_in_viewport()
    expect(page.locator(".received [data-f=p2]").first).to_be_in_viewport()
    order = "node => [...document.querySelectorAll('mark')].indexOf(node)"
    page.keyboard.press("n")
    first = page.locator("mark.now").evaluate(order)
    page.keyboard.press("n")
    expect(page.locator("mark").nth(first)).not_to_have_class(re.compile("now"))
    expect(page.locator("mark.now")).to_have_text(re.compile("lamp", re.IGNORECASE))
    expect(page.locator("mark.now")).to_be_in_viewport()

    page.get_by_role("link", name="Back to").click()
    expect(page.locator("h1")).to_have_text("4 cables")
    page.get_by_role("link", name="from:ZENDA").click()
    expect(page.locator("h1")).to_have_text("14 cables")


def test_the_box_suggests_and_the_keyboard_is_enough(page):
    """Post by suggestion, cable by j and Enter, paragraph by j, the next cable by ], a new search by /."""
    page.goto("/")
    box = page.get_by_role("combobox", name="Search the archive")
    expect(box).to_be_focused()
    page.keyboard.type("lamp from:zen")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#suggested [role=option]")).to_contain_text("Zenda")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("lamp from:ZENDA ")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("4 cables")
    page.keyboard.press("j")
    expect(page.locator(".hit.on a")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cable/2004ZENDA*")
    page.keyboard.press("j")
    expect(page.locator(".paragraph.on a.number")).to_be_focused()
    page.keyboard.press("]")
    page.wait_for_url(re.compile(r"/cable/\w+$"))
    expect(page.locator(".head .facts")).to_contain_text("Zenda")
    page.keyboard.press("/")
    expect(box).to_be_focused()


def test_nothing_found_says_which_word_is_in_the_way(page):
    """And the way out is a link with what it finds."""
    page.goto("/search?q=lamp+zeppelin+from:ZENDA")
    expect(page.locator("h1")).to_have_text("No cables")
    row = page.get_by_role("row", name="zeppelin")
    row.get_by_role("link", name="4 cables").click()
    expect(page.locator("h1")).to_have_text("4 cables")


def test_a_search_is_followed_down_to_its_days(page):
    """From the results to their timeline, from a year to a month, and back to the cables of a day."""
    page.goto("/search?q=krona")
    page.get_by_role("link", name="Timeline, by level or release").click()
    expect(page.locator("h1")).to_have_text("44 cables over time")
    drawn = page.get_by_role("region", name="By year")
    drawn.get_by_role("link", name="2004: 20 cables").click()
    expect(page.get_by_role("heading", name="By month, 2004")).to_be_visible()
    page.get_by_role("link", name=re.compile("^August 2004: ")).first.click()
    page.get_by_role("link", name=re.compile("^22 August 2004: ")).first.click()
    expect(page.get_by_role("link", name="SHOOTING AT THE KRONA TUNNEL")).to_be_visible()


# -- understand -------------------------------------------------------------------------------------------


def test_a_code_is_explained_by_mouse_and_by_key(page):
    """Over it and with the tab key its meaning stands beside it; its own page says it too."""
    page.goto("/cable/2004STRELSAU198")
    code = page.locator(".standing .code", has_text="SIPDIS")
    meaning = page.locator(".meaning", has_text="restricts nobody").first
    expect(meaning).to_be_hidden()
    code.hover()
    expect(meaning).to_be_visible()
    page.hover(".name")
    expect(meaning).to_be_hidden()
    code.focus()
    expect(meaning).to_be_visible()
    code.click()
    expect(page.locator("h1")).to_have_text("SIPDIS")
    expect(page.get_by_role("main")).to_contain_text("restricts nobody")


def test_a_code_is_explained_on_a_phone(browser, address):
    """The first touch shows its meaning within the window, the second leads on."""
    with window(browser, address, viewport=PHONE, has_touch=True) as context:
        page = context.new_page()
        page.goto("/cable/2004STRELSAU198")
        code = page.locator(".header .code", has_text="PBTS")
        code.tap()
        meaning = page.locator(".meaning", has_text="National Boundaries").first
        expect(meaning).to_be_in_viewport(ratio=1)
        code.tap()
        expect(page.locator("h1")).to_contain_text("PBTS")


def test_sent_as_and_now_stand_side_by_side(page):
    """How it was marked is one thing, what has been decided since another."""
    page.goto("/cable/2004STRELSAU198")
    sent, now = page.locator(".standing > div").all()
    expect(sent).to_contain_text("Sent as")
    expect(sent).to_contain_text("CONFIDENTIAL")
    expect(now).to_contain_text("Release unknown")


def test_two_copies_of_one_cable_side_by_side(page):
    """From the cable to its copies: a name that one has and the other has taken out."""
    page.goto("/cable/2004ZENDA7")
    page.get_by_role("link", name="2 copies, word for word").click()
    expect(page.locator("del", has_text="Josef Hallik")).to_be_visible()
    expect(page.locator("ins", has_text="name removed")).to_be_visible()
    same = page.locator("details", has_text="Paragraph 2: the same in both")
    same.locator("summary").click()
    expect(same).to_contain_text("The corridor is a strip of Graustark soil")


# -- trace ------------------------------------------------------------------------------------------------


def test_from_a_reference_to_one_that_is_missing_to_a_request(page):
    """A held cable is opened; of one that is not held it says who cites it; the list asks for it."""
    page.goto("/cable/2004STRELSAU198")
    page.locator(".references").get_by_role("link", name="04 STATE 30415").click()
    expect(page.locator("h1")).to_have_text("KRONA CORRIDOR: GUIDANCE FOR POSTS")
    missing = page.locator(".references li", has_text="03 STRELSAU 1688")
    missing.get_by_role("link", name="not in this archive").click()
    expect(page.locator("h1")).to_have_text("Not in this archive")
    expect(page.get_by_role("main")).to_contain_text("It is cited by 3 cables here.")
    expect(page.locator(".citing-it").get_by_role("link", name="2004ZENDA7")).to_be_visible()

    page.get_by_role("link", name="All that is cited of Strelsau in 2003").click()
    expect(page.locator("h1")).to_have_text("2 telegrams cited and not held")
    with page.expect_download() as begun:
        page.get_by_role("link", name="a request as text").click()
    request = begun.value.path().read_text()
    assert "telegram 1688 of STRELSAU, 2003" in request
    assert "2004ZENDA7" in request


def test_a_thread_is_followed_along_time(page):
    """Drawn and told in words; a step further shows more, and each paper is a link."""
    page.goto("/cable/2004ZENDA160")
    page.get_by_role("link", name="References and thread").click()
    page.wait_for_url("**/refs/**")
    turns = page.locator(".turn")
    near = turns.count()
    assert near
    page.get_by_role("navigation", name="How far").get_by_role("link", name="4", exact=True).click()
    expect(turns.nth(near)).to_be_visible()
    page.get_by_role("link", name="2004STATE182290").last.click()
    expect(page.locator("h1")).to_have_text("DEMARCHE: KRONA TUNNEL SHOOTING")


# -- cite, keep -------------------------------------------------------------------------------------------


def test_a_footnote_is_copied_in_one_click_and_a_paragraph_quoted(page):
    """The footnote names post, subject and number, and no address of this machine; so does the quotation."""
    page.goto("/cable/2005THORBERG377")
    page.get_by_role("link", name="Cite", exact=True).click()
    page.get_by_role("button", name="Copy: Footnote").click()
    footnote = copied(page, "U.S. Embassy Thorberg")
    assert "telegram Thorberg 377, November 9, 2005" in footnote
    assert "127.0.0.1" not in footnote
    page.locator("#p5").hover()
    page.locator("#p5").get_by_role("link", name="Quote this paragraph").click()
    page.get_by_role("button", name="Copy: Paragraph 5, quoted").click()
    assert "Soll filed it under W." in copied(page, "“")


def test_all_that_was_found_is_taken_along(page):
    """As a table of all pages, with the query and out of how many above it."""
    page.goto("/search?q=krona")
    expect(page.locator("h1")).to_have_text("44 cables, page 1 of 3")
    with page.expect_download() as begun:
        page.locator(".keep").get_by_role("link", name="CSV").click()
    lines = begun.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "#,query,krona" in lines
    assert "#,found,44 out of 74" in lines
    assert sum(line.startswith("2004ZENDA160,") for line in lines) == 1


# -- notes ------------------------------------------------------------------------------------------------


def test_a_note_on_a_paragraph_is_found_again(page):
    """Written where it belongs, it is on one's own page, which leads back to the paragraph."""
    page.goto("/cable/2004ZENDA160#p4")
    there = page.locator("#p4")
    there.locator("summary", has_text="Note").click()
    there.get_by_label("Note", exact=True).fill("Who telephoned at 1:40?")
    there.get_by_role("button", name="Keep").click()
    expect(there.locator(".own-words")).to_have_text("Who telephoned at 1:40?")
    page.get_by_role("link", name="Notes", exact=True).click()
    expect(page.locator("h1")).to_have_text("1 note")
    page.get_by_role("link", name="2004ZENDA160, paragraph 4").click()
    expect(there).to_be_in_viewport()
    expect(there.locator(".own-words")).to_be_visible()


def test_a_search_is_saved_and_its_cables_make_a_set(page):
    """From the foot of the results: the search is on one's own page; the set has an address."""
    page.goto("/search?q=lamp+from:ZENDA")
    page.get_by_text("Save this search, or tag").click()
    page.get_by_label("Save this search as").fill("lamps")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/search?q=lamp+from:ZENDA")
    page.get_by_text("Save this search, or tag").click()
    page.get_by_label("Put all 4 cables in a set").fill("chapter 3")
    with page.expect_navigation():
        page.get_by_role("button", name="Put", exact=True).click()
    page.goto("/notes")
    expect(page.get_by_role("link", name="lamps")).to_be_visible()
    page.get_by_role("link", name="chapter 3").click()
    expect(page).to_have_url(re.compile("/set/chapter"))
    expect(page.locator(".hit")).to_have_count(4)
    with page.expect_download() as begun:
        page.get_by_role("link", name="citations").click()
    assert "telegram Zenda 160" in begun.value.path().read_text()


# -- as another reader ------------------------------------------------------------------------------------


def test_the_room_as_a_reader_of_u_finds_it(page):
    """A bar says that it is a preview; fewer cables, and none of the others' words; one click leads back."""
    page.goto("/search?q=krona")
    page.get_by_label("Preview as").select_option("U")
    page.get_by_role("button", name="Look").click()
    bar = page.get_by_role("complementary", name="How this is shown")
    expect(bar).to_contain_text("a preview and no lock")
    expect(page.locator("h1")).to_have_text("7 cables")
    expect(page.get_by_role("main")).not_to_contain_text("CONFIDENTIAL")
    page.get_by_role("link", name="THE FIRST TRAIN").click()
    expect(page.locator("h1")).to_have_text("THE FIRST TRAIN")
    expect(bar).to_be_visible()
    bar.get_by_role("link", name="End the preview").click()
    expect(bar).to_have_count(0)
    expect(page.locator("h1")).to_have_text("THE FIRST TRAIN")


@pytest.mark.parametrize(
    "where", ["/", "/search?q=lamp", "/cable/2004ZENDA160", "/refs/2004ZENDA160", "/missing"]
)
def test_the_journey_fits_a_phone(browser, address, where):
    """No page of it is wider than its window."""
    with window(browser, address, viewport=PHONE, has_touch=True) as context:
        page = context.new_page()
        page.goto(where)
        is_as_wide_as(page, PHONE["width"])
