"""What a reader says of a label becomes rows that can be written, copied and sent."""

from __future__ import annotations

import csv
import io

import pytest

from fakes import NOW, make_labelling, make_record
from small_taxonomy import make_taxonomy
from tracker.domain.corrections import COLUMNS, Correction, parse_corrections
from tracker.errors import ConfigurationError
from tracker.pipeline.entry import Entry, to_entry
from tracker.store.base import StoredRecord
from tracker.views import decisions, objection, paper_detail

TAXONOMY = make_taxonomy()
PREPRINT, ARTICLE = "arxiv:2401.00001", "pubmed:38000001"


def entry(*, in_scope: bool = True, human: tuple[str, ...] = (), **labels: dict[str, int]) -> Entry:
    """A work of a preprint and its article; both have *labels*."""
    records = [make_record(source="pubmed", key=ARTICLE, doi="10.1/x"), make_record(key=PREPRINT, doi="10.1/x")]
    labelling = make_labelling(labels=labels or {"application": {"intervention": 2}}, in_scope=in_scope, human=human)
    return to_entry(
        [
            StoredRecord(
                id=place, record=record, labelling=labelling, work="w", origin="harvest",
                first_seen_at=NOW, last_changed_at=NOW, last_confirmed_at=NOW,
            )
            for place, record in enumerate(records, 1)
        ]
    )  # fmt: skip


def rows(facet: str, name: str, verdict: bool, **changes: str) -> list[Correction]:
    """What is said of the work."""
    said = {"note": "", "who": ""} | changes
    return objection.make_rows(entry(), facet, name, verdict, now=NOW, note=said["note"], who=said["who"])


def test_no_is_said_of_every_record_that_has_the_label() -> None:
    """A work has a label as long as one of its records has."""
    assert [row.key for row in rows("application", "intervention", False)] == [ARTICLE, PREPRINT]


def test_yes_is_said_of_the_record_that_speaks_for_the_work() -> None:
    """One row gives the work the label."""
    assert [(row.key, row.label_key, row.verdict) for row in rows("risk", "opacity", True)] == [(ARTICLE, "risk:opacity", True)]


def test_scope_can_be_objected_to() -> None:
    """Whether the paper belongs here at all is a label like another."""
    assert [(row.key, row.label_key, row.verdict) for row in rows("scope", "in", False)] == [
        (ARTICLE, "scope:in", False),
        (PREPRINT, "scope:in", False),
    ]
    assert list(objection.facet_names(TAXONOMY))[-1] == "scope"


def test_correction_rows_are_lines_of_the_file() -> None:
    """What is copied under the file's first line can be read back, whatever was typed."""
    said = rows("risk", "opacity", True, note='=1+1, "quoted"\nand more', who="@Ada")

    text = ",".join(COLUMNS) + "\n" + objection.correction_rows(said)

    assert parse_corrections(text, place="corrections.csv", taxonomy=TAXONOMY).rows == tuple(said)
    assert next(csv.reader(io.StringIO(objection.correction_rows(said))))[4:6] == ['\'=1+1, "quoted" and more', "'@Ada"]


def test_megabyte_of_a_note_is_refused() -> None:
    """The page's own field is shorter; who goes round it meets the same limit as everywhere."""
    with pytest.raises(ConfigurationError, match="1,000,000 characters"):
        rows("risk", "opacity", True, note="x" * 1_000_000)


def test_issue_says_paper_label_words_and_rows() -> None:
    """Whoever keeps the tracker finds everything in the text."""
    text = objection.issue_text(entry(), rows("application", "intervention", False, note="a review"), TAXONOMY)

    assert text.startswith("Wrong label: application:intervention on pubmed:38000001\n")
    for words in (
        "Should be: no",
        '"emotional support" (intervention.s1)',
        "Why: a review",
        "    arxiv:2401.00001,application,intervention,no",
    ):
        assert words in text


def test_labels_to_choose_say_which_the_paper_has() -> None:
    """A reader sees what stands there before objecting to it."""
    names = objection.label_names(entry(), "application", TAXONOMY)

    assert [name for name in names if names[name].endswith("(has it)")] == ["intervention"]


def test_decision_is_shown_with_who_and_why_and_harmless() -> None:
    """Given: the badge says human. Taken: it is said that a person took it. A note is text."""
    corrected = entry(human=("application:intervention", "risk:opacity"))
    given = Correction(
        key=ARTICLE, facet="application", label="intervention", verdict=True, note="<b>sure</b>", who="Ada", when="2026-11-23"
    )
    taken = Correction(key=ARTICLE, facet="risk", label="opacity", verdict=False, note="only named")

    page = paper_detail.why(corrected, TAXONOMY, [given, taken])

    assert "<small>human</small>" in page
    assert '<q>&lt;b&gt;sure&lt;/b&gt;</q> <span class="mut">Ada · 2026-11-23</span>' in page
    assert 'Not <span class="badge c-risk">' in page
    assert "<q>only named</q>" in page


def test_agreed_corrections_are_counted_and_listed() -> None:
    """On the page on methods: how many there are, and which may go."""
    row = Correction(key=ARTICLE, facet="risk", label="opacity", verdict=False, note="<i>", who="Ada", when="2026-11-23T07:00:00Z")

    assert "No label was corrected" in decisions.summary([], [])
    assert decisions.summary([row, row], [row]) == "**2 corrections** by people; **1** of them is what the rules say today as well."
    table = decisions.agreed_table([row], TAXONOMY)
    assert all(words in table for words in ("papers?paper=pubmed:38000001", "<td>no</td>", "Ada · 2026-11-23", "&lt;i&gt;"))
    assert decisions.agreed_table([], TAXONOMY) == ""
