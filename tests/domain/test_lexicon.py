"""The automaton and its short cuts find what a plain comparison of words finds, and never more work than the text is long."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plain_matcher import plain_matches
from tracker.domain.hits import MAX_MATCHES, MAX_SPANS, Match
from tracker.domain.lexicon import Lexicon
from tracker.domain.patterns import Pattern, parse_pattern
from tracker.domain.prefilter import bit_places
from tracker.domain.taxonomy import Taxonomy, parse_taxonomy
from tracker.domain.text import Document

ROOT = Path(__file__).resolve().parents[2]
# Patterns over few words, so that drawn texts hit them often: every form of the language, and alternatives that begin alike.
SMALL = [
    "a b", "a*", "(a|a b|b)", "a* b*", "(a|ab*) (b|b c) c", "(a )?b", "CASE: AB", "CASE: (AB|aB) c*", "TITLE: a", "a NEAR/1 b", "a PRE/2 c",
    "b SENT c", "a UNLESS c", "a* SENT (b|b c) NEAR/2 c", "(ab|ab c) (c|d)",
    "a-b", "(a|a b) SENT d", "a SENT b* PRE/0 c", "TITLE: (a|b) SENT c", "d* (a|b) (c|d*)", "x", "CASE: (X|Y)",
]  # fmt: skip
WORDS = ["a", "b", "c", "d", "ab", "AB", "aB", "abc", "ac", "X", "Y", "A", "B.", "c,", "d!", "(a", "a-b", "é", "–", ".", "\n", "  "]


def our_matches(lexicon: Lexicon, document: Document) -> dict[int, list[Match]]:
    """Pattern → its matches, by way of the short cuts."""
    hits = lexicon.search(document)
    found = lexicon.found(hits)
    lexicon.search_rest(hits)
    return found | lexicon.found_in_rest(hits)


def reference_matches(patterns: list[Pattern], document: Document) -> dict[int, list[Match]]:
    """The same by plain comparison."""
    found = {number: plain_matches(pattern, document) for number, pattern in enumerate(patterns) if pattern.first is not None}
    return {number: matches for number, matches in found.items() if matches}


@cache
def small(leading: int) -> tuple[list[Pattern], Lexicon]:
    """The small patterns and their lexicon, the first *leading* of them searched for first."""
    patterns = [parse_pattern(source) for source in SMALL]
    return patterns, Lexicon(patterns, leading)


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy that ships."""
    return parse_taxonomy((ROOT / "data" / "taxonomy.yaml").read_text(encoding="utf-8"), place="taxonomy.yaml")


@cache
def shipped(leading: int | None) -> tuple[list[Pattern], Lexicon]:
    """All its patterns and their lexicon, the first *leading* of them searched for first."""
    patterns = [pattern for rule in taxonomy().rules() for pattern in rule.patterns]
    return patterns, Lexicon(patterns, leading)


@settings(max_examples=400, deadline=None)
@given(
    title=st.lists(st.sampled_from(WORDS), max_size=8),
    abstract=st.lists(st.sampled_from(WORDS), max_size=25),
    leading=st.integers(0, len(SMALL)),
)
def test_matches_are_those_of_a_plain_comparison(title: list[str], abstract: list[str], leading: int) -> None:
    """Any text of few words, any form of the language: the same places, wherever the border between the two steps lies."""
    patterns, lexicon = small(leading)
    document = Document([("title", " ".join(title)), ("abstract", " ".join(abstract))])

    assert our_matches(lexicon, document) == reference_matches(patterns, document)


def example_texts() -> list[tuple[str, str]]:
    """Titles and abstracts put together from the label tests' sentences and from the taxonomy's own words."""
    cases = yaml.safe_load((ROOT / "tests" / "fixtures" / "labels.yaml").read_text(encoding="utf-8"))
    sentences = [
        one.removeprefix("T: ") for labels in cases.values() for case in labels.values() for one in (*case["catch"], *case["miss"])
    ]
    draw = random.Random(11)
    patterns = [pattern for rule in taxonomy().rules() for pattern in rule.patterns if pattern.first is not None]
    spoken = [" ".join(_say(pattern, draw) for pattern in draw.sample(patterns, 12)) + "." for _ in range(5)]
    return [(draw.choice(sentences), " ".join([*draw.sample(sentences, 3), text])) for text in spoken]


def _say(pattern: Pattern, draw: random.Random) -> str:
    """Words that *pattern* is made of, an alternative of each operand."""
    operands = [operand for operand in (pattern.first, *(relation.operand for relation in pattern.relations)) if operand]
    return " ".join(draw.choice(segment).text for operand in operands for segment in draw.choice(operand.chains))


@pytest.mark.parametrize("leading", [None, 0], ids=["leading", "rest"])
def test_every_pattern_of_the_taxonomy_matches_as_by_plain_comparison(leading: int | None) -> None:
    """All patterns that ship, on texts of their own words: the same places, up to the number that is kept."""
    patterns, lexicon = shipped(leading)
    texts = example_texts()
    total = 0
    for title, abstract in texts:
        document = Document([("title", title), ("abstract", abstract)])
        ours = our_matches(lexicon, document)
        total += len(ours)

        assert ours == reference_matches(patterns, document)
    assert total > 10 * len(texts)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("(harm*|harm* reduction) (of|of the) model", "harm reduction of the model", ["harm reduction of the model"]),
        ("(risk* |risk* of )?(self|self harm*) talk", "self harm talk", ["self harm talk"]),
        ("talk* (of|of self) (harm|harm here)", "talking of self harm here", ["talking of self harm here", "talking of self harm"]),
        ("a* (b|b c) (c|d)", "ax b c d", ["ax b c d", "ax b c"]),
        ("a* (b*|b c*) c", "a b c d", ["a b c"]),
        ("a* (b*|b c*) d", "a b c d", ["a b c d"]),
    ],
)
def test_chain_keeps_every_end_and_names_the_longer_first(pattern: str, text: str, expected: list[str]) -> None:
    """Alternatives that begin at the same word may end at different ones: any end that leads on counts."""
    lexicon = Lexicon([parse_pattern(pattern)])
    document = Document([("title", text)])

    assert [document.locate(*match[0])[3] for match in our_matches(lexicon, document).get(0, [])] == expected


