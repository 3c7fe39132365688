"""The reading room in a real browser: fields lit in the copy, keys, no scripts, phone, print, contrast."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reftel.clearance import ALL
from reftel.ingest import ingest
from reftel.web.app import make_app
from serving import IN_A_BROWSER, chromium, is_as_wide_as, served, window
from test_web import CITING, HOSTILE, HOSTILE_NAME, SHOWN, WHOLE

pytestmark = IN_A_BROWSER

WIDTHS = {"phone": 390, "desk": 1280, "wide": 1920}


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """A server on a free port of this machine, with an archive of a few cables."""
    folder = tmp_path_factory.mktemp("cables")
    (folder / "04ZENDA7.txt").write_text(WHOLE)
    (folder / "04STRELSAU31.txt").write_text(CITING)
    (folder / HOSTILE_NAME).write_text(HOSTILE)
    archive = tmp_path_factory.mktemp("archive") / "archive"
    ingest(archive, [folder], status="leaked", workers=1)
    with served(make_app(archive, ALL)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def context(browser, address) -> Iterator[BrowserContext]:
    """A desk-wide window, in which nothing may be asked of another machine, and no script may fail."""
    with window(browser, address, viewport={"width": 1280, "height": 900}) as context:
        yield context


@pytest.fixture
def page(context) -> Page:
    """An empty page in that window."""
    return context.new_page()


def is_lit(page: Page, *texts: str) -> None:
    """That these are lit in the copy, and nothing else: at once, or as soon as the browser comes to it."""
    expect(page.locator(".received .lit")).to_have_text(list(texts))


# -- the copy beside the text -----------------------------------------------------------------------------


def test_a_field_lights_its_place_in_the_copy(page):
    """Hovering a field lights where it was read from, over two lines too; leaving it lets go."""
    page.goto("/cable/2004ZENDA7")
    page.hover("h1 span")
    is_lit(page, "SURVEYORS IN THE SNOW: THE KRONA LEASE HAS\nTWELVE MONTHS TO RUN")
    page.get_by_text("AMEMBASSY STRELSAU").first.hover()
    is_lit(page, "AMEMBASSY STRELSAU")
    page.hover(".name")
    is_lit(page)


def test_a_place_in_the_copy_lights_its_field(page):
    """And the other way round; a click goes to the field."""
    page.goto("/cable/2004ZENDA7")
    place = page.locator(".received [data-f=signature]")
    place.hover()
    expect(page.locator(".signature .lit")).to_have_text("TARLEN")
    place.click()
    expect(page.locator(".signature a")).to_be_focused()
    expect(page.locator(".signature")).to_be_in_viewport()


def test_a_field_lights_on_focus(page):
    """With the tab key alone: links of fields light their place, and the copy scrolls to it."""
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto("/cable/2004ZENDA7")
    page.locator(".signature a").focus()
    is_lit(page, "TARLEN")
    expect(page.locator(".received [data-f=signature]")).to_be_in_viewport()


def test_the_copy_is_walked_by_keys(page):
    """One stop of the tab key, arrows from field to field, Enter to what was read from there."""
    page.goto("/cable/2004ZENDA7")
    page.locator(".received").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".received :focus")).to_have_text("VZCZCXRO0007")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    is_lit(page, "VZCZCXRO0007")
    page.keyboard.press("Enter")
    expect(page.locator(".more a[data-f=transmission-id]")).to_be_focused()


def test_the_comment_in_a_paragraph_has_its_own_place(page):
    """Part and paragraph are lit apart."""
    page.goto("/cable/2004ZENDA7")
    page.locator("#p2 .comment").hover()
    is_lit(page, "(COMMENT: They did not hide. END COMMENT.)")


def test_the_copy_can_be_folded_away(page):
    """Then the text has the page to itself; a link to a place unfolds it again."""
    page.goto("/cable/2004ZENDA7")
    page.locator(".copy summary").click()
    expect(page.locator(".received")).to_be_hidden()
    page.locator(".signature a").click()
    expect(page.locator(".received")).to_be_visible()


# -- links and keys ---------------------------------------------------------------------------------------


def test_a_permalink_leads_to_its_paragraph_and_is_copied(page, context, address):
    """The address with #p2 shows paragraph 2; its number puts the link on the clipboard."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto("/cable/2004ZENDA7?q=snow#p3")
    expect(page.locator("#p3")).to_be_in_viewport()
    page.locator("#p2 a.number").click()
    expect(page.locator("#said")).to_have_text("Link to the paragraph copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}/cable/2004ZENDA7#p2"
    expect(page).to_have_url(re.compile("#p2$"))


def test_keys_on_results(page):
    """j and k walk the hits, Enter opens one, / goes to the search, ? explains, Esc lets go."""
    page.goto("/search?q=")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator(".hit").first
    expect(first.locator("a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".hit.on")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("j?")
    expect(page.locator("#q")).to_have_value("j?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cable/**")


def test_keys_to_what_stands_before_and_after(page):
    """] leads to the next page of results, and [ back."""
    page.goto("/search?q=&limit=1")
    page.keyboard.press("]")
    page.wait_for_url("**&page=2")
    page.keyboard.press("[")
    page.wait_for_url(lambda url: "page=" not in url)


def test_keys_on_a_cable(page):
    """j walks the paragraphs, and their places in the copy with them."""
    page.goto("/cable/2004ZENDA7")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#p2 a.number")).to_be_focused()
    expect(page.locator(".received .lit").first).to_have_text(re.compile(r"^2\. \(C\) Three teams"))


def test_a_search_from_the_keyboard(page):
    """From home to a cable without a mouse."""
    page.goto("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("theodolites")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("1 cable")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#p2")).to_be_in_viewport()


# -- codes and citations ----------------------------------------------------------------------------------


def test_a_code_explains_itself_on_hover_and_on_focus(page):
    """Its meaning stands beside it while the mouse or the tab key is there; Escape puts it away."""
    page.goto("/cable/2004ZENDA7")
    code = page.locator(".code", has_text="SIPDIS").first
    meaning = page.locator(".term", has=code).locator(".meaning").first
    expect(meaning).to_be_hidden()
    code.hover()
    expect(meaning).to_be_visible()
    expect(meaning).to_contain_text("restricts nobody")
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    page.hover(".name")
    code.focus()
    expect(meaning).to_be_visible()
    page.keyboard.press("Tab")  # to its place in the copy
    expect(meaning.locator("a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()


def test_a_code_explains_itself_without_scripts(browser, address):
    """On hover and on focus beside it; a click or a touch leads to its page."""
    context = browser.new_context(java_script_enabled=False, base_url=address, has_touch=True)
    page = context.new_page()
    page.goto("/cable/2004ZENDA7")
    code = page.locator(".code", has_text="SIPDIS").first
    meaning = page.locator(".meaning", has_text="restricts nobody").first
    code.hover()
    expect(meaning).to_be_visible()
    page.mouse.move(0, 0)
    expect(meaning).to_be_hidden()
    code.focus()
    expect(meaning).to_be_visible()
    code.tap()
    page.wait_for_url("**/explain/SIPDIS")
    expect(page.locator("h1")).to_have_text("SIPDIS")
    page.goto("/cable/2004ZENDA7")
    expect(page.locator("[data-copies]").first).to_be_hidden()  # no button that does nothing
    expect(page.locator("#cite-footnote")).to_contain_text("U.S. Consulate Zenda")
    page.locator(".form summary", has_text="BibTeX").click()
    expect(page.locator("#cite-bibtex")).to_contain_text("@misc")
    context.close()


def test_a_touch_explains_before_it_follows(browser, address):
    """On a phone the meaning is shown at the first touch, within the window; the second one follows."""
    phone = {"width": WIDTHS["phone"], "height": 844}
    context = browser.new_context(base_url=address, has_touch=True, viewport=phone)
    page = context.new_page()
    page.goto("/cable/2004ZENDA7")
    code = page.locator(".code", has_text="PREL").first
    code.tap()
    meaning = page.locator(".meaning", has_text="External Political Relations").first
    expect(meaning).to_be_visible()
    box = meaning.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= WIDTHS["phone"]
    assert "/cable/" in page.url
    code.tap()
    page.wait_for_url("**/tag/PREL")
    context.close()


def test_a_citation_is_copied_in_one_click(page, context):
    """Whole, in every form; a paragraph too, from the sign beside it."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/cable/2004ZENDA7")
    for form, begins in (("chicago", "U.S. Consulate Zenda"), ("bibtex", "@misc{"), ("ris", "TY  - PCOMM")):
        page.locator(f"[data-copies=cite-{form}]").click()
        expect(page.locator("#said")).to_have_text("Copied")
        page.wait_for_function(
            "begins => navigator.clipboard.readText().then(t => t.startsWith(begins))", arg=begins
        )
    page.locator("#p3").hover()
    page.locator("#p3 .quote").click()
    page.wait_for_url("**?quote=3#cite")
    expect(page.locator("#cite-quotation")).to_be_in_viewport()
    expect(page.locator("#cite-quotation")).to_contain_text("para. 3")


# -- without scripts, in print, by cable text -----------------------------------------------------------


def test_without_scripts(browser, address):
    """Everything is there; a field is a link to its place in the copy, which is then marked."""
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto("/search?q=theodolites")
    page.locator(".hit a").click()
    expect(page.locator("#p2")).to_be_in_viewport()
    place = page.locator("#s-to-0-name")
    plain = place.evaluate("node => getComputedStyle(node).backgroundColor")
    page.get_by_role("link", name="SECSTATE WASHDC").click()
    expect(page).to_have_url(re.compile("#s-to-0-name$"))
    expect(place).to_be_in_viewport()
    expect(place).not_to_have_css("background-color", plain)
    expect(page.locator("[data-opens]")).to_be_hidden()  # no button that does nothing
    context.close()


def test_in_print_stand_header_and_text(page):
    """No search box, no copy, no footer."""
    page.goto("/cable/2004ZENDA7")
    page.emulate_media(media="print")
    for hidden in (".top", ".copy", ".foot", ".damage"):
        expect(page.locator(hidden)).to_be_hidden()
    for shown in ("h1", ".header >> nth=0", "#p1", "#p4", ".signature"):
        expect(page.locator(shown)).to_be_visible()


def test_cable_text_does_nothing(page):
    """The page of a hostile cable runs nothing, loads nothing, and shows the text as it is."""
    page.goto("/search?q=bell")
    page.locator(".hit a").click()
    expect(page.locator("#p1")).to_contain_text("<script>alert(1)</script>")
    assert page.evaluate("document.scripts.length") == 2  # ours
    assert page.evaluate("document.images.length") == 0
    assert page.locator(".received").evaluate("node => node.textContent") == SHOWN
    expect(page.locator("h1")).to_be_visible()


# -- widths, colours --------------------------------------------------------------------------------------

PAGES = (
    "/",
    "/search?q=",
    "/search?q=krona+zebra",
    '/search?q=krona+from:"NEW',
    "/cable/2004ZENDA7",
    "/cable/2004ZENDA7?quote=3",
    "/cable/1999NOWHERE1",
    "/explain/PREL",
    "/explain/QQQQX",
    "/notes",
    "/nowhere",
)


@pytest.mark.parametrize("where", PAGES)
def test_no_page_is_wider_than_its_window(page, where):
    """On a phone, at a desk and on a wide screen."""
    page.goto(where)
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 844})
        is_as_wide_as(page, width)


def test_a_hostile_cable_is_not_wider_either(page):
    """Long words wrap."""
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 844})
    page.goto("/search?q=bell")
    page.locator(".hit a").click()
    expect(page.locator(".received")).to_be_attached()
    is_as_wide_as(page, WIDTHS["phone"])


def test_the_copy_stands_beside_the_text_or_after_it(page):
    """Beside it at a desk, after it on a phone."""
    page.goto("/cable/2004ZENDA7")
    text, copy = page.locator(".reading").bounding_box(), page.locator(".copy").bounding_box()
    assert text is not None
    assert copy is not None
    assert text["x"] + text["width"] <= copy["x"]
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 844})
    text, copy = page.locator(".reading").bounding_box(), page.locator(".copy").bounding_box()
    assert text is not None
    assert copy is not None
    assert text["y"] + text["height"] <= copy["y"]


# WCAG 2.2, 1.4.3: contrast of each element that has text of its own with what lies behind it
CONTRAST = """() => {
  const channels = (colour) => {
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const luminance = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
    .map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [.2126, .7152, .0722][at], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = channels(getComputedStyle(node).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const poor = [];
  for (const node of document.body.querySelectorAll("*")) {
    const text = [...node.childNodes].filter((each) => each.nodeType === 3 && each.data.trim());
    if (!text.length || !node.checkVisibility()) continue;
    const style = getComputedStyle(node), size = parseFloat(style.fontSize);
    const [one, other] = [luminance(channels(style.color)), luminance(behind(node))].sort((a, b) => b - a);
    const ratio = (one + .05) / (other + .05);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) poor.push(`${node.className} ${text[0].data.trim()} ${ratio}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("where", PAGES)
def test_all_text_has_contrast(page, where):
    """At least 4.5 to 1, by day and by night (WCAG AA); what is lit too."""
    page.goto(where)
    page.emulate_media(reduced_motion="reduce")  # colours change at once
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRAST) == []
        for field in ("h1 span[data-f]", "#p2 .comment", ".damage a >> nth=0"):
            if page.locator(field).count():
                page.locator(field).hover()
                assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("where", PAGES)
def test_landmarks_and_names(page, where):
    """One main heading, landmarks, a way past the head of the page, a name for every link and box."""
    page.goto(where)
    for landmark in ("main", "banner", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    expect(page.locator("h1")).to_have_count(1)
    seen = "a, button, input:not([type=hidden])"
    nameless = f"[...document.querySelectorAll('{seen}')].filter(n => !(n.textContent.trim() ||"
    assert page.evaluate(f"{nameless} n.ariaLabel || n.labels?.length)).length") == 0
    if where != "/":  # there the search has the focus
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#content$"))


# -- finding ----------------------------------------------------------------------------------------------


def test_suggestions_are_chosen_by_keys(page):
    """Arrows and Enter make the last word a clause; Escape closes the list and keeps what was typed."""
    page.goto("/search?q=")
    page.fill("#q", "")
    page.locator("#q").press_sequentially("king from:str")
    expect(page.locator("#suggested li")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#suggested")).to_be_hidden()
    page.locator("#q").press_sequentially("e")
    expect(page.locator("#suggested")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("king from:STRELSAU ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("from%3ASTRELSAU"))


def test_marked_places_are_walked_by_keys(page):
    """From the paragraph of the hit to the next place, around the end, and back."""
    page.goto("/cable/2004ZENDA7?q=the+they#p2")
    places = page.locator(".text mark.sought").count()
    assert places > 2
    page.keyboard.press("n")
    expect(page.locator("#p2 mark.now")).to_have_count(1)
    for _ in range(places):
        page.keyboard.press("n")
    expect(page.locator("mark.now")).to_have_count(1)
    expect(page.locator("#p2 mark.now")).to_be_in_viewport()
    page.keyboard.press("p")
    expect(page.locator("mark.now")).to_be_in_viewport()


def test_how_to_ask_opens_over_the_results(page):
    """As a dialog; its link is a page without scripts."""
    page.goto("/search?q=king")
    page.get_by_role("link", name="How to ask").first.click()
    expect(page.locator("#asking")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#asking")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_results_fit_the_window(page, width):
    """As cards and as a table, which scrolls in itself; with suggestions open."""
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("/search?q=-absent", "/search?q=-absent&view=table", "/search?q=king+zebra", "/help"):
        page.goto(address)
        is_as_wide_as(page, width)


# -- notes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_note_is_put_and_changed_in_two_windows(browser, address, scripts):
    """It stands at its paragraph; of two windows that change it the later sees both texts, and chooses."""
    context = browser.new_context(base_url=address, java_script_enabled=scripts)
    page, other = context.new_page(), context.new_page()
    page.goto("/cable/2004ZENDA7#p3")
    there = page.locator("#p3")
    there.locator("summary", has_text="Note").click()
    there.get_by_label("Note", exact=True).fill("<b>See</b> the lease")
    there.get_by_label("Tags").fill("hearing")
    there.get_by_role("button", name="Keep").click()
    expect(page).to_have_url(f"{address}/cable/2004ZENDA7#p3")
    expect(there.locator(".own-words")).to_have_text("<b>See</b> the lease")
    expect(there.locator(".own-tags")).to_contain_text("hearing")
    for each in (page, other):
        each.goto("/notes")
        with each.expect_navigation():
            each.get_by_role("link", name="Change").click()
    for each, text in ((page, "one"), (other, "other")):
        each.get_by_label("Note", exact=True).fill(text)
        with each.expect_navigation():
            each.get_by_role("button", name="Keep").click()
    expect(other.locator("h1")).to_have_text("This note was changed in between")
    expect(other.locator(".own-words")).to_have_text("one")
    expect(other.get_by_label("Note", exact=True)).to_have_value("other")
    other.get_by_role("button", name="Keep mine").click()
    expect(other.locator("#p3 .own-words")).to_have_text("other")
    other.get_by_role("button", name="Take the tag hearing off").click()
    expect(other.locator("#p3 .own-tags")).to_have_count(0)
    with other.expect_navigation():
        other.get_by_role("link", name="Change").click()
    other.get_by_role("button", name="Remove this note").click()
    expect(other.locator(".own-words")).to_have_count(0)
    context.close()


def test_a_search_is_saved_and_tagged(page, address):
    """From the foot of its results; what was read is hidden in one click."""
    page.goto("/search?q=krona")
    page.get_by_text("Save this search, or tag").click()
    page.get_by_role("textbox", name="Tag ").fill("hearing")
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page).to_have_url(f"{address}/search?q=tagged%3Ahearing")
    page.get_by_text("Save this search, or tag").click()
    with page.expect_navigation():
        page.get_by_role("button", name="as read").click()
    page.goto("/search?q=")
    page.get_by_role("link", name="hide what I have read").click()
    expect(page).to_have_url(re.compile("-is%3Aread"))
