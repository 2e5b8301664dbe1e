"""Labelling in a helper process: the very labels of this process, whatever becomes of the helper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from fake_source import make_records
from tracker.domain.classifier import Classifier
from tracker.domain.corrections import Correction, Corrections
from tracker.domain.record import Record
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.labeller import LEAST, Labeller, label
from tracker.threads import is_harvesting

TITLES = (
    "A large language model chatbot for depression",
    "Anatomy of a bridge",
    "ChatGPT and the risk of suicide",
    "Stigma in language models",
)
CORRECTIONS = Corrections([Correction(key="arxiv:2401.00002", facet="scope", label="in", verdict=True)])


@pytest.fixture(scope="module")
def records() -> Sequence[Record]:
    """As many as are worth sending, in scope and out of it."""
    return [
        record for place in range(LEAST) for record in make_records(1, first=place + 1, title=TITLES[place % 4], abstract="We study it.")
    ]


@pytest.fixture
def labeller(configuration: Configuration) -> Iterator[Labeller]:
    """One without a helper so far."""
    made = Labeller(configuration.taxonomy, CORRECTIONS)
    yield made
    made.close()


def test_labels_of_the_helper_are_those_of_this_process(
    labeller: Labeller, records: Sequence[Record], configuration: Configuration
) -> None:
    """Scope, labels, evidence and people's corrections; and it was the helper that gave them."""
    classifier = Classifier(configuration.taxonomy)
    labeller.start()

    found = labeller.label(records)

    assert found == [CORRECTIONS.classify(classifier, record) for record in records]
    assert {one.in_scope for one in found} == {True, False}
    assert "_classify_here" not in vars(labeller)


def test_dead_helper_changes_no_label(labeller: Labeller, records: Sequence[Record]) -> None:
    """Killed between two pages: the second is labelled here."""
    labeller.start()
    before = labeller.label(records)
    process = labeller._aside._process
    assert process is not None
    process.kill()

    assert labeller.label(records) == before
    assert "_classify_here" in vars(labeller)


def test_few_records_are_labelled_here(labeller: Labeller, records: Sequence[Record]) -> None:
    """The way to the helper and back would take longer."""
    labeller.start()

    assert len(labeller.label(records[: LEAST - 1])) == LEAST - 1
    assert "_classify_here" in vars(labeller)


def test_close_waits_for_whoever_asks_the_helper(labeller: Labeller, caplog: pytest.LogCaptureFixture) -> None:
    """A refresh may be over before its helper is ready: no thread is left, and nothing is said to have failed."""
    labeller.start()

    labeller.close()

    assert not is_harvesting()
    assert not caplog.records


def test_labels_without_a_helper(labeller: Labeller, records: Sequence[Record]) -> None:
    """Where none was started, or none can be."""
    assert len(labeller.label(records)) == LEAST


def test_helper_that_was_told_nothing_labels_nothing(records: Sequence[Record]) -> None:
    """An error there, which whoever asked answers by labelling here."""
    with pytest.raises(RuntimeError, match="prepare"):
        label(records)
