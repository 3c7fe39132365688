"""Imports point one way, down the page of docs/architecture.md."""

import ast
from functools import cache
from pathlib import Path

SRC = Path(__file__).parents[1] / "src" / "reftel"

# From the bottom up; a module may import what stands on lines above its own, and its own kind where said.
LAYERS = (
    (
        *"errors defects tables cable chronology dtg editors spelling".split(),
        *"stations mrn citing markings tags words query glossary notefile".split(),
    ),
    ("clearance",),
    ("profiles", "release", "protection"),
    ("sources", "telegram", "findings"),
    ("reading",),
    ("archive",),
    ("processes", "excerpts"),
    ("notebook",),
    ("ingest", "upkeep", "readingroom"),
    ("custody",),
    ("views",),
    ("forge",),
    ("listing",),
    ("settings", "web", "terminal"),
    ("cli",),
    ("__init__", "__main__"),
)
KIN = frozenset({0})  # the vocabulary imports its own kind
TOP = {name: level for level, names in enumerate(LAYERS) for name in names}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """Every module of the package, as (dotted name below reftel, syntax tree)."""
    found = []
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        name = ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)
        found.append((name, ast.parse(path.read_text(encoding="utf-8"))))
    return found


def imported(tree: ast.AST) -> list[str]:
    """What a module imports from reftel, dotted names below it."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "reftel":
            base = node.module.removeprefix("reftel").lstrip(".")
            names = [alias.name for alias in node.names]
            found += [base] if base else [name for name in names if name in TOP]
            if base in ("sources", "telegram", "telegram.common", "findings", "views", "web"):
                found += [
                    f"{base}.{name}"
                    for name in names
                    if (SRC / base.replace(".", "/") / f"{name}.py").exists()
                ]
        elif isinstance(node, ast.Import):
            found += [
                alias.name.removeprefix("reftel.") for alias in node.names if alias.name.startswith("reftel.")
            ]
    return found


def test_every_module_has_its_place():
    """A new top-level module is given a place in LAYERS, and in docs/architecture.md."""
    assert {name.split(".")[0] for name, _ in modules()} == set(TOP)


def test_imports_point_down():
    """No module imports what stands above it, nor a sibling, but for the vocabulary."""
    wrong = []
    for name, tree in modules():
        own = name.split(".")[0]
        for other in imported(tree):
            top = other.split(".")[0]
            if top == own or name == "__init__":
                continue
            if TOP[top] > TOP[own] or (
                TOP[top] == TOP[own] and TOP[own] not in KIN and (own, top) not in ALLOWED
            ):
                wrong.append(f"{name} imports {other}")
    assert not wrong


ALLOWED = {("terminal", "views"), ("web", "settings")}


def test_sources_and_eras_do_not_know_their_siblings():
    """No source imports another source, no era another era, no view another view."""
    shared = {
        "sources.packaging",
        "sources.encoding",
        "sources.signs",
        "sources.bundle",
        "sources.undoing",
        "views.search",
    }
    wrong = []
    for name, tree in modules():
        package = name.split(".")[0]
        if (
            package not in ("sources", "telegram", "findings", "views")
            or "." not in name
            or ".common" in name
        ):
            continue
        for other in imported(tree):
            sibling = other.startswith(f"{package}.") and not other.startswith("telegram.common")
            if sibling and other not in shared:
                wrong.append(f"{name} imports {other}")
    assert not wrong


def test_only_the_ways_in_and_out_import_the_archive():
    """The store is behind ingest, upkeep and the reading room; the edges open it by name."""
    allowed = {"archive", "ingest", "upkeep", "notebook", "readingroom", "custody", "cli", "web"}
    wrong = [
        n
        for n, tree in modules()
        for other in imported(tree)
        if other.startswith("archive") and n.split(".")[0] not in allowed
    ]
    assert not wrong


def test_imports_stand_at_the_top():
    """No import inside a function."""
    wrong = [
        f"{name}:{inner.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not wrong
