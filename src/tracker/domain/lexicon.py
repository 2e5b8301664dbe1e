"""All patterns of a taxonomy as one automaton: every pattern is found in one pass over a text.

The stretches of words of all patterns go into one Aho-Corasick automaton (``ahocorasick_rs``); relations between them are
then checked only for patterns whose parts all occurred. Nothing here knows labels or weights: see
:mod:`tracker.domain.classifier`. Measured: ``bench/classify.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from tracker.domain.patterns import Chain, Operand, Pattern, Relation, Segment
from tracker.domain.text import Document

Span = tuple[int, int]  # places in ``Document.folded``, half-open, without the leading space
Match = tuple[Span, ...]  # the parts of a pattern that matched, each its own words
MAX_SPANS = 500  # of one operand in one record; no abstract has as many, a text of 1 MB may
MAX_MATCHES = 64  # of one pattern in one record: enough to count sentences, keeps a 1 MB text cheap


@dataclass(frozen=True, slots=True)
class Plan:
    """A pattern ready to be checked: ``first`` and ``relations`` name operands by number, ``needs`` segments."""

    first: int
    relations: tuple[tuple[str, int, int], ...]
    in_title: bool


class Hits:
    """Where the segments of the lexicon occur in one document; operands are worked out once, when asked for."""

    __slots__ = ("_lexicon", "_operands", "document", "segments")

    def __init__(self, lexicon: Lexicon, document: Document, segments: dict[int, list[Span]]) -> None:
        self._lexicon, self.document, self.segments = lexicon, document, segments
        self._operands: dict[int, list[Span]] = {}

    def operand(self, number: int) -> list[Span]:
        """Where operand *number* occurs, by place."""
        spans = self._operands.get(number)
        if spans is None:
            found: list[Span] = []
            for chain in self._lexicon.chains[number]:
                found += self._chain(chain)
            spans = found if len(found) < 2 else sorted(set(found))[:MAX_SPANS]
            self._operands[number] = spans
        return spans

    def _chain(self, chain: tuple[int, ...]) -> list[Span]:
        spans = self.segments.get(chain[0], [])
        for number in chain[1:]:
            following = {start - 1: end for start, end in self.segments.get(number, ())}  # one space between
            spans = [(start, following[end]) for start, end in spans if end in following]
        return spans

    def matches(self, plan: Plan) -> list[Match]:
        """Where the pattern of *plan* occurs; at most one match for each place of its first operand."""
        spans = self.operand(plan.first)
        if plan.in_title:
            spans = [span for span in spans if span[1] <= self.document.title_end]
        found: list[Match] = [(span,) for span in spans[:MAX_MATCHES]]
        for kind, words, number in plan.relations:
            others = self.operand(number)
            if kind == "UNLESS":
                barred = {self.document.sentence(start) for start, _ in others}
                found = [match for match in found if self.document.sentence(match[0][0]) not in barred]
            else:
                found = [(*match, other) for match in found if (other := self._partner(match[-1], others, kind, words))]
        return found

    def _partner(self, span: Span, others: list[Span], kind: str, words: int) -> Span | None:
        """The first of *others* that stands to *span* as *kind* says, in the same sentence and not overlapping it."""
        sentence = self.document.sentence(span[0])
        for other in others:
            if other[0] < span[1] and span[0] < other[1]:
                continue
            if self.document.sentence(other[0]) != sentence or (kind == "PRE" and other[0] < span[0]):
                continue
            if kind == "SENT" or self._words_between(span, other) <= words:
                return other
        return None

    def _words_between(self, span: Span, other: Span) -> int:
        first, second = (span, other) if span < other else (other, span)
        return len(self.document.words[first[1] : second[0]].split())


class Lexicon:
    """Patterns compiled together. A pattern is known by its number: its place in *patterns*."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._segment_numbers: dict[Segment, int] = {}
        self._operand_numbers: dict[Operand, int] = {}
        self.chains: list[tuple[tuple[int, ...], ...]] = []  # by operand: its chains, as segment numbers
        self.plans: list[Plan | None] = [self._plan(pattern) for pattern in patterns]
        self.types: dict[str, list[int]] = {}  # publication type, casefolded -> patterns
        for number, pattern in enumerate(patterns):
            for name in pattern.types:
                self.types.setdefault(name, []).append(number)
        self._triggers = self._index_triggers()
        self._build_automaton()

    def _plan(self, pattern: Pattern) -> Plan | None:
        if pattern.first is None:
            return None
        relations = tuple((relation.kind, relation.words, self._operand(relation.operand)) for relation in pattern.relations)
        return Plan(self._operand(pattern.first), relations, pattern.in_title)

    def _operand(self, operand: Operand) -> int:
        number = self._operand_numbers.setdefault(operand, len(self.chains))
        if number == len(self.chains):
            self.chains.append(tuple(tuple(self._segment(segment) for segment in chain) for chain in operand.chains))
        return number

    def _segment(self, segment: Segment) -> int:
        return self._segment_numbers.setdefault(segment, len(self._segment_numbers))

    def _index_triggers(self) -> list[list[int]]:
        """By segment: the patterns to look at when it occurs. A pattern is filed under one operand only: its rarest."""
        triggers: list[list[int]] = [[] for _ in self._segment_numbers]
        segments = list(self._segment_numbers)
        for number, plan in enumerate(self.plans):
            if plan is None:
                continue
            needed = [plan.first, *(operand for kind, _, operand in plan.relations if kind != "UNLESS")]
            rarest = min(needed, key=lambda operand: _commonness(self.chains[operand], segments))
            for chain in self.chains[rarest]:
                segment = min(chain, key=lambda one: _commonness(((one,),), segments))
                if number not in triggers[segment]:
                    triggers[segment].append(number)
        return triggers

    def _build_automaton(self) -> None:
        """One entry a distinct spelling; ``_literals`` says for each how its end is checked and which segments it serves."""
        spellings: dict[str, list[tuple[bool, str | None, int]]] = {}
        for segment, number in self._segment_numbers.items():
            for literal in segment:
                entry = (literal.is_prefix, literal.text if literal.is_cased else None, number)
                spellings.setdefault(" " + literal.text.lower(), []).append(entry)
        self._literals: list[tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[bool, str, int], ...]]] = []
        for entries in spellings.values():
            whole = tuple(number for is_prefix, cased, number in entries if not is_prefix and cased is None)
            prefix = tuple(number for is_prefix, cased, number in entries if is_prefix and cased is None)
            cased = tuple((is_prefix, text, number) for is_prefix, text, number in entries if text is not None)
            self._literals.append((whole, prefix, cased))
        self.spellings = list(spellings)
        self._automaton = AhoCorasick(self.spellings, MatchKind.Standard, False, Implementation.ContiguousNFA) if spellings else None

    def search(self, document: Document) -> Hits:
        """Where every segment occurs in *document*."""
        segments: dict[int, list[Span]] = {}
        if self._automaton is None:
            return Hits(self, document, segments)
        words, literals = document.words, self._literals
        for number, start, end in self._automaton.find_matches_as_indexes(document.folded, overlapping=True):
            whole, prefix, cased = literals[number]
            is_whole = words[end] == " "
            if is_whole and whole:
                for segment in whole:
                    segments.setdefault(segment, []).append((start + 1, end))
            if prefix:
                stop = end if is_whole else words.index(" ", end)
                for segment in prefix:
                    segments.setdefault(segment, []).append((start + 1, stop))
            if cased:
                for is_prefix, text, segment in cased:
                    if (is_whole or is_prefix) and document.cased()[start + 1 : end] == text:
                        segments.setdefault(segment, []).append((start + 1, end if is_whole else words.index(" ", end)))
        return Hits(self, document, segments)

    def candidates(self, segments: Iterable[int]) -> list[int]:
        """The patterns that may match where *segments* occur, each once, in order."""
        triggers = self._triggers
        return sorted({number for segment in segments for number in triggers[segment]})


def _commonness(chains: Iterable[Chain | tuple[int, ...]], segments: Sequence[Segment]) -> float:
    """How often *chains* may occur, guessed from the number and the length of their spellings. Only speed depends on it."""
    total = 0.0
    for chain in chains:
        total += min(sum(0.5 ** len(literal.text) for literal in segments[number]) for number in chain if isinstance(number, int))
    return total


__all__ = ["Hits", "Lexicon", "Match", "Plan", "Relation", "Span"]
