"""What every engine answers to the query language."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import NOW, make_labelling, make_record
from postgresql_server import Server
from tracker.domain.search import And, Not, Or, SearchNode, Term, parse_search, split_words
from tracker.errors import SearchSyntaxError
from tracker.store import open_store
from tracker.store.base import Change, Decision, Store

RECORDS = (
    make_record(key="arxiv:2401.00001", title="Chatbots for depression", abstract="Fine-tuned models listen.", keywords=("LLM",)),
    make_record(key="arxiv:2401.00002", title="Naïve counselling", abstract="Large language models.", authors=("Zoë Müller",)),
    make_record(key="arxiv:2401.00003", title="Diagnoses by GPT-4o", abstract=None, venue="JMIR Mental Health", authors=()),
    make_record(
        key="arxiv:2401.00004",
        title="抑郁症 screening: don’t ask, won't tell",
        abstract="In 2,024 dialogues, β-blockers and COVID‑19 came up (p<0.05); A/B tests of 3.5 kB\x00each.",
        authors=("Łukasz Ø’Neill-Öz", "李 雷"),
        keywords=("N-of-1", 'a "quoted" key'),
    ),
)


def fill(store: Store) -> None:
    """Save :data:`RECORDS` as ids 1 to 4."""
    store.save_page([Decision(one, Change.NEW, make_labelling()) for one in RECORDS], now=NOW, source="arxiv")


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with :data:`RECORDS`, to be changed."""
    fill(store)
    return store


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The same, for all questions that change nothing."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('shared') / 'tracker.db'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    with closing(open_store(url)) as store:
        fill(store)
        yield store


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
        ("NOT model", [3, 4]),
        ("NOT zebra", [1, 2, 3, 4]),
        ("-model -gpt", [4]),
        ("gpt OR NOT model", [3, 4]),
        ("chatbot OR NOT model", [1, 3, 4]),
        ("NOT (chatbot OR gpt)", [2, 4]),
        ("(chatbot OR gpt) (NOT listen)", [3]),
        ("title", []),
        ("抑郁症", [4]),
        ("抑郁*", [4]),
        ("郁", []),
        ("don't", [4]),
        ("dont", []),
        ("won’t tell", [4]),
        ("covid-19", [4]),
        ('"19 came"', [4]),
        ("2,024", [4]),
        ("2024", []),
        ("202*", []),
        ("0.05", [4]),
        ("a/b", [4]),
        ("β", [4]),
        ("kb", [4]),
        ("each", [4]),
        ("łukasz", [4]),
        ("lukasz", []),
        ("ø'neill öz", [4]),
        ("neill oz", [4]),
        ("李 雷", [4]),
        ("n-of-1", [4]),
        ('"neill oz 李"', [4]),
        ('"screening don"', [4]),
        ('"tell in"', []),
        ("\"jmir mental\" OR 'quoted'", [3, 4]),
        ("\u19b0", []),
        ("\u19b0 OR gpt", [3]),
        ("-\u19b0 gpt", [3]),
        ('"mental \u19b0 health"', [3]),
        ('"NEAR(a b)"', []),
    ],
)
def test_search_finds(shared: Store, typed: str, expected: list[int]) -> None:
    """Words match by stem, without case and accents, in title, abstract, authors, venue and keywords."""
    assert find(shared, typed) == expected


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
def test_search_takes_whatever_can_be_typed(shared: Store, typed: str) -> None:
    """No typed character reaches the engine's own language: every tree is answered."""
    try:
        query = parse_search(typed)
    except SearchSyntaxError:
        return

    assert query is None or set(shared.search(query).tolist()) <= {1, 2, 3, 4}


# -- the same answers as the definition, and as each other -------------------------------------------------------------------

# What the words of a text are, by hand: cut at signs, without case and accents, by their English stem.
TOKENS = {
    "Depression": ("depress",),
    "depressed": ("depress",),
    "naïve": ("naiv",),
    "fine-tuned": ("fine", "tune"),
    "don't": ("don", "t"),
    "GPT-4o": ("gpt", "4o"),
    "LLMs": ("llm",),
    "3.5": ("3", "5"),
    "抑郁症": ("抑郁症",),
    "Müller": ("muller",),
    "ΒΗΤΑ": ("βητα",),
    "t": ("t",),
}
PREFIXES = {"depress": "depress", "gpt": "gpt", "抑郁": "抑郁", "mul": "mul", "4": "4", "Βη": "βη"}
FIELDS = ("title", "abstract", "authors", "venue", "keywords")


def make_corpus() -> list[dict[str, list[str]]]:
    """Forty records whose fields hold a few words each: the same at every run."""
    chosen = random.Random(8)
    return [{field: chosen.choices(list(TOKENS), k=chosen.randint(0, 4)) for field in FIELDS} for _ in range(40)]


CORPUS = make_corpus()


@pytest.fixture
def corpus_store(store: Store) -> Store:
    """A store with :data:`CORPUS` as ids 1 to 40."""
    page = []
    for number, words in enumerate(CORPUS):
        texts = {field: " ".join(words[field]) for field in ("title", "abstract", "venue")}
        lists = {"authors": tuple(words["authors"]), "keywords": (" ".join(words["keywords"]),)}
        record = make_record(key=f"arxiv:2401.{number + 1:05}", **texts, **lists)
        page.append(Decision(record, Change.NEW, make_labelling()))
    store.save_page(page, now=NOW, source="arxiv")
    return store


