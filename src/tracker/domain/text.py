"""The text of one record as the rules read it: fields joined, folded to plain words, cut into sentences.

Folding never changes the length, so a place in the folded text is the same place in the joined one, and every field knows
where it begins: offsets handed out are code points of the field exactly as received. Deliberately absent: stemming, spell
checking, language detection. Only Latin letters are matched; others count as letters of unknown words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

_LATIN1 = range(256)
_ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿ"
_PLAIN = "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyy"
# Signs inside or before a word become a space, so that "self-harm", "self harm" and "(self-harm" read alike. Signs that end
# a clause stay: a phrase must not reach across a comma. NUL and other control characters are spaces too.
_CLAUSE_ENDS = ",.;:!?)]}"


def _byte_table(*, lower: bool, words_only: bool) -> bytes:
    table = bytearray(_LATIN1)
    plain = dict(zip(_ACCENTED, _PLAIN, strict=True))
    for code in _LATIN1:
        char = plain.get(chr(code), chr(code))
        if char.isalnum() and char.isascii():
            table[code] = ord(char.lower() if lower else char)
        elif chr(code).isalpha():
            table[code] = ord("_")  # a letter the rules do not know (ß, µ): part of a word
        elif char == "_":
            table[code] = ord("_")
        else:
            table[code] = code if char in _CLAUSE_ENDS and not words_only else ord(" ")
    return bytes(table)


_FOLD = _byte_table(lower=True, words_only=False)
_CASED = _byte_table(lower=False, words_only=False)
_WORDS = _byte_table(lower=True, words_only=True)
_OTHER_LETTER = re.compile(r"[^\W\x00-\xff]")  # yes "β", no "é", "–"
_OTHER_SIGN = re.compile(r"[^\x00-\xff]")  # yes "–", "’", an emoji, a combining accent

# A sentence ends at . ! or ? before white space and something that can open a sentence.
_SENTENCE_END = re.compile(r"[.!?][\"')\]\u2019\u201d]*\s+(?=[\"'(\[\u2018\u201c]*[^\W_a-z])")  # yes "risk. We", no "vs. the", "0.5"
# fmt: off
_ABBREVIATIONS = frozenset((
    "al", "approx", "ca", "cf", "dr", "e.g", "eg", "eq", "etc", "fig", "figs", "i.e", "ie", "jr", "mr", "mrs", "ms", "no", "nos", "ph.d",
    "pp", "prof", "ref", "refs", "resp", "sec", "sr", "st", "u.k", "u.s", "vol", "vs",
))
# fmt: on
_ABBREVIATION_ENDS = frozenset(word[-2:] for word in _ABBREVIATIONS)  # most words are told apart by their last two letters
_WORD = re.compile(r"[^ ]+")  # of ``Document.words``
_NEARBY = 400  # characters up to which words are counted by cutting them out
_SEPARATOR = " . "  # between fields: nothing reaches across


class Document:
    """The joined fields of one record.

    ``folded`` is lower case with word-internal signs as spaces, ``words`` has every sign as a space; both start with one
    space more than the joined text and end with one, so that a word is always surrounded. Positions in them are *places*.
    """

    __slots__ = (
        "_cased",
        "_offsets",
        "_sentence_starts",
        "_sentences",
        "_starts",
        "_word_starts",
        "fields",
        "folded",
        "joined",
        "title_end",
        "words",
    )

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        """*fields* are (name, text exactly as received); the first is the title."""
        self.fields: list[tuple[str, str]] = list(fields)
        self._starts: list[int] = []
        length = 0
        for _, text in self.fields:
            self._starts.append(length)
            length += len(text) + len(_SEPARATOR)
        joined = _SEPARATOR.join(text for _, text in self.fields)
        self._offsets: list[int] | None = None
        if "  " in joined or "\n " in joined or " \n" in joined:
            joined = self._collapse(joined)
        self.joined = joined
        latin = _to_latin(joined)
        self.folded: str = f" {latin.translate(_FOLD).decode('latin-1')} "
        self.words: str = f" {latin.translate(_WORDS).decode('latin-1')} "
        self._cased: str | None = None
        self._sentences: list[int] | None = None
        self._sentence_starts: list[int] | None = None
        self._word_starts: list[int] | None = None
        self.title_end: int = self._title_end()

    def _collapse(self, joined: str) -> str:
        """*joined* with runs of white space as one space; remembers where each character came from."""
        offsets: list[int] = []
        for run in re.finditer(r"\s+|\S+", joined):
            offsets += [run.start()] if run[0].isspace() else range(run.start(), run.end())
        self._offsets = offsets
        return re.sub(r"\s+", " ", joined)

    def _title_end(self) -> int:
        end = len(self.fields[0][1]) if self.fields else 0
        return (end if self._offsets is None else bisect_right(self._offsets, end - 1)) + 1

    def cased(self) -> str:
        """Like ``folded``, with capitals kept."""
        if self._cased is None:
            self._cased = f" {_to_latin(self.joined).translate(_CASED).decode('latin-1')} "
        return self._cased

    def words_between(self, end: int, start: int) -> int:
        """The number of words from place *end*, where a word ends, to place *start*, where one begins; cheap also far apart."""
        if start - end < _NEARBY:
            return len(self.words[end:start].split())
        if self._word_starts is None:
            self._word_starts = [word.start() for word in _WORD.finditer(self.words)]
        return bisect_left(self._word_starts, start) - bisect_left(self._word_starts, end)

    def sentence(self, place: int) -> int:
        """The number of the sentence that holds *place*; the title is sentence 0 (and more, if it has several)."""
        return self.sentences()[place]

    def sentences(self) -> Sequence[int]:
        """By place, the number of its sentence; counted once, looked up often."""
        if self._sentences is None:
            self._sentences, starts = [], self.sentence_starts()
            for number, bound in enumerate([*starts[1:], len(self.folded) + 1]):
                self._sentences += [number] * (bound - len(self._sentences))
        return self._sentences

    def sentence_starts(self) -> Sequence[int]:
        """By sentence, its first place."""
        if self._sentence_starts is None:
            self._sentence_starts = [0, *self._sentence_bounds()]
        return self._sentence_starts

    def _sentence_bounds(self) -> list[int]:
        bounds = [end.end() + 1 for end in _SENTENCE_END.finditer(self.joined) if not self._is_abbreviated(end.start())]
        starts = self._starts[1:]
        if self._offsets is not None:
            starts = [bisect_right(self._offsets, start - 1) for start in starts]
        return sorted({*bounds, *(start + 1 for start in starts)})

    def _is_abbreviated(self, stop: int) -> bool:
        """Whether the full stop at *stop* ends an abbreviation or an initial: "et al.", "J.", not "model."."""
        if self.joined[stop] != ".":
            return False
        ending = self.joined[stop - 2 : stop].lower() if stop > 1 else " "
        if ending not in _ABBREVIATION_ENDS and ending[0] not in " ([":
            return False
        before = self.joined[max(0, stop - 8) : stop]
        word = before[before.rfind(" ") + 1 :].lstrip("([").lower()
        return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha())

    def locate(self, start: int, end: int) -> tuple[str, int, int, str]:
        """Field, start, end and wording of the places *start* to *end* (half-open), as offsets in the field as received."""
        first, last = start - 1, end - 2
        if self._offsets is not None:
            first, last = self._offsets[first], self._offsets[last]
        number = bisect_right(self._starts, first) - 1
        name, text = self.fields[number]
        begin, stop = first - self._starts[number], last + 1 - self._starts[number]
        return name, begin, stop, text[begin:stop]


def _to_latin(text: str) -> bytes:
    """*text* in one byte a character: unknown letters become ``ª`` (a letter no rule has), unknown signs a space."""
    if not text.isascii():
        text = _OTHER_SIGN.sub(" ", _OTHER_LETTER.sub("\u00aa", text))
    return text.encode("latin-1")


def join_fields(title: str | None, abstract: str | None, keywords: Sequence[str] | str, mesh: Sequence[str] | str) -> list[tuple[str, str]]:
    """The fields of a record as (name, text).

    A list field gives one entry an item, named by its place (``keywords.0``); given as one string, it keeps its name.
    Missing and empty fields are left out, except the title, which is always first.
    """
    fields = [("title", title or "")]
    if abstract:
        fields.append(("abstract", abstract))
    for name, values in (("keywords", keywords), ("mesh", mesh)):
        items = [(name, values)] if isinstance(values, str) else [(f"{name}.{place}", value) for place, value in enumerate(values)]
        fields += [(item, value) for item, value in items if value]
    return fields
