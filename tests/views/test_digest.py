"""The Markdown digest: five lists with their counts, quiet weeks, and text from outside that stays text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from history import AFTER, ARXIV, BEFORE, OTHER, PUBMED, SINCE, History, labelled, paper
from tracker.domain.record import Status
from tracker.domain.taxonomy import Taxonomy
from tracker.store.base import HarvestState
from tracker.views import digest
from tracker.views.changes import find_changes
from tracker.views.digest import write_digest
from tracker.views.filters import Filters

SOURCES = ("arxiv", "pubmed")


@pytest.fixture
def past(tmp_path: Path) -> Iterator[History]:
    """An empty store to fill."""
    history = History(tmp_path)
    yield history
    history.store.close()


def digest_of(past: History, taxonomy: Taxonomy, filters: Filters | None = None) -> str:
    """The digest as it would be written now."""
    stream = io.BytesIO()
    changes = find_changes(past.index(), filters or Filters(), past.store, since=SINCE)
    write_digest(stream, changes, past.store, taxonomy, SOURCES)
    return stream.getvalue().decode()


def section(text: str, heading: str) -> list[str]:
    """The lines under the heading that starts with *heading*, without blank ones."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"## {heading}")) + 1
    end = next((number for number in range(start, len(lines)) if lines[number].startswith("## ")), len(lines))
    return [line for line in lines[start:end] if line]


def tokens_of(text: str) -> list[Token]:
    """What a Markdown reader makes of it: CommonMark with tables and bare links, as forges show it."""
    parser = MarkdownIt("commonmark").enable("table")
    return [inner for token in parser.parse(text) for inner in (token, *(token.children or ()))]


def kinds_of(text: str) -> set[str]:
    """The kinds of elements in it."""
    return {token.type for token in tokens_of(text)}


def links_of(text: str) -> list[str]:
    """The addresses it links to, sorted."""
    return sorted({str(token.attrs["href"]) for token in tokens_of(text) if token.type == "link_open"})


def answered(past: History) -> None:
    """Both sources answered after the day asked for."""
    for source, state in zip(SOURCES, ("complete", "unchanged"), strict=True):
        past.store.save_harvest_state(HarvestState(source=source, state=state, last_success_at=AFTER))


def test_digest_of_a_quiet_week_says_so(past: History, taxonomy: Taxonomy) -> None:
    """Five empty lists, the sentence that both sources answered, and how they stand."""
    answered(past)
    past.add(paper(), BEFORE)

    text = digest_of(past, taxonomy)

    assert text == (
        "# What is new in mental-health LLM research since 23 Nov 2026\n\n"
        "Counted: works in scope. Taxonomy 2026\\.1.\n\n"
        "A quiet time: arXiv and PubMed answered completely, and nothing is new or changed since 23 Nov 2026.\n\n"
        "## Retracted or withdrawn: none\n\n## Preprints now published: none\n\n## New: none\n\n"
        "## New versions: none\n\n## Labelled anew: none\n\n## Sources\n\n"
        "- **arXiv**: all that was asked for is stored; last complete: 24 Nov 2026, 06:17 UTC\n"
        "- **PubMed**: answered, nothing new; last complete: 24 Nov 2026, 06:17 UTC\n"
    )


def test_digest_warns_when_a_source_never_answered(past: History, taxonomy: Taxonomy) -> None:
    """No news from nobody is not called a quiet time."""
    text = digest_of(past, taxonomy)

    assert "arXiv and PubMed have not answered completely since then: news may be missing." in text
    assert "- **arXiv**: never asked; last complete: never" in text


