"""The export does not depend on the order in which records came."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes import NOW, make_record
from history import History
from tracker.domain.classifier import Classifier
from tracker.domain.dates import PartialDate
from tracker.domain.record import Record, Relation, Status
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.configuration import Configuration
from tracker.pipeline.decide import decide
from tracker.views.exports import write_export
from tracker.views.filters import Filters
from tracker.views.index import select

TITLE = "Chatbots that counsel at night: emotional support by large language models"


def _pool() -> list[Record]:
    """Preprints and articles that make works of two and three, possible twins, a retraction, records alike in date."""
    people = ("Ada Example", "Bo Sample")
    day = PartialDate.parse("2024-03")
    return [
        make_record(key="arxiv:2403.00001", title=TITLE, authors=people, published=day, doi="10.1000/a"),
        make_record(key="arxiv:2403.00002", title=f"{TITLE}: a pilot study", authors=people, published=day),
        make_record(key="arxiv:2403.00003", title="Screening for depression with a language model", authors=("Cy Third",), published=None),
        make_record(source="pubmed", key="pubmed:1", title=TITLE, authors=people, published=day, doi="10.1000/a", status=Status.RETRACTED),
        make_record(source="pubmed", key="pubmed:2", title=TITLE, authors=people, published=day, relations=(Relation("UpdateOf", "1"),)),
        make_record(source="pubmed", key="pubmed:3", title="Screening for depression with a language model", authors=("Cy Third",)),
        make_record(source="pubmed", key="pubmed:4", title=f"Correction: {TITLE}", authors=people, published=day),
    ]


POOL = _pool()


def _export(order: list[Record], size: int, classifier: Classifier, taxonomy: Taxonomy) -> Iterator[bytes]:
    """Works and records as CSV of a store filled in this order, *size* records a page."""
    with TemporaryDirectory() as folder:
        history = History(Path(folder))
        for start in range(0, len(order), size):
            page = order[start : start + size]
            known = history.store.find_known([record.key for record in page])
            decided = decide(page, known=known, twins={}, classify=lambda found: [classifier.classify_record(one) for one in found])
            history.store.save_page(decided.decisions, now=NOW, source=page[0].source)
        for count in ("works", "records"):
            stream = io.BytesIO()
            selection = select(history.index(), Filters(count=count, scope="all"), search=history.store.search)
            write_export(stream, "csv", selection, history.store, taxonomy)
            yield stream.getvalue()
        history.store.close()


@pytest.fixture(scope="module")
def forward(configuration: Configuration) -> tuple[Classifier, list[bytes]]:
    """The rules ready for use, and the export of a store filled on one page, in the order of the pool."""
    classifier = Classifier(configuration.taxonomy)
    return classifier, list(_export(POOL, len(POOL), classifier, configuration.taxonomy))


@settings(max_examples=12, deadline=None)
@example(order=POOL[::-1], size=1)
@given(order=st.permutations(POOL), size=st.integers(1, len(POOL)))
def test_two_stores_filled_in_different_order_give_the_same_bytes(
    configuration: Configuration, forward: tuple[Classifier, list[bytes]], order: list[Record], size: int
) -> None:
    """Decided, classified, grouped and exported: the same works, bit for bit."""
    classifier, (works, records) = forward

    assert works.count(b"\r\n") < records.count(b"\r\n") == len(POOL) + 1
    assert list(_export(order, size, classifier, configuration.taxonomy)) == [works, records]
