"""Imports point one way: domain ← sources, store ← pipeline ← views ← pages; nothing imports the CLI."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "tracker"
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "aside": set(),
    "threads": set(),
    "settings": {"errors"},
    "data_files": {"errors", "settings", "domain"},
    "domain": {"errors"},
    "sources": {"errors", "aside", "threads", "domain"},
    "store": {"errors", "domain"},
    "pipeline": {"errors", "aside", "threads", "settings", "data_files", "domain", "sources", "store"},
    "views": {"errors", "aside", "settings", "data_files", "domain", "store", "pipeline"},
    "api": {"errors", "settings", "data_files", "domain", "sources", "store", "pipeline", "views"},
    "commands": {"errors", "settings", "data_files", "domain", "sources", "store", "pipeline", "views", "commands"},
}
PURE = {"requests", "sqlalchemy", "pandas", "streamlit", "sqlite3", "socket", "urllib.request", "time", "os", "pathlib", "plotly"}
# Seven pages of widgets do not fit two readable modules: what only shows and asks lives in views/widgets, the rest stays free of it.
STREAMLIT_IN = ("views/shell.py", "views/page.py", "views/widgets/")


def imported(path: Path) -> set[str]:
    """Dotted names of all modules that *path* imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules() -> list[str]:
    """Every module of the package that belongs to a layer, as a path below it."""
    free = {"cli.py", "__main__.py", "__init__.py"}
    return sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if str(path.relative_to(PACKAGE)) not in free)


@pytest.mark.parametrize("module", modules())
def test_module_imports_only_from_the_layers_below_it(module: str) -> None:
    """A module imports its own layer and those it may, never one above it."""
    layer = module.removesuffix(".py").split("/")[0]

    found = {name.split(".")[1] for name in imported(PACKAGE / module) if name.startswith("tracker.") and "__" not in name}

    assert found - {layer} <= MAY_IMPORT[layer]


@pytest.mark.parametrize("module", [m for m in modules() if m.startswith("domain/")])
def test_domain_touches_neither_network_nor_files_nor_clock(module: str) -> None:
    """The domain stays pure."""
    assert not imported(PACKAGE / module) & PURE


@pytest.mark.parametrize("module", modules())
def test_streamlit_is_imported_by_shell_page_and_widgets_only(module: str) -> None:
    """Everything else works in a notebook."""
    uses = any(name.split(".")[0] == "streamlit" for name in imported(PACKAGE / module))

    assert uses <= module.startswith(STREAMLIT_IN)


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "pages").glob("*.py")))
def test_page_imports_only_streamlit_and_views_and_guards_first(page: str) -> None:
    """A page is thin: it shows what the library computes, and a cold deep link goes through app.py."""
    path = ROOT / "pages" / page
    tree = ast.parse(path.read_text(encoding="utf-8"))
    statements = [n for n in tree.body[1:] if not isinstance(n, ast.Import | ast.ImportFrom)]

    allowed = all(name.startswith(("streamlit", "tracker.views", "__future__")) for name in imported(path))

    assert allowed
    assert ast.unparse(statements[0]) == "shell.guard()"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120
