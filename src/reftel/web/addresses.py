"""The address of every page: a question, a cable and a place in it are links."""

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


def tagged(code: str) -> str | None:
    """All cables with a TAG; None for a garbled word that no query can name."""
    asked = str(Field("tag", code))
    return search(asked) if can_be_asked(asked) else None


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


def citing(id: str) -> str:
    """All cables that name this one in their REF."""
    return search(str(Field("ref", id)))


_DEFAULTS: dict[str, object] = {"page": 1, "sort": "relevance", "limit": 20, "view": "cards"}
