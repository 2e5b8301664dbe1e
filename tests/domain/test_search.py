"""The query language: what people type, what it means, and that nothing they type can break it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.search import MAX_DEPTH, MAX_LENGTH, And, Not, Or, Term, parse_search, prefix_completions, split_words
from tracker.errors import SearchSyntaxError

A, B, C = Term(("a",)), Term(("b",)), Term(("c",))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a OR b c", Or((A, And((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("-a", Not(A)),
        ("NOT a", Not(A)),
        ("NOT NOT a", A),
        ("--a", Not(A)),
        ("a NOT b", And((A, Not(B)))),
        ("a -(b OR c)", And((A, Not(Or((B, C)))))),
        ("NOT a OR b", Or((Not(A), B))),
        ('-"a b"', Not(Term(("a", "b")))),
        ('"a b"', Term(("a", "b"))),
        ("“a b”", Term(("a", "b"))),
        ('"a b"*', Term(("a", "b"), is_prefix=True)),
        ("a*", Term(("a",), is_prefix=True)),
        ("fine-tuned", Term(("fine", "tuned"))),
        ("and or not", And((Term(("and",)), Term(("or",)), Term(("not",))))),
        ('"AND"', Term(("AND",))),
        ("((a))", A),
        ("a\tb\u00a0c", And((A, B, C))),
    ],
)
def test_parse_search_reads(typed: str, expected: object) -> None:
    """Each form of the language has one meaning."""
    assert parse_search(typed) == expected


@pytest.mark.parametrize("typed", ["", "   ", "...", "- -", "(!)", '""', "NOT ?!", "🙂", "* ** ***", "\x00\ud800"])
def test_parse_search_finds_no_word_in_punctuation(typed: str) -> None:
    """Where no word is, there is no search: nothing is filtered."""
    assert parse_search(typed) is None


@pytest.mark.parametrize("typed", ["a !!!", "!!! a", "a OR ...", "a - ", "(a ?)", "- a"])
def test_parse_search_passes_over_punctuation_beside_words(typed: str) -> None:
    """Punctuation that stands alone changes nothing."""
    assert parse_search(typed) == A


@pytest.mark.parametrize(
    ("typed", "wrong", "advice"),
    [
        ('a "b c', '"b c', "never closed"),
        ("a (b", "(", "never closed"),
        ("(", "(", "never closed"),
        ("a) b", ")", "never opened"),
        (")", ")", "never opened"),
        ("a ()", "()", "Nothing stands between"),
        ("AND a", "AND", "missing before AND"),
        ("a OR", "OR", "Nothing stands after OR"),
        ("a OR AND b", "AND", "missing before AND"),
        ("(a OR) b", "OR", "Nothing stands after OR"),
        ("NOT", "NOT", "Nothing stands after NOT"),
    ],
)
def test_parse_search_marks_what_is_wrong(typed: str, wrong: str, advice: str) -> None:
    """The error names the part that cannot be read and says what to do."""
    with pytest.raises(SearchSyntaxError, match=advice) as caught:
        parse_search(typed)

    assert typed[caught.value.start : caught.value.end] == wrong


def test_parse_search_refuses_what_is_too_long() -> None:
    """A text longer than the search box is refused, not cut."""
    with pytest.raises(SearchSyntaxError, match=f"5000 characters; at most {MAX_LENGTH}") as caught:
        parse_search("a" * 5000)

    assert (caught.value.start, caught.value.end) == (MAX_LENGTH, 5000)


def test_parse_search_refuses_a_tower_of_parentheses() -> None:
    """Depth is bounded, so that no engine's own parser overflows."""
    with pytest.raises(SearchSyntaxError, match=f"More than {MAX_DEPTH} parentheses"):
        parse_search("(" * 90 + "a" + ")" * 90)


PIECES = st.sampled_from(["a", "b*", '"', "(", ")", "-", "AND", "OR", "NOT", " ", "é", "“", "*"])
WILD = st.text(max_size=60) | st.lists(PIECES).map(" ".join) | st.lists(PIECES).map("".join)


@given(WILD)
def test_parse_search_raises_nothing_but_its_own_error(typed: str) -> None:
    """Whatever is typed gives a tree, nothing, or an error whose place lies inside the text."""
    place = (0, 1)
    try:
        parse_search(typed)
    except SearchSyntaxError as error:
        place = (error.start, error.end)

    assert 0 <= place[0] < place[1] <= max(1, len(typed))


@given(WILD)
def test_parse_search_gives_words_of_letters_and_digits_only(typed: str) -> None:
    """No character with a meaning in any engine's own language ever gets into a tree."""
    try:
        tree = parse_search(typed)
    except SearchSyntaxError:
        return

    for word in words_of(tree):
        assert split_words(word) == (word,)


def words_of(node: object) -> list[str]:
    """All words in a tree."""
    if isinstance(node, Term):
        return list(node.words)
    if isinstance(node, Not):
        return words_of(node.part)
    return [word for part in getattr(node, "parts", ()) for word in words_of(part)]


@pytest.mark.parametrize(("prefix", "word"), [("depressi", "depression"), ("hallucinati", "hallucination"), ("counseli", "counseling")])
def test_prefix_completions_reach_words_whose_stem_is_shorter(prefix: str, word: str) -> None:
    """A beginning that reaches into an ending is completed to whole words."""
    assert word in prefix_completions(prefix)


@pytest.mark.parametrize("prefix", ["a", "ab", "psych"])
def test_prefix_completions_leave_short_and_plain_beginnings(prefix: str) -> None:
    """What reaches into no ending, or would leave no stem, is left as it is."""
    assert prefix_completions(prefix) == ()
