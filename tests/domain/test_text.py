"""Offsets survive folding; sentences end where a reader would end them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.text import Document, join_fields

WILD = st.text(st.characters(), max_size=60)


def sentence_count(text: str) -> int:
    """How many sentences *text* has as a title."""
    document = Document([("title", text)])
    return document.sentence(len(document.folded) - 2) + 1


def test_sentence_is_not_cut_at_abbreviations_and_decimal_points() -> None:
    """ "e.g.", "vs.", "et al.", initials and 0.5 do not end a sentence."""
    text = "Models (e.g. GPT by J. Smith et al. 2024) vs. Clinicians reached 0.5 of the score"

    assert sentence_count(text) == 1


def test_sentence_ends_at_a_full_stop_before_a_capital() -> None:
    """A full stop, white space and a capital or a bracket make two sentences."""
    assert sentence_count("We test a model. (It fails.) Then we stop.") == 3


def test_sentence_never_reaches_across_fields() -> None:
    """Title and abstract are different sentences even without a full stop."""
    document = Document([("title", "A model"), ("abstract", "fails")])

    assert document.sentence(1) != document.sentence(document.folded.index("fails"))


@given(WILD, WILD)
def test_place_of_every_character_leads_back_to_the_field(title: str, abstract: str) -> None:
    """Whatever the text, a place in the folded text names a field, an offset and exactly the character there."""
    document = Document(join_fields(title, abstract, (), ()))

    for number, (name, text) in enumerate(document.fields):
        start = document._starts[number]
        for offset, char in enumerate(text):
            if document._offsets is None:
                assert document.locate(start + offset + 1, start + offset + 2) == (name, offset, offset + 1, char)


@given(WILD)
def test_folding_keeps_the_length(text: str) -> None:
    """Folded, cased and word-only forms have one character for each of the joined text, and a space at both ends."""
    document = Document([("title", text)])

    assert len(document.folded) == len(document.words) == len(document.cased()) == len(document.joined) + 2


def test_words_are_counted_alike_near_and_far() -> None:
    """Far apart, words are counted from where they begin, never by copying what lies between; the count is the same."""
    for count in (0, 1, 3, 90, 2_000):
        document = Document([("title", "first " + "some-word, " * count + "last")])

        assert document.words_between(len(" first"), document.folded.rindex("last")) == 2 * count


def test_list_fields_are_named_by_place_and_strings_keep_their_name() -> None:
    """``keywords.1`` is the second keyword; keywords given as one string are ``keywords``."""
    assert join_fields("t", None, ["a", "b"], "m") == [("title", "t"), ("keywords.0", "a"), ("keywords.1", "b"), ("mesh", "m")]
