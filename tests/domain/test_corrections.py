"""A person's word wins over the rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import make_labelling, make_record
from small_taxonomy import make_taxonomy
from tracker.domain.classifier import Classifier
from tracker.domain.corrections import COLUMNS, Correction, Corrections, agrees, apply_corrections, parse_corrections
from tracker.domain.record import AbstractState
from tracker.errors import ConfigurationError

TAXONOMY = make_taxonomy()
HEAD = ",".join(COLUMNS) + "\n"


def row(facet: str, label: str, verdict: bool, key: str = "arxiv:2401.00001") -> Correction:
    """One decision."""
    return Correction(key=key, facet=facet, label=label, verdict=verdict)


def test_yes_adds_the_label_with_its_parent_and_no_takes_it_with_its_children() -> None:
    """A child brings its parent, a parent takes its children, both are marked as human."""
    given = apply_corrections(make_labelling(labels={}), [row("application", "detection_screening", True)], TAXONOMY)
    taken = apply_corrections(given, [row("application", "assessment", False)], TAXONOMY)

    assert given.labels == {"application": {"assessment": 1, "detection_screening": 1}}
    assert (taken.labels, taken.human) == ({}, ("application:detection_screening", "application:assessment"))


def test_no_takes_the_evidence_too() -> None:
    """What no longer stands needs no reason."""
    taken = apply_corrections(make_labelling(), [row("application", "intervention", False)], TAXONOMY)

    assert (taken.labels, taken.evidence) == ({}, ())


def test_last_word_counts() -> None:
    """Two decisions on one label: the later row wins."""
    rows = [row("risk", "opacity", True), row("risk", "opacity", False)]

    assert "risk" not in apply_corrections(make_labelling(), rows, TAXONOMY).labels


def test_person_decides_scope() -> None:
    """scope:in no empties the labels; yes lets the rules speak."""
    out = apply_corrections(make_labelling(), [row("scope", "in", False)], TAXONOMY)
    forced = Corrections([row("scope", "in", True)]).classify(Classifier(TAXONOMY), make_record(title="Nothing", abstract=None))

    assert (out.in_scope, out.labels, out.scope_reason) == (False, {}, "A person decided it.")
    assert (forced.in_scope, forced.human) == (True, ("scope:in",))


def test_correction_is_found_under_any_identifier() -> None:
    """A record named by its DOI yesterday and by its PMID today keeps its corrections."""
    corrections = Corrections([row("risk", "opacity", True, key="doi:10.1/x")])

    assert [one.label for one in corrections.rows_for(make_record(doi="10.1/x"))] == ["opacity"]
    assert corrections.rows_for(make_record()) == []


def test_record_without_text_keeps_its_labels_but_for_the_corrections() -> None:
    """The shipped data have no abstracts: their labels are changed as they stand."""
    record = replace(make_record(abstract=None), abstract_state=AbstractState.WITHHELD)
    corrections = Corrections([row("risk", "opacity", True)])

    labelling = corrections.apply(Classifier(TAXONOMY), record, make_labelling())

    assert labelling.labels == {"application": {"intervention": 2}, "risk": {"opacity": 1}}


def test_rows_are_read_back_as_written() -> None:
    """Commas, quotes and line breaks in a note survive."""
    one = Correction(key="pubmed:1", facet="risk", label="opacity", verdict=True, note='a "note",\nlong', who="Ada", when="2026-11-23")

    assert parse_corrections(HEAD + one.to_row(), place="corrections.csv", taxonomy=TAXONOMY).rows == (one,)


def test_all_faults_of_the_file_are_named_with_their_lines() -> None:
    """Wrong key, verdict, facet and label: four problems."""
    text = HEAD + "x,risk,opacity,yes,,,\na:1,risk,opacity,maybe,,,\na:1,mood,opacity,yes,,,\na:1,risk,mood,yes,,,\na:1,risk\n"

    with pytest.raises(ConfigurationError) as caught:
        parse_corrections(text, place="corrections.csv", taxonomy=TAXONOMY)

    assert [problem.split(":")[0] for problem in caught.value.problems] == [f"corrections.csv line {n}" for n in (2, 3, 4, 5, 6)]


def test_wrong_first_line_is_said() -> None:
    """A file with other columns is not guessed at."""
    with pytest.raises(ConfigurationError, match="line 1: the columns should be record,facet"):
        parse_corrections("key,label\n", place="corrections.csv", taxonomy=TAXONOMY)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (row("application", "intervention", True), True),
        (row("application", "intervention", False), False),
        (row("risk", "opacity", False), True),
        (row("scope", "in", True), True),
    ],
)
def test_agreement_tells_which_rows_can_be_retired(decision: Correction, expected: bool) -> None:
    """The rules alone say the same."""
    assert agrees(make_labelling(), decision) is expected
