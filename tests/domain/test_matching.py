"""Links between two records: the labelled pairs, what identifiers say, and the keys that bring records together."""

from __future__ import annotations

import pytest

from fakes import make_record
from pairs import Pair, read_pairs
from tracker.domain.matching import Verdict, compare, match_keys, profile
from tracker.domain.record import Record

LABELLED = read_pairs()


def judge(first: Record, second: Record) -> Verdict:
    """What the tracker says of two records: those that share no key are never compared."""
    one, other = profile(first), profile(second)
    link = compare(one, other) if match_keys(one) & match_keys(other) else None
    return link.verdict if link else Verdict.DIFFERENT


@pytest.mark.parametrize("pair", LABELLED, ids=lambda pair: f"{pair.verdict} {pair.pitfall}")
def test_compare_agrees_with_the_label_of_a_pair(pair: Pair) -> None:
    """Every pitfall has a pair; none is merged that is not the same, whichever record comes first."""
    assert judge(pair.first, pair.second) is pair.verdict
    assert judge(pair.second, pair.first) is pair.verdict


def test_labelled_pairs_are_many_and_of_every_kind() -> None:
    """The set is large enough to mean something."""
    verdicts = [pair.verdict for pair in LABELLED]

    assert len(LABELLED) >= 150
    assert min(verdicts.count(verdict) for verdict in Verdict) >= 30


def test_compare_says_what_speaks_for_a_link() -> None:
    """Method and score tell a person why; identifiers are certain, likeness is not."""
    preprint = make_record(doi="10.1000/x")
    by_doi = compare(profile(preprint), profile(make_record(source="pubmed", title="Another title", doi="10.1000/x")))
    by_title = compare(profile(preprint), profile(make_record(source="pubmed", authors=("A Example", "C Other"))))

    assert by_doi is not None
    assert by_title is not None
    assert (by_doi.method, by_doi.score) == ("doi", 1.0)
    assert (by_title.method, by_title.score) == ("title_authors", 0.75)


def test_match_keys_are_short_and_few() -> None:
    """Keys are stored for every record: at most nine, none long, whatever the title."""
    keys = match_keys(profile(make_record(title="word " * 5000, authors=tuple(f"Name Number{n}" for n in range(900)))))

    assert len(keys) <= 9
    assert max(map(len, keys)) <= 40


def test_match_keys_of_a_record_without_words_or_names_are_its_identifiers() -> None:
    """Nothing to compare means nothing to compare with."""
    assert match_keys(profile(make_record(title="?!", authors=()))) == {"arxiv:2401.00001"}