def test_partner_is_the_longer_of_those_that_begin_alike() -> None:
    """Evidence shows "harm reduction", not "harm"."""
    lexicon = Lexicon([parse_pattern("model SENT (harm|harm reduction)")])
    document = Document([("title", "A model for harm reduction")])

    assert [document.locate(*span)[3] for span in our_matches(lexicon, document)[0][0]] == ["model", "harm reduction"]


def test_only_patterns_with_all_parts_present_are_candidates() -> None:
    """One part alone does not make a pattern worth a look; both do, and so do both stretches of a chain."""
    lexicon = Lexicon(
        [parse_pattern(source) for source in ("privacy SENT concern*", "data* leak*", "privacy UNLESS law", "data* leak* SENT law")]
    )

    def candidates(text: str) -> list[int]:
        hits = lexicon.search(Document([("title", text)]))
        lexicon.found(hits)
        return lexicon.leading.candidates(hits, by_sentence=False)

    texts = ("concerns", "privacy", "privacy, a concern", "data law", "leaks in data, law", "data leaks, law")
    assert [candidates(text) for text in texts] == [[], [2], [0, 2], [], [], [3]]


def test_patterns_of_one_group_are_put_together() -> None:
    """A word that two patterns of a group find counts once; a pattern with a relation adds its matches."""
    patterns = [parse_pattern(source) for source in ("harm*", "(harm|risk*)", "risk* SENT law", "law")]
    document = Document([("title", "Risks of harm by law")])

    found = our_matches(Lexicon(patterns, 0, [7, 7, 7, 8]), document)

    assert {group: [[document.locate(*span)[3] for span in match] for match in matches] for group, matches in found.items()} == {
        7: [["Risks"], ["harm"], ["Risks", "law"]],
        8: [["law"]],
    }


def test_patterns_after_the_leading_ones_need_all_parts_in_one_sentence() -> None:
    """And those of the title in the title."""
    lexicon = Lexicon(
        [parse_pattern(source) for source in ("law", "privacy SENT concern*", "TITLE: leaks", "privacy UNLESS law")], leading=1
    )

    def candidates(title: str, abstract: str) -> list[int]:
        hits = lexicon.search(Document([("title", title), ("abstract", abstract)]))
        lexicon.search_rest(hits)
        lexicon.found_in_rest(hits)
        return lexicon.rest.candidates(hits, by_sentence=True)

    assert candidates("Privacy", "Law. A concern.") == [3]
    assert candidates("Leaks", "Privacy. Then concerns about privacy.") == [1, 2, 3]
    assert candidates("Privacy. Leaks", "") == [2, 3]
    assert candidates("Law", "It leaks.") == []


@given(st.integers(min_value=0, max_value=2**200))
def test_bit_places_name_every_one(bits: int) -> None:
    """Put back together, the places give the number."""
    assert sum(1 << place for place in bit_places(bits)) == bits


ODD = {
    "one trigger word": "LLM ",
    "trigger words in turn": "LLM depression chatbot hallucinates privacy concern ",
    "an endless sentence": "the model and the chatbot harm users with depression, ",
    "an endless word": "depression",
    "spaces": " ",
    "full stops": ". ",
    "line ends": ".\n",
    "combining marks": "\u0301",
    "emoji": "😀",
}


@pytest.mark.parametrize("piece", ODD.values(), ids=ODD.keys())
def test_work_is_bounded_whatever_the_text(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the text: at most four times the atoms' spans; spans, matches and comparisons of a pattern stay under fixed numbers."""
    patterns, lexicon = shipped(None)
    spans, compared = [], []
    for times in (1, 4):
        calls = 0
        document = Document([("title", "A study"), ("abstract", piece * (times * (15_000 // len(piece))))])

        def count(end: int, start: int, document: Document = document) -> int:
            nonlocal calls
            calls += 1
            return Document.words_between(document, end, start)

        watched = _Watched(document, count)
        hits = lexicon.search(watched)  # type: ignore[arg-type]
        spans.append(sum(map(len, hits.spans.values())))
        found = lexicon.found(hits)
        assert max(map(len, found.values()), default=0) <= MAX_MATCHES
        assert max((len(hits.operand(number)) for number in range(len(lexicon.operands))), default=0) <= MAX_SPANS
        compared.append(calls)

    assert spans[1] <= 4 * spans[0] + 40
    assert compared[1] <= len(patterns) * MAX_MATCHES * MAX_SPANS
    assert compared[1] <= 2 * compared[0] + 40


class _Watched:
    """A document whose word counts are counted; everything else is the document's own."""

    def __init__(self, document: Document, words_between: object) -> None:
        self._document, self.words_between = document, words_between

    def __getattr__(self, name: str) -> object:
        return getattr(self._document, name)
