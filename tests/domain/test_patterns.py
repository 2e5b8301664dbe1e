"""The pattern language: what each form matches and what it does not."""

from __future__ import annotations

import pytest

from tracker.domain.lexicon import Lexicon
from tracker.domain.patterns import PatternError, parse_pattern
from tracker.domain.text import Document


def words(pattern: str, title: str, abstract: str = "", *, names: dict[str, str] | None = None) -> list[tuple[str, ...]]:
    """The words each match of *pattern* covers, part by part."""
    lexicon = Lexicon([parse_pattern(pattern, names)])
    document = Document([("title", title), ("abstract", abstract)] if abstract else [("title", title)])
    found = lexicon.found(lexicon.search(document))
    return [tuple(document.locate(*span)[3] for span in match) for match in found.get(0, [])]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("black box", "A black box model", [("black box",)]),
        ("black box", "A black, box", []),
        ("black box", "A blackbox", []),
        ("black-box", "Blackbox, black box and black-box", [("Blackbox",), ("black box",), ("black-box",)]),
        ("stigma", "Stigmatized", []),
        ("stigma*", "Stigmatized, stigma", [("Stigmatized",), ("stigma",)]),
        ("(fear|risk) of harm", "the risk of harm", [("risk of harm",)]),
        ("(simulated )?patient*", "simulated patients", [("simulated patients",), ("patients",)]),
        ("behavioral therapy", "behavioural therapy", [("behavioural therapy",)]),
        ("personaliz*", "personalised care", [("personalised",)]),
        ("depress* symptom*", "depressive symptoms", [("depressive symptoms",)]),
        ("lack* (human|clinician) oversight", "lacking clinician oversight", [("lacking clinician oversight",)]),
        ("CASE: BERT", "Bert and BERT", [("BERT",)]),
        ("co-design*", "codesigned with youth", [("codesigned",)]),
        ("Q&A", "a Q&A site", [("Q&A",)]),
    ],
)
def test_pattern_of_words_matches(pattern: str, text: str, expected: list[tuple[str, ...]]) -> None:
    """Words, endings, alternatives, optional parts, hyphens, spellings and case."""
    assert sorted(words(pattern, text)) == sorted(expected)


def test_near_counts_the_words_between_in_either_order() -> None:
    """NEAR/2 allows two words between, not three, and any order."""
    assert words("bias* NEAR/2 model*", "models with clear bias") == [("bias", "models")]
    assert words("bias* NEAR/2 model*", "models that have a clear bias") == []


def test_pre_needs_the_order() -> None:
    """PRE is NEAR with the first before the second."""
    assert words("replac* PRE/2 therapist*", "replace human therapists") == [("replace", "therapists")]
    assert words("replac* PRE/2 therapist*", "therapists replace it") == []


def test_relations_never_cross_a_sentence() -> None:
    """SENT, NEAR and PRE hold within one sentence only."""
    assert words("harm SENT model", "A model speaks. Then harm is done.") == []
    assert words("harm SENT model", "A model does harm.") == [("harm", "model")]


def test_unless_bars_the_sentence() -> None:
    """UNLESS takes matches away from sentences that hold the other words, and from no others."""
    assert words("therapy UNLESS gene", "Gene therapy works. We study therapy.") == [("therapy",)]


def test_title_pattern_matches_in_the_title_only() -> None:
    """TITLE: is deaf to the abstract."""
    assert words("TITLE: bias*", "On bias", "Of biases") == [("bias",)]


def test_related_words_are_separate_parts() -> None:
    """The stretch between related words is never part of a match: only each part's own words are."""
    assert words("privacy SENT concern*", "Privacy of the people who talk to machines is a concern") == [("Privacy", "concern")]


def test_name_stands_for_its_alternatives() -> None:
    """{name} is replaced by what the file says it means."""
    assert words("{bot} fails", "The chatbot fails", names={"bot": "(chatbot*|bot)"}) == [("chatbot fails",)]


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(a|b", "not closed"),
        ("a) b", "without an opening"),
        ("a | | b", "without an opening"),
        ("(a||b)", "empty alternative"),
        ("ab*c", "not a word"),
        ("*", "not a word"),
        ("", "empty"),
        ("a SENT ", "empty"),
        ("(a)?", "missing"),
        ("{nobody} b", "not among the words"),
        ("TYPE:", "needs the name"),
        (" ".join(["(a|b|c|d|e|f|g|h*)"] * 3) + " (" + "|".join(f"x{n}*" for n in range(700)) + ")", "more than"),
    ],
)
def test_pattern_that_cannot_be_read_says_why(pattern: str, complaint: str) -> None:
    """Every fault is a ``PatternError`` that names it."""
    with pytest.raises(PatternError, match=complaint):
        parse_pattern(pattern)
