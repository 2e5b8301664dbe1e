"""Links between the documents lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def documents() -> list[str]:
    """Every Markdown file of the repository, as a path below its root."""
    folders = (ROOT, ROOT / "docs", ROOT / "data", ROOT / "deploy", ROOT / "bench", ROOT / ".github")
    return sorted(str(path.relative_to(ROOT)) for folder in folders if folder.exists() for path in folder.glob("*.md"))


def anchor(heading: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("document", documents())
def test_links_within_the_repository_resolve(document: str) -> None:
    """Files exist, and headings where a link names one."""
    broken = []
    for target in LINK.findall((ROOT / document).read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        path = (ROOT / document).parent / name if name else ROOT / document
        headings = (
            {anchor(one) for one in HEADING.findall(path.read_text(encoding="utf-8"))} if path.suffix == ".md" and path.exists() else set()
        )
        if not path.exists() or (fragment and path.suffix == ".md" and fragment not in headings):
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("document", documents())
def test_every_document_is_reached_from_the_readme(document: str) -> None:
    """No page that nobody finds: the README or a page of docs/ links to it."""
    linking = [one for one in documents() if one != document]
    targets = {
        ((ROOT / one).parent / target.partition("#")[0]).resolve()
        for one in linking
        for target in LINK.findall((ROOT / one).read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target)
    }

    assert document in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md") or (ROOT / document).resolve() in targets