def test_digest_lists_every_kind_of_change(past: History, taxonomy: Taxonomy) -> None:
    """Each list with its count, and under each paper what is said of it."""
    preprint = past.add(paper(ARXIV, doi="10.1000/a", abstract="one two three"), BEFORE, labelled("application:intervention"))
    taken_back = past.add(paper(OTHER), BEFORE)
    relabelled = past.add(paper("arxiv:2404.00004"), BEFORE, labelled("risk:opacity"))
    past.add(paper(PUBMED, doi="10.1000/a"), AFTER)
    past.change(preprint, AFTER, title="A better title", abstract="one four three five", version=2)
    past.change(taken_back, AFTER, status=Status.WITHDRAWN)
    past.relabel(relabelled, AFTER, labelled("risk:inaccuracy", taxonomy="2026.2"))
    past.add(
        paper("arxiv:2404.00005", title="Brand new"),
        AFTER,
        labelled("application:assessment", "application:detection_screening", "risk:opacity"),
    )

    text = digest_of(past, taxonomy)

    assert (
        "Since 23 Nov 2026: **1** new work, **1** preprint now published, **1** retracted or withdrawn, "
        "**1** new version, **1** labelled anew." in text
    )
    assert section(text, "Retracted or withdrawn: 1")[-1] == "  - withdrawn; was current before"
    assert section(text, "Retracted or withdrawn: 1")[0].startswith("- **Withdrawn:** [Screening for depression")
    assert section(text, "Preprints now published: 1")[0].endswith("(<https://pubmed.ncbi.nlm.nih.gov/38000001/>)  ")
    assert section(text, "New: 1") == [
        "- [Brand new](<https://arxiv.org/abs/2404.00005v1>)  ",
        "  Ada Example05 · arXiv · 15 Jan 2024",
        "  - Assessment · Opacity",
    ]
    assert section(text, "New versions: 1")[2:] == [
        "  - title: A language model that listens\\: emotional support by chatbot → A better title",
        "  - abstract: 1 word removed, 2 words added",
        "  - version: 1 → 2",
    ]
    assert section(text, "Labelled anew: 1")[2:] == ["  - added Inaccuracy; removed Opacity (taxonomy 2026\\.1 → 2026\\.2)"]


def test_digest_says_what_changed_in_no_visible_way(past: History, taxonomy: Taxonomy) -> None:
    """Index terms are counted in one line."""
    past.change(past.add(paper(PUBMED), BEFORE), AFTER, mesh=("Depression",))

    assert "1 more record changed only in details such as index terms." in digest_of(past, taxonomy)


def test_digest_tells_a_persons_decision_and_a_change_of_scope(past: History, taxonomy: Taxonomy) -> None:
    """Why a paper was labelled anew, and that it left the scope."""
    by_hand = past.add(paper(ARXIV), BEFORE, labelled("risk:opacity", strength=1))
    out = past.add(paper(OTHER), BEFORE, labelled("risk:opacity"))
    past.relabel(by_hand, AFTER, labelled("risk:opacity", human=("risk:opacity",)))
    past.relabel(out, AFTER, labelled("risk:opacity", in_scope=False))

    notes = [line for line in section(digest_of(past, taxonomy), "Labelled anew: 2") if line.startswith("  - ")]

    assert notes == ["  - Opacity: named → studied (decided by a person)", "  - now out of scope (rules of taxonomy 2026\\.1 edited)"]


def test_digest_keeps_outside_text_harmless(past: History, taxonomy: Taxonomy) -> None:
    """Links, images, HTML, headings and line breaks of a title are text; the abstract is not quoted."""
    hostile = "[x](javascript:alert(1))\n# Head ![i](https://evil.example/p.png) <script>1</script> `c` <!-- | &lt; \u202e \\"
    past.add(paper(title=hostile, authors=(hostile,), venue=hostile, abstract="Secret words"), AFTER)
    past.change(past.add(paper(OTHER), BEFORE), AFTER, title=hostile, abstract="More secret words")

    text = digest_of(past, taxonomy, Filters(q="NOT <b>*x*</b>", scope="all"))
    empty = digest_of(past, taxonomy, Filters(q="nothing"))

    assert {"html_inline", "html_block", "image", "code_inline", "fence", "table_open"} & kinds_of(text) == set()
    assert links_of(text) == ["https://arxiv.org/abs/2401.00001v1", "https://arxiv.org/abs/2402.00002v1"]
    assert text.count("\n#") == empty.count("\n#")
    assert "secret" not in text.lower()
    assert "\u202e" not in text


def test_digest_counts_what_it_does_not_list(past: History, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list is cut, and says by how much."""
    monkeypatch.setattr(digest, "LISTED", 2)
    for number in range(5):
        past.add(paper(f"arxiv:2405.0000{number}"), AFTER + timedelta(minutes=number))

    lines = section(digest_of(past, taxonomy), "New: 5")

    assert lines[-1] == "- … and 3 more: the page *What's new* lists them all."
    assert len([line for line in lines if line.startswith("- [")]) == 2


def test_digest_of_the_sample_says_that_it_is_one(past: History, taxonomy: Taxonomy) -> None:
    """Numbers of a sample are never shown without the word."""
    past.store.load_snapshot([], now=BEFORE, about={"sample": "A sample to May 2026."})

    assert "**A sample, not the field:** A sample to May 2026\\." in digest_of(past, taxonomy)
