"""Titles, names and folded text: what counts as the same, what as a sibling, what as a notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain import folding
from tracker.domain.folding import fold, to_american
from tracker.domain.names import find_agreement, read_ends, read_names
from tracker.domain.titles import Likeness, compare_titles, read_title

TITLE = "Calm replies of language models to angry callers"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (TITLE.upper() + ".", Likeness.EXACT),
        (f"[{TITLE}]", Likeness.EXACT),
        (f"RETRACTED: {TITLE}", Likeness.EXACT),
        (f"{TITLE} (Preprint)", Likeness.EXACT),
        (f"{TITLE}: Mixed Methods Study", Likeness.EXACT),
        (f"{TITLE} – A Randomized Controlled Trial", Likeness.EXACT),
        ("Calm <i>replies</i> of {\\it language} models to angry callers", Likeness.EXACT),
        ("Calm replies of large language models to angry callers", Likeness.NEAR),
        ("Calm replies of language models to angry calers", Likeness.NEAR),
        (f"{TITLE}: what helplines can expect", Likeness.NEAR),
        (f"{TITLE}: Study Protocol", Likeness.WEAK),
        (f"{TITLE}, part II", Likeness.WEAK),
        (f"{TITLE} 2024", Likeness.WEAK),
        ("Calm replies of language models to anxious callers", Likeness.WEAK),
        ("Weather in the Alps", Likeness.NONE),
    ],
)
def test_compare_titles_tells_the_same_from_the_alike(title: str, expected: Likeness) -> None:
    """Markup, case and a journal's additions change nothing; a part, a year or a protocol makes another paper."""
    likeness, _ = compare_titles(read_title(TITLE), read_title(title))

    assert likeness is expected


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Correction: Calm replies", "correction"),
        ("Author Correction: Calm replies", "correction"),
        ("Correction to: Calm replies", "correction"),
        ("Retraction notice to “Calm replies”", "retraction"),
        ("Expression of concern: calm replies", "concern"),
        ("Authors' Reply: Calm replies", "reply"),
        ("Response to Comments on “Calm replies”", "reply"),
        ("Comment on: Calm replies", "comment"),
        ("Re: Calm replies", "comment"),
        ("Peer Review of “Calm replies”", "review"),
        ("Correction of cognitive biases by chatbots", ""),
        ("Response patterns of chatbots", ""),
        ("Comment moderation in forums", ""),
        ("Retracted: Calm replies", ""),
        ("Reward models", ""),
    ],
)
def test_read_title_knows_notices_by_their_first_words(title: str, kind: str) -> None:
    """A notice about a paper is not the paper; a title that only begins with such a word is no notice."""
    assert read_title(title).notice == kind


@given(st.text(max_size=80), st.text(max_size=80))
def test_compare_titles_is_symmetric_and_bounded(one: str, other: str) -> None:
    """Whatever two titles hold, the order does not matter and the similarity is a share."""
    first, second = read_title(one), read_title(other)

    likeness, similarity = compare_titles(first, second)

    assert (likeness, similarity) == compare_titles(second, first)
    assert 0 <= similarity <= 1


@pytest.mark.parametrize("piece", ["!", "(", "<a", "\\", ": ", "a ", "part i "])
def test_read_title_bounds_its_work(piece: str) -> None:
    """A million characters of anything are read as fast as a title: this test ends at once, or never."""
    hostile = piece * (1_000_000 // len(piece))

    assert len(read_title(hostile).core) <= 1000
    assert read_names([hostile] * 10_000) == read_names([hostile] * 500)


@given(st.text(max_size=80))
def test_fold_is_stable(text: str) -> None:
    """What was folded holds no capitals, and no runs of blanks."""
    folded = fold(text)

    assert folded == " ".join(folded.split())
    assert folded == folded.lower()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("June M. Liu", "Liu JM"),
        ("June M. Liu", "JM Liu"),
        ("June M. Liu", "Liu, June"),
        ("Dave van Veen", "Van Veen D"),
        ("Jürgen Müller", 'J{\\"u}rgen M{\\"u}ller'),
        ("Łukasz Wójcik", "L Wojcik"),
        ("Zhang Wei", "Wei Zhang"),
        ("Liu", "June Liu"),
        ("Samuel R. Cox", "Cox SR"),
        ("John Smith Jr.", "J Smith"),
    ],
)
def test_find_agreement_knows_one_person_in_two_spellings(one: str, other: str) -> None:
    """Initials, order, accents and particles are the sources' habits."""
    agreement = find_agreement(read_names([one]), read_names([other]))

    assert agreement is not None
    assert (agreement.count, agreement.share, agreement.at_an_end) == (1, 1.0, True)


def test_find_agreement_tells_common_family_names_apart() -> None:
    """Two persons called Wang are not one, unless an initial is missing."""
    agreement = find_agreement(read_names(["Wei Wang", "Xin Li"]), read_names(["Yan Wang", "J Li"]))

    assert agreement is not None
    assert (agreement.count, agreement.at_an_end) == (0, False)


def test_find_agreement_says_nothing_without_persons() -> None:
    """A consortium is no person; without persons on both sides there is nothing to compare."""
    assert find_agreement(read_names(["The DIALOG Consortium"]), read_names(["Ada Example"])) is None


def test_find_agreement_counts_no_author_twice() -> None:
    """Two brothers with one initial are not one author found twice."""
    agreement = find_agreement(read_names(["J Li", "J Li"]), read_names(["J Li", "K Berg", "P Dahl"]))

    assert agreement is not None
    assert agreement.count == 1


ENDINGS = ("ise", "ised", "isation", "isations", "our", "ours", "oural", "lled", "lling", "llors", "tre", "tres", "s", "")
STEMS = ("pae", "anae", "hae", "gynae", "orthopae", "cen", "thea", "programme", "counse", "behavi", "organ", "four", "th", "real")


@pytest.mark.parametrize("stem", STEMS)
def test_a_quick_look_finds_every_word_with_another_spelling(stem: str) -> None:
    """Most words are dismissed at a glance; none of those is one that the rules of spelling would change."""
    for word in (stem + ending for ending in ENDINGS):
        slowly = word
        for pattern, american in folding._BRITISH:
            slowly = pattern.sub(american, slowly)
        assert to_american(word) == slowly


@given(st.lists(st.sampled_from(["Ada Example", "The Sample Consortium", "", "Liu JM", "Bo Sample, Jr."]), max_size=6))
def test_ends_of_an_author_list_are_those_of_its_persons(authors: list[str]) -> None:
    """Reading two names gives what reading all gives."""
    persons = read_names(authors)
    assert read_ends(authors) == ((persons[0], persons[-1]) if persons else ())
