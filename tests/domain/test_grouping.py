"""Works: what links make of records, what they may not make, and that order never matters."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.grouping import Strength, Tie, group_works

KEYS = [f"k{number}" for number in range(6)]
LOOSE = dict.fromkeys(KEYS, "")


def ties(*pairs: str, strength: Strength = Strength.LIKENESS) -> list[Tie]:
    """A tie for each pair written like ``k0-k1``."""
    return [Tie(*pair.split("-"), strength=strength) for pair in pairs]


def test_group_works_joins_over_others_and_names_by_the_smallest_key() -> None:
    """Linked over a third, two records are one work."""
    works = group_works(LOOSE, ties("k3-k2", "k4-k3"))

    assert works == {"k0": "k0", "k1": "k1", "k2": "k2", "k3": "k2", "k4": "k2", "k5": "k5"}


def test_group_works_gives_a_work_one_article_by_likeness() -> None:
    """A preprint that resembles two articles goes to the one it resembles most."""
    slots = {"a": "article 1", "b": "article 2", "p": "arxiv 1"}

    works = group_works(slots, [Tie("a", "p", Strength.LIKENESS, 0.92), Tie("b", "p", Strength.LIKENESS, 0.97)])

    assert works == {"a": "a", "b": "b", "p": "b"}


def test_group_works_lets_identifiers_join_any_number_of_articles() -> None:
    """A conference paper and a journal article that name the same preprint are one work."""
    slots = {"a": "article 1", "b": "article 2", "p": "arxiv 1"}

    assert set(group_works(slots, ties("a-p", "b-p", strength=Strength.IDENTIFIER)).values()) == {"a"}


def test_group_works_lets_a_person_part_what_identifiers_join() -> None:
    """Different is different: also over a third record, whose stronger link then decides where it goes."""
    works = group_works({"a": "", "b": "", "c": ""}, ties("a-b", "b-c", strength=Strength.IDENTIFIER), apart=[("c", "a")])

    assert works == {"a": "a", "b": "a", "c": "c"}


def test_group_works_lets_a_person_join_what_nothing_else_does() -> None:
    """A person's word needs no likeness and heeds no place."""
    slots = {"a": "article 1", "b": "article 2"}

    assert group_works(slots, ties("a-b", strength=Strength.PERSON)) == {"a": "a", "b": "a"}


SLOTS = st.fixed_dictionaries({key: st.sampled_from(["", "arxiv 1", "arxiv 2", "article 1", "article 2"]) for key in KEYS})
PAIRS = st.lists(st.sampled_from(KEYS), min_size=2, max_size=2, unique=True)
TIES = st.lists(
    st.builds(lambda pair, strength, score: Tie(*pair, strength, score), PAIRS, st.sampled_from(Strength), st.sampled_from([0.9, 1.0]))
)


@given(slots=SLOTS, some=TIES, apart=st.lists(PAIRS.map(tuple), max_size=3), order=st.randoms(use_true_random=False))
def test_group_works_does_not_depend_on_order(
    slots: dict[str, str], some: list[Tie], apart: Sequence[tuple[str, str]], order: object
) -> None:
    """The same records and links, shuffled and turned round, give the same works."""
    shuffled = [Tie(tie.second, tie.first, tie.strength, tie.score) for tie in some]
    order.shuffle(shuffled)  # type: ignore[attr-defined]

    works = group_works(slots, some, apart)

    assert group_works(dict(reversed(slots.items())), shuffled, [(second, first) for first, second in apart]) == works
    assert all(works[first] != works[second] for first, second in apart)
    assert all(min(key for key in KEYS if works[key] == name) == name for name in works.values())
