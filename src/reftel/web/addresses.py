"""The address of every page: a question, a cable and a place in it are links."""

import re
from urllib.parse import quote, urlencode

from reftel.errors import QueryError
from reftel.query import Field, Query


def search(query: str, **state: object) -> str:
    """`/search?q=...` with whatever else is not as it is from the start."""
    told = {name: value for name, value in state.items() if value not in (None, "", _DEFAULTS.get(name))}
    return f"/search?{urlencode({'q': query, **told})}"


def kept(query: str, form: str) -> str:
    """`/search.csv?q=...`: everything found, to be kept."""
    return f"/search.{form}?{urlencode({'q': query})}"


def cable(key: str, query: str = "", paragraph: str | None = None) -> str:
    """`/cable/2009ASTANA253#p7`; with the query by which it was found."""
    asked = f"?{urlencode({'q': query})}" if query else ""
    place = f"#p{quote(paragraph)}" if paragraph is not None else ""
    return f"/cable/{quote(key, safe='/')}{asked}{place}"


def text(key: str) -> str:
    """`/cable/2009ASTANA253/text`: the whole cable as plain text."""
    return f"{cable(key)}/text"


def copies(key: str, second: int = 2) -> str:
    """`/cable/2009ASTANA253/copies?with=3`: the copy that a cable is read from beside another."""
    return f"{cable(key)}/copies" + (f"?with={second}" if second != 2 else "")


def tagged(code: str) -> str | None:
    """All cables with a TAG; None for a garbled word that no query can name."""
    asked = str(Field("tag", code))
    return search(asked) if can_be_asked(asked) else None


def explain(term: str) -> str:
    """What a code means; a slash in it is no step of the address, nor are its dots."""
    return (
        f"/explain?{urlencode({'term': term})}"
        if _IS_PATH.search(term)
        else f"/explain/{quote(term, safe='')}"
    )


def explain_json(term: str) -> str:
    """The same in JSON."""
    return f"/explain.json?{urlencode({'term': term})}"


_IS_PATH = re.compile(r"^\.{1,2}$|[/\\]|\.json$|^$")


def can_be_asked(query: str) -> bool:
    """Whether a query made of what stands in cables says what it means: a quote in a TAG breaks it."""
    try:
        Query.parse(query)
    except QueryError:
        return False
    return True


def sent_from(station: str) -> str:
    """All cables from a post."""
    return search(str(Field("from", station)))


def post(station: str) -> str:
    """A post's own page."""
    return f"/post/{quote(station, safe='')}"


def tag(code: str) -> str | None:
    """A TAG's own page; None for a garbled word that no query, or no address, can name."""
    return f"/tag/{quote(code, safe='')}" if tagged(code) and code.strip("./") else None


def posts_tag(station: str, code: str) -> str | None:
    """The cables of a post with a TAG."""
    asked = f"{Field('from', station)} {Field('tag', code)}"
    return search(asked) if can_be_asked(asked) else None


def citing(id: str) -> str:
    """All cables that name this one in their REF."""
    return search(str(Field("ref", id)))


def refs(key: str, **state: object) -> str:
    """`/refs/2009ASTANA253?depth=3`: what a cable cites and what cites it."""
    return f"/refs/{quote(key, safe='/')}{_state(state)}"


def missing(form: str = "", **state: object) -> str:
    """`/missing?q=...&post=ZENDA`: what is cited and not held; `form` is `.csv`, `.txt` or `.json`."""
    return f"/missing{form}{_state(state)}"


def timeline(query: str = "", **state: object) -> str:
    """`/timeline?q=...&by=status`: a search along time."""
    return f"/timeline{_state({'q': query, **state})}"


def on(key: str, anchor: str | None = None, back: str = "") -> str:
    """`?on=2009ASTANA253%23p7`: what a form writes on, and the query by which it was found."""
    place = key if anchor is None else f"{key}#p{anchor}"
    return f"?{urlencode({'on': place, 'back': back} if back else {'on': place})}"


def of_set(name: str) -> str:
    """`/set/the%20lease`: the permanent address of a set."""
    return f"/set/{quote(name, safe='')}"


def saved(name: str) -> str:
    """`/saved/railway`: what was new in a saved search at the last visit."""
    return f"/saved/{quote(name, safe='')}"


def _state(state: dict[str, object]) -> str:
    told = {name: value for name, value in state.items() if value not in (None, "", _STATES.get(name))}
    return f"?{urlencode(told)}" if told else ""


_STATES: dict[str, object] = {"page": 1, "limit": 25, "depth": 2, "direction": "both", "by": "level"}
_DEFAULTS: dict[str, object] = {"page": 1, "sort": "relevance", "limit": 20, "view": "cards"}
