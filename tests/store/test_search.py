"""What every engine answers to the query language."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import NOW, make_labelling, make_record
from tracker.domain.search import And, Not, Or, SearchNode, Term, parse_search
from tracker.errors import SearchSyntaxError
from tracker.store.base import Change, Decision, Store

RECORDS = (
    make_record(key="arxiv:2401.00001", title="Chatbots for depression", abstract="Fine-tuned models listen.", keywords=("LLM",)),
    make_record(key="arxiv:2401.00002", title="Naïve counselling", abstract="Large language models.", authors=("Zoë Müller",)),
    make_record(key="arxiv:2401.00003", title="Diagnoses by GPT-4o", abstract=None, venue="JMIR Mental Health", authors=()),
)


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with :data:`RECORDS` as ids 1 to 3."""
    store.save_page([Decision(one, Change.NEW, make_labelling()) for one in RECORDS], now=NOW, source="arxiv")
    return store


def find(store: Store, typed: str) -> list[int]:
    """Ids that *typed*, which holds a word, finds."""
    query = parse_search(typed)
    assert query is not None
    return store.search(query).tolist()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("chatbot", [1]),
        ("CHATBOTS", [1]),
        ("models", [1, 2]),
        ("language model", [2]),
        ('"models language"', []),
        ('"language model"', [2]),
        ("naive", [2]),
        ("NAÏVE", [2]),
        ("muller", [2]),
        ("fine tuned", [1]),
        ("fine-tuned", [1]),
        ("gpt-4o", [3]),
        ("gpt", [3]),
        ("jmir", [3]),
        ("llm", [1]),
        ("depress*", [1]),
        ("depressi*", [1]),
        ("counselli*", [2]),
        ('"large lang"*', [2]),
        ("x*", []),
        ("chatbot OR gpt", [1, 3]),
        ("model -chatbot", [2]),
        ("NOT model", [3]),
        ("NOT zebra", [1, 2, 3]),
        ("-model -gpt", []),
        ("gpt OR NOT model", [3]),
        ("chatbot OR NOT model", [1, 3]),
        ("NOT (chatbot OR gpt)", [2]),
        ("(chatbot OR gpt) (NOT listen)", [3]),
        ("title", []),
        ('"NEAR(a b)"', []),
    ],
)
def test_search_finds(filled: Store, typed: str, expected: list[int]) -> None:
    """Words match by stem, without case and accents, in title, abstract, authors, venue and keywords."""
    assert find(filled, typed) == expected


def test_search_follows_changes_and_removals(filled: Store) -> None:
    """What a record no longer says no longer finds it."""
    changed = make_record(key="arxiv:2401.00001", title="Zebras")
    filled.save_page([Decision(changed, Change.CHANGED, make_labelling())], now=NOW, source="arxiv")
    filled.remove_records(["arxiv:2401.00002"], now=NOW)

    assert (find(filled, "zebra"), find(filled, "chatbots depression"), find(filled, "naive")) == ([1], [], [])
    assert filled.check() == []


def matches(node: SearchNode, words: set[str]) -> bool:
    """What a tree means for a record with these words: the definition that engines are held to."""
    if isinstance(node, Term):
        return set(node.words) <= words
    if isinstance(node, Not):
        return not matches(node.part, words)
    joined = all if isinstance(node, And) else any
    return joined(matches(part, words) for part in node.parts)


WORDS = ["zebra", "gnu", "okapi"]
TREES = st.recursive(
    st.sampled_from(WORDS).map(lambda word: Term((word,))),
    lambda parts: (
        parts.map(Not)
        | st.lists(parts, min_size=2, max_size=3).map(lambda some: And(tuple(some)))
        | st.lists(parts, min_size=2, max_size=3).map(lambda some: Or(tuple(some)))
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_search_answers_any_tree_by_its_definition(store: Store, tree: SearchNode) -> None:
    """AND, OR and NOT are intersection, union and complement, however they are nested."""
    if not store.count_records():
        subsets = [[word for bit, word in enumerate(WORDS) if number >> bit & 1] for number in range(8)]
        page = [make_record(key=f"arxiv:2401.1000{number}", title=" ".join(subset)) for number, subset in enumerate(subsets)]
        store.save_page([Decision(one, Change.NEW, make_labelling()) for one in page], now=NOW, source="arxiv")

    expected = [one.id for batch in store.stream_records() for one in batch if matches(tree, set(one.record.title.split()))]
    assert store.search(tree).tolist() == expected


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=40) | st.text(alphabet="ab*\"'^:{}+-() NEAR", max_size=40))
def test_search_takes_whatever_can_be_typed(filled: Store, typed: str) -> None:
    """No typed character reaches the engine's own language: every tree is answered."""
    try:
        query = parse_search(typed)
    except SearchSyntaxError:
        return

    assert query is None or set(filled.search(query).tolist()) <= {1, 2, 3}
