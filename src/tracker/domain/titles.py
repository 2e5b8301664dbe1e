"""Titles of two records, compared. Every rule here has its pairs in ``tests/fixtures/pairs``.

What changes on the way to a journal: case, accents, spelling, a study design after a colon ("…: Mixed Methods Study"), a
subtitle, a word. What deceives: a short head that many papers share, another part or year of a series, the same sentence
about another illness, and notices (errata, comments, replies) that carry the title of the paper they are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
_ROMAN_END = re.compile(r"\b(ii|iii|iv|vi)$")
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


def read_title(text: str) -> Title:
    """*text* taken apart for comparison; only its beginning, where it is longer than any title."""
    folded = _MARK.sub("", fold(text[:LONGEST])).strip(" []")
    found = _NOTICE.match(folded)
    segments = [part for part in _BREAK.split(folded) if part and part.strip()]
    kept, designs = _without_designs(segments)
    words = _content(" ".join(kept))
    parts = frozenset(_part_numbers(folded)) | {word for word in words if re.fullmatch(r"(?:19|20)\d\d", word)}
    head = kept[0] if kept else ""
    return Title(
        core=_squeezed(" ".join(kept)),
        head=_squeezed(head),
        beginnings=frozenset(_beginnings(kept)),
        words=tuple(sorted(words)),
        head_words=frozenset(_content(head, expand=False)),
        tail_words=frozenset(_content(" ".join(kept[1:]))),
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


def _squeezed(text: str) -> str:
    return "".join(to_american(word) for word in re.findall(r"[a-z0-9]+", text))


def _content(text: str, *, expand: bool = True) -> set[str]:
    """Content words in one spelling, plural s gone; abbreviations written out, unless words are to be counted."""
    words: set[str] = set()
    for word in re.findall(r"[a-z0-9]+", re.sub(r"'s\b|(?<=[a-z])-(?=\d)", "", text)):  # GPT-4 and GPT4 are one word
        plain = _plain(word)
        words.update(SHORT.get(plain, plain).split() if expand else (plain,))
    return words - STOP


@lru_cache(maxsize=100_000)
def _plain(word: str) -> str:
    return _singular(to_american(word))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


_DESIGN = frozenset(_plain(word) for word in DESIGN)


def _without_designs(segments: list[str]) -> tuple[list[str], frozenset[str]]:
    """The segments before the study designs at the end, and the words of those."""
    kept, designs = list(segments), set()
    while len(kept) > 1 and _content(kept[-1]) <= _DESIGN:
        designs |= _content(kept.pop())
    return kept, frozenset(designs)


def _part_numbers(folded: str) -> Iterable[str]:
    plain = re.sub(r"[^a-z0-9 ]+", " ", folded)
    for found in [*_ROMAN.finditer(plain), *_ROMAN_END.finditer(plain.strip())]:
        yield f"part {_NUMBERS.get(found[1], found[1])}"


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


def _beginnings(segments: list[str]) -> Iterable[str]:
    for size in range(1, len(segments)):
        beginning = " ".join(segments[:size])
        if len(_content(beginning, expand=False)) >= LEAST_HEAD:
            yield _squeezed(beginning)


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