def holds(tokens: list[str], sought: list[str], *, is_prefix: bool) -> bool:
    """Whether *sought* stand side by side in *tokens*, the last of them perhaps only begun."""
    for start in range(len(tokens) - len(sought) + 1):
        found = tokens[start : start + len(sought)]
        if found[:-1] == sought[:-1] and (found[-1].startswith(sought[-1]) if is_prefix else found[-1] == sought[-1]):
            return True
    return False


class Phrase:
    """Words of :data:`TOKENS`, and perhaps a beginning of :data:`PREFIXES` at their end."""

    def __init__(self, words: list[str], prefix: str | None) -> None:
        self.sought = [token for word in words for token in TOKENS[word]] + ([PREFIXES[prefix]] if prefix else [])
        self.is_prefix = prefix is not None
        self.term = Term(split_words(" ".join([*words, *([prefix] if prefix else [])])), self.is_prefix)

    def matches(self, words: dict[str, list[str]]) -> bool:
        """Whether one field holds it all."""
        fields = ([token for word in field for token in TOKENS[word]] for field in words.values())
        return any(holds(tokens, self.sought, is_prefix=self.is_prefix) for tokens in fields)


def answer(tree: object, words: dict[str, list[str]]) -> bool:
    """What a tree of phrases means for a record with these words: the definition that engines are held to."""
    match tree:
        case Phrase():
            return tree.matches(words)
        case ("not", part):
            return not answer(part, words)
        case (join, parts):
            return (all if join == "and" else any)(answer(part, words) for part in parts)
    raise AssertionError(tree)


def to_node(tree: object) -> SearchNode:
    """The same tree in the words of the domain."""
    match tree:
        case Phrase():
            return tree.term
        case ("not", part):
            return Not(to_node(part))
        case (join, parts):
            return (And if join == "and" else Or)(tuple(to_node(part) for part in parts))
    raise AssertionError(tree)


WORD_LISTS = st.lists(st.sampled_from(sorted(TOKENS)), min_size=1, max_size=3)
PHRASES = st.builds(Phrase, WORD_LISTS, st.none()) | st.builds(
    Phrase, st.lists(st.sampled_from(sorted(TOKENS)), max_size=2), st.sampled_from(sorted(PREFIXES))
)
PHRASE_TREES = st.recursive(
    PHRASES,
    lambda parts: (
        st.tuples(st.just("not"), parts) | st.tuples(st.sampled_from(["and", "or"]), st.lists(parts, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=PHRASE_TREES)
def test_search_answers_phrases_by_their_definition(corpus_store: Store, tree: object) -> None:
    """Phrases with accents, hyphens, apostrophes, numbers and CJK, begun or whole, excluded or not, find what they mean."""
    expected = [number for number, words in enumerate(CORPUS, start=1) if answer(tree, words)]

    assert corpus_store.search(to_node(tree)).tolist() == expected


WILD = st.text(
    st.characters() | st.sampled_from(["\x00", "\ud800", "\u0301", "-", "'", " ", "ﬁ", "ß", "İ", "ſ", "\u19b0", "한", "中"]), max_size=30
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=WILD, author=WILD, typed=st.text(max_size=20), cut=st.integers(0, 30))
def test_engines_agree_on_any_text(two_engines: tuple[Store, Store], title: str, author: str, typed: str, cut: int) -> None:
    """Whatever is stored and whatever is sought in it: both engines keep it to the character and find the same."""
    record = make_record(title=title, abstract=None, authors=(author,), venue=None)
    words = (split_words(title), split_words(title[:cut]), split_words(author), split_words(typed))
    queries = [Term(some[:2], is_prefix) for some in words if some for is_prefix in (False, True)]

    for one in two_engines:
        one.save_page([Decision(record, Change.CHANGED, make_labelling())], now=NOW, source="arxiv")

    first, second = two_engines
    assert [one.record for one in second.load_records([1])] == [one.record for one in first.load_records([1])] == [record]
    for query in queries:
        assert second.search(query).tolist() == first.search(query).tolist(), query
        assert second.search(Not(query)).tolist() == first.search(Not(query)).tolist(), query


@pytest.fixture
def two_engines(new_sqlite_url: Callable[[], str], postgresql: Server) -> Iterator[tuple[Store, Store]]:
    """An empty store on each engine."""
    with closing(open_store(new_sqlite_url())) as first, closing(open_store(postgresql.new_database())) as second:
        yield first, second


def test_search_reaches_the_end_of_very_long_texts(store: Store) -> None:
    """No engine's limit on positions or repetitions hides a phrase: here behind 40,000 words, after 300 of its first word."""
    text = " ".join(["calm", "storm"] * 20_000 + ["calm", "ending"])
    store.save_page([Decision(make_record(abstract=text), Change.NEW, make_labelling())], now=NOW, source="arxiv")

    assert find(store, '"storm calm ending"') == [1]
    assert find(store, '"ending calm"') == []
    assert store.check() == []


def test_search_takes_a_text_of_a_hundred_thousand_different_words(store: Store) -> None:
    """What fills every index is stored whole and found by its beginning at least."""
    words = [f"word{number}x" for number in range(110_000)]
    store.save_page([Decision(make_record(abstract=" ".join(words)), Change.NEW, make_labelling())], now=NOW, source="arxiv")

    assert find(store, "word77x") == [1]
    assert load_abstract(store) == " ".join(words)
    assert store.check() == []


def load_abstract(store: Store) -> str | None:
    """The abstract of the only record."""
    return store.load_records([1])[0].record.abstract
