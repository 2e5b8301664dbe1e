"""Titles of two records, compared. Every rule here has its pairs in ``tests/fixtures/pairs``.

What changes on the way to a journal: case, accents, spelling, a study design after a colon ("…: Mixed Methods Study"), a
subtitle, a word. What deceives: a short head that many papers share, another part or year of a series, the same sentence
about another illness, and notices (errata, comments, replies) that carry the title of the paper they are about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from tracker.domain.folding import fold, to_american
from tracker.domain.title_words import DESIGN, KINDS, ONE_SIDED, SHORT, STOP, TELLING_STEMS, TELLING_WORDS

NEAR = 0.9  # share of similarity from which two titles say the same; below it, WEAK
WEAK = 0.75
SUBTITLES_AGREE = 0.7
LONGEST = 1000  # code points; bounds the work that a hostile title can make
LEAST_HEAD = 4  # content words from which a title up to its colon names one paper
LEAST_DISTINCT = 3  # content words from which a whole title names one paper

# yes: "Correction to: …", "Author's reply: …", "Re: …"   no: "Correction of biases", "Response prediction"
_NOTICES = {
    "correction": r"(?:author |publisher )?(?:correction|corrigendum|erratum|errata|addendum)(?: notice| note)?(?: to\b|\s*:)",
    "retraction": r"retraction(?: notice| note)?(?: to\b| of\b|\s*:)",
    "concern": r"(?:editorial )?expression of concern\b",
    "reply": r"(?:in |author(?:s|'s|s')? |the )?(?:reply(?: to\b|\s*[:.])|response(?:\s*:| to:| to \W*(?:the )?(?:comment|letter|editor)))",
    "comment": r"comments?(?:ary)?(?: on\b| to\b|\s*:)|letter to the editor\b|re\s*:",
    "review": r"peer[- ]review(?:er)? (?:of|report)\b|reviewer \w+ on\b",
}
_NOTICE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _NOTICES.items()))
# yes: "RETRACTED: …", "[Preprint] …", "… (Preprint)"   no: "Withdrawn youth"
_MARK = re.compile(
    r"^\W*(?:retracted(?: article)?|withdrawn|preprint)\s*[:\])]\W*|\W*[\[(](?:preprint|retracted(?: article)?|withdrawn)[\])]\W*$"
)
_BREAK = re.compile(r"\s*(?:[:;?!]+(?=\s|$)|\.(?=\s|$)|\s[-–—]+(?=\s)|—)\s*")  # yes: "Head: tail", "Head - tail"   no: GPT-4, 3.5

_ROMAN = re.compile(r"(?:part|phase|study|volume|vol|chapter|stage|series|edition)\s+(\d+|[ivx]+|one|two|three|four)\b")
_SERIES = re.compile(r"part|phase|study|vol|chapter|stage|series|edition|\b[iv]+\W*$")  # only then the two below are tried
_ROMAN_END = re.compile(r"\b(ii|iii|iv|vi)$")
_WORD = re.compile("[a-z0-9]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_GLUE = re.compile(r"'s\b|(?<=[a-z])-(?=\d)")  # so that GPT-4 and GPT4 are one word
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}


class Likeness(IntEnum):
    """How far two titles agree, worst first."""

    NONE = 0
    WEAK = 1  # alike enough to show, not to merge
    NEAR = 2  # the same but for spelling, a word, or a subtitle
    EXACT = 3  # the same letters, but for a study design after the colon


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is compared. ``core`` is without the journal's study design; ``head`` is the core up to its first break."""

    core: str  # letters and digits run together
    head: str
    beginnings: frozenset[str]  # the core up to each of its breaks, where enough words stand before it
    words: tuple[str, ...]  # content words of the core, each once, sorted
    head_words: frozenset[str]
    tail_words: frozenset[str]
    designs: frozenset[str]
    numbers: frozenset[str]  # words with digits, but for parts and years
    parts: frozenset[str]  # "part 2", "2024"
    notice: str  # what kind of notice about another paper; empty: a paper

    @property
    def text(self) -> str:
        """The content words in one line, as similarity is measured on them."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class _Segment:
    """What stands between two breaks of a title: its letters run together, and its content words as written and written out."""

    core: str
    plain: frozenset[str]
    words: frozenset[str]


def read_title(text: str) -> Title:
    """*text* taken apart for comparison; only its beginning, where it is longer than any title."""
    folded = _GLUE.sub("", _MARK.sub("", fold(text[:LONGEST])).strip(" []"))
    found = _NOTICE.match(folded)
    kept = [_read_segment(part) for part in _BREAK.split(folded) if part and part.strip()] or [_read_segment("")]
    designs: frozenset[str] = frozenset()
    while len(kept) > 1 and kept[-1].words <= _DESIGN:
        designs |= kept.pop().words
    words = frozenset().union(*(segment.words for segment in kept))
    parts = _part_numbers(folded) | {word for word in words if _YEAR.fullmatch(word)}
    return Title(
        core="".join(segment.core for segment in kept),
        head=kept[0].core,
        beginnings=_beginnings(kept),
        words=tuple(sorted(words)),
        head_words=kept[0].plain,
        tail_words=frozenset().union(*(segment.words for segment in kept[1:])),
        designs=designs,
        numbers=frozenset(word for word in words if not word.isalpha()) - parts,
        parts=parts,
        notice=str(found.lastgroup) if found else "",
    )


def compare_titles(first: Title, second: Title) -> tuple[Likeness, float]:
    """How far two titles agree, and their similarity from 0 to 1. Notices are compared like any title; see :attr:`Title.notice`."""
    similarity = _measure(frozenset(first.words), frozenset(second.words))
    if _contradict(first, second):
        return (Likeness.WEAK, similarity) if similarity >= WEAK or _shares_head(first, second) else (Likeness.NONE, similarity)
    if first.core == second.core and first.core:
        return (Likeness.EXACT, 1.0) if _is_one_design(first, second) else (Likeness.WEAK, 1.0)
    if _is_subtitle_change(first, second):
        return Likeness.NEAR, max(similarity, NEAR)
    if similarity >= NEAR and not _is_sibling(first, second):
        return Likeness.NEAR, similarity
    if similarity >= WEAK or _shares_head(first, second) or _contains(first, second):
        return Likeness.WEAK, similarity
    return Likeness.NONE, similarity


def _measure(first: frozenset[str], second: frozenset[str]) -> float:
    """Similarity of two sets of words, 0 to 1: letters in common once the common words stand in front. (A subset is not a match.)"""
    common = sorted(first & second)
    return fuzz.ratio(" ".join([*common, *sorted(first - second)]), " ".join([*common, *sorted(second - first)])) / 100


def _read_segment(text: str) -> _Segment:
    written = _WORD.findall(text)
    plain = frozenset(map(_plain, written)) - STOP
    words = plain
    if not SHORT.keys().isdisjoint(plain):
        words = frozenset(part for word in plain for part in SHORT.get(word, word).split()) - STOP
    return _Segment("".join(map(to_american, written)), plain, words)


def _beginnings(segments: list[_Segment]) -> frozenset[str]:
    """The letters up to each break but the last, where the words before it are enough to name one paper."""
    found, core, plain = set(), "", frozenset[str]()
    for segment in segments[:-1]:
        core, plain = core + segment.core, plain | segment.plain
        if len(plain) >= LEAST_HEAD:
            found.add(core)
    return frozenset(found)


@lru_cache(maxsize=100_000)
def _plain(word: str) -> str:
    return _singular(to_american(word))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


_DESIGN = frozenset(_plain(word) for word in DESIGN)


def _part_numbers(folded: str) -> frozenset[str]:
    """``part 2`` for "Part II", "study two" and the like, and for a Roman number at the end."""
    if not _SERIES.search(folded):
        return frozenset()
    plain = " ".join(_WORD.findall(folded))
    found = [*_ROMAN.findall(plain), *_ROMAN_END.findall(plain)]
    return frozenset(f"part {_NUMBERS.get(number, number)}" for number in found)


def _contradict(first: Title, second: Title) -> bool:
    """Another part, year, number or design: the same words, another paper."""
    if first.parts != second.parts or (first.numbers - second.numbers and second.numbers - first.numbers):
        return True
    if (first.designs ^ second.designs) & ONE_SIDED:
        return True
    kinds = [{kind for kind, words in KINDS.items() if title.designs & words} for title in (first, second)]
    return bool(kinds[0] and kinds[1] and kinds[0].isdisjoint(kinds[1]))


def _is_one_design(first: Title, second: Title) -> bool:
    """Whether the designs can be one: under a short title ("ChatGPT in psychiatry") a scoping review and a case report are two papers."""
    return len(first.words) >= LEAST_HEAD or not (first.designs and second.designs) or first.designs == second.designs


def _shares_head(first: Title, second: Title) -> bool:
    return first.head == second.head and len(first.head_words) > 1


def _is_subtitle_change(first: Title, second: Title) -> bool:
    """A title long enough to name one paper, and a subtitle that came, went, or was reworded."""
    if first.core in second.beginnings or second.core in first.beginnings:
        return True
    if first.head != second.head or len(first.head_words) < LEAST_HEAD:
        return False
    return _measure(first.tail_words, second.tail_words) >= SUBTITLES_AGREE and not _is_sibling(first, second)


def _contains(first: Title, second: Title) -> bool:
    shorter, longer = sorted((set(first.words), set(second.words)), key=len)
    return len(shorter) >= LEAST_HEAD and shorter <= longer


def _is_sibling(first: Title, second: Title) -> bool:
    """Whether a telling word of one title has given way to another: the same study of another illness, group, language or model."""
    mine, theirs = set(first.words) - set(second.words), set(second.words) - set(first.words)
    for word in sorted(mine):
        match = next((other for other in sorted(theirs) if _is_variant(word, other)), None)
        if match:
            mine, theirs = mine - {word}, theirs - {match}
    return bool(mine and theirs) and any(_telling(word) for word in mine | theirs)


def _is_variant(word: str, other: str) -> bool:
    """Two forms or spellings of one word.

    >>> _is_variant("detecting", "detection"), _is_variant("psychology", "psychiatry"), _is_variant("qualitative", "quantitative")
    (True, False, False)
    """
    shorter = min(len(word), len(other))
    if shorter >= 4 and word[: max(4, shorter - 4)] == other[: max(4, shorter - 4)]:
        return True
    tellings = {_telling(word), _telling(other)} - {""}
    if len(tellings) > 1:
        return False
    return shorter >= 5 and OSA.distance(word, other) <= (2 if shorter >= 9 else 1)


def _telling(word: str) -> str:
    """The telling word or stem that *word* is a form of; empty if none."""
    return word if word in TELLING_WORDS else next((stem for stem in TELLING_STEMS if word.startswith(stem)), "")
