"""Where the words of a lexicon stand in one document, and which patterns they make up there.

Every step is bounded (``MAX_SPANS``, ``MAX_MATCHES``), so that no text, however odd, takes more than its length in time. How
patterns become numbers: :mod:`tracker.domain.lexicon`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.domain.text import Document

Span = tuple[int, int]  # places in ``Document.folded``, half-open, without the leading space
Match = tuple[Span, ...]  # the parts of a pattern that matched, each its own words
Atoms = tuple[int, ...]  # alternatives, by number
Chain = tuple[Atoms, ...]  # alternatives that follow each other directly
MAX_SPANS = 500  # of one operand in one record; no abstract has as many, a text of 1 MB may
MAX_MATCHES = 64  # of one pattern in one record: enough to count sentences, keeps a 1 MB text cheap


@dataclass(frozen=True, slots=True)
class Plan:
    """A pattern ready to be checked: ``first`` and ``relations`` (kind, words between, operand) name operands by number."""

    first: int
    relations: tuple[tuple[str, int, int], ...]
    in_title: bool

    def operands(self) -> list[int]:
        """All that it names."""
        return [self.first, *(operand for _, _, operand in self.relations)]

    def needed(self) -> list[int]:
        """Those that must be there, once each."""
        return list(dict.fromkeys([self.first, *(operand for kind, _, operand in self.relations if kind != "UNLESS")]))


class Hits:
    """Where the atoms of the lexicon occur in one document; operands are worked out once, when asked for."""

    __slots__ = ("_made_of", "_operands", "document", "spans")

    def __init__(self, document: Document, spans: dict[int, list[Span]], made_of: Sequence[Atoms]) -> None:
        """*spans* are the places of each atom; *made_of* says by number which atoms an operand is made of."""
        self.document, self.spans, self._made_of = document, spans, made_of
        self._operands: dict[int, list[Span]] = {}

    def operand(self, number: int) -> list[Span]:
        """Where operand *number* occurs: by place, at the same place the longest first."""
        found = self._operands.get(number)
        if found is None:
            found = self._operands[number] = in_order(self._gather(self._made_of[number]))[:MAX_SPANS]
        return found

    def _gather(self, atoms: Atoms) -> list[Span]:
        here = self.spans
        return [span for atom in atoms if atom in here for span in here[atom]]

    def join(self, chain: Chain) -> list[Span]:
        """Where the alternatives of *chain* follow each other, one space between, with every end they can have."""
        here, spans = self.spans, self._gather(chain[0])
        for atoms in chain[1:]:
            places = {end + 1 for _, end in spans}
            following: dict[int, list[int]] = {}
            for start, end in [span for atom in atoms if atom in here for span in here[atom] if span[0] in places]:
                following.setdefault(start, []).append(end)
            if not following:
                return []
            spans = list({(start, further) for start, end in spans for further in following.get(end + 1, ())})
        return spans

    def matches(self, plan: Plan) -> list[Match]:
        """Where the pattern of *plan* occurs; at most one match for each span of its first operand."""
        spans = self.operand(plan.first)
        if plan.in_title:
            spans = [span for span in spans if span[1] <= self.document.title_end]
        found: list[Match] = [(span,) for span in spans[:MAX_MATCHES]]
        sentences = self.document.sentences() if plan.relations else ()
        for kind, words, number in plan.relations:
            if not found:
                break
            others = self.operand(number)
            there = {sentences[start] for start, _ in others}
            if kind == "UNLESS":
                found = [match for match in found if sentences[match[0][0]] not in there]
            else:
                near = [match for match in found if sentences[match[-1][0]] in there]
                found = [longer for match in near if (longer := self._extended(match, others, kind, words, sentences))]
        return found

    def _extended(self, match: Match, others: list[Span], kind: str, words: int, sentences: Sequence[int]) -> Match | None:
        """*match* and the first of *others* in its sentence that stands to its last part as *kind* says and does not overlap it."""
        start, end = match[-1]
        here = sentences[start]
        first = end if kind == "PRE" else self.document.sentence_starts()[here]
        for number in range(bisect_left(others, (first,)), len(others)):
            other = others[number]
            if sentences[other[0]] != here:
                return None
            if other[0] >= end:
                is_near = kind == "SENT" or self.document.words_between(end, other[0]) <= words
                return (*match, other) if is_near else None  # the rest are farther
            if other[1] <= start and (kind == "SENT" or self.document.words_between(other[1], start) <= words):
                return (*match, other)
        return None


def in_order(spans: list[Span]) -> list[Span]:
    """*spans* once each, by place, at the same place the longest first."""
    if len(spans) < 2:
        return spans
    ordered = sorted(spans)
    return ordered if len(dict(ordered)) == len(ordered) else sorted(set(ordered), key=_place)  # unless two begin alike


def _place(span: Span) -> Span:
    return span[0], -span[1]
