"""The synthetic corpus: like real papers where it counts, like none where it matters, and never beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fakes import NOW, make_labelling, make_record
from tracker.data_files import read_taxonomy
from tracker.domain import identifiers
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError
from tracker.pipeline.refresh import run_refresh
from tracker.pipeline.snapshot import load_snapshot
from tracker.pipeline.synthetic import ABOUT, fill_corpus, make_records
from tracker.pipeline.synthetic_words import invented_words
from tracker.settings import Settings, default_data_dir
from tracker.store.base import Change, Decision, Store
from tracker.views import notices

COUNT = 400


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    """The taxonomy that ships."""
    return read_taxonomy(Settings(data_dir=default_data_dir(), database_url="sqlite://"))


def test_records_are_the_same_for_the_same_seed() -> None:
    """A benchmark can be repeated; another seed gives other papers."""
    assert list(make_records(60)) == list(make_records(60))
    assert [one.title for one in make_records(60)] != [one.title for one in make_records(60, seed=2)]


def test_no_record_has_a_real_papers_number() -> None:
    """arXiv's months end at 12, PMIDs have eight digits, and Crossref gives the prefix 10.5555 to nobody."""
    for one in make_records(COUNT):
        assert one.arxiv_id is None or (identifiers.is_arxiv_id(one.arxiv_id) and int(one.arxiv_id[2:4]) > 12)
        assert one.pmid is None or int(one.pmid) >= 900_000_000
        assert one.doi is None or one.doi.startswith("10.5555/")
        assert one.provenance.query == "synthetic"


def test_keys_are_unique_and_papers_crowd_at_the_end() -> None:
    """As in the literature, most of the papers are of the last two years; texts are about as long as real ones."""
    records = list(make_records(2000))

    assert len({one.key for one in records}) == 2000
    years = [one.published.first_day().year for one in records if one.published]
    assert 0.4 < sum(year >= 2025 for year in years) / 2000 < 0.7
    assert years == sorted(years)
    assert 700 < np.median([len(one.abstract or "") for one in records]) < 2000


def test_corpus_is_a_whole_database_with_labels_and_works(store: Store, taxonomy: Taxonomy) -> None:
    """Every invariant holds, labels come about as often as in reality, and articles stand with their preprints."""
    told: list[int] = []

    fill_corpus(store, taxonomy, COUNT, progress=told.append)

    index = store.load_index()
    assert store.check() == []
    assert sum(told) == len(index.ids) == COUNT
    assert 0.5 < index.in_scope.mean() < 0.9
    assert 0.85 < len(index.work_keys) / COUNT < 0.97
    shares = {name: len(found) / COUNT for name, found in index.labels.items()}
    assert 0.2 < shares["application:intervention"] < 0.5
    assert 0.02 < shares["risk:inaccuracy"] < 0.2


def test_synthetic_corpus_says_so_on_every_page(store: Store, taxonomy: Taxonomy) -> None:
    """It is shown as a sample, with the sentence that no paper in it exists."""
    fill_corpus(store, taxonomy, 10)

    assert notices.is_sample(store.load_harvest_states(), store.load_about(), ("arxiv", "pubmed"))
    assert store.load_about()["snapshot"]["sample"] == ABOUT


def test_corpus_goes_into_no_database_that_holds_anything(store: Store, taxonomy: Taxonomy) -> None:
    """One sentence, and nothing is written."""
    store.save_page([Decision(make_record(), Change.NEW, make_labelling())], now=NOW, source="arxiv")

    with pytest.raises(ConfigurationError, match="already holds records; a synthetic corpus needs a database of its own"):
        fill_corpus(store, taxonomy, 10)

    assert store.count_records() == 1


def test_nothing_real_comes_beside_a_corpus(settings: Settings, store: Store, taxonomy: Taxonomy) -> None:
    """Neither a refresh nor a snapshot adds to it."""
    fill_corpus(store, taxonomy, 10)

    with pytest.raises(ConfigurationError, match="holds a synthetic corpus"):
        run_refresh(settings, store)
    with pytest.raises(ConfigurationError, match="holds a synthetic corpus"):
        load_snapshot(store, Path("any.csv"), now=NOW)
    assert store.count_records() == 10


def test_invented_words_are_different() -> None:
    """As many as asked for."""
    assert len(set(invented_words(26_000))) == 26_000
