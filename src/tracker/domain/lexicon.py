"""All patterns of a taxonomy as one automaton: every pattern is found in one pass over a text.

The stretches of words of all patterns go into one Aho-Corasick automaton (``ahocorasick_rs``); relations between them are
then checked only for patterns whose parts all occurred. Nothing here knows labels or weights: see
:mod:`tracker.domain.classifier`. Measured: ``bench/classify.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from tracker.domain.patterns import Literal, Operand, Pattern, Segment
from tracker.domain.text import Document

Span = tuple[int, int]  # places in ``Document.folded``, half-open, without the leading space
Match = tuple[Span, ...]  # the parts of a pattern that matched, each its own words
MAX_SPANS = 500  # of one operand in one record; no abstract has as many, a text of 1 MB may
MAX_MATCHES = 64  # of one pattern in one record: enough to count sentences, keeps a 1 MB text cheap


@dataclass(frozen=True, slots=True)
class Plan:
    """A pattern ready to be checked: ``first`` and ``relations`` (kind, words between, operand) name operands by number."""

    first: int
    relations: tuple[tuple[str, int, int], ...]
    in_title: bool


@dataclass(frozen=True, slots=True)
class OperandAtoms:
    """What one operand is made of: atoms (numbers of literals) that stand alone, and chains of alternatives that follow directly."""

    alone: frozenset[int]
    chains: tuple[tuple[frozenset[int], ...], ...]


class Hits:
    """Where the atoms of the lexicon occur in one document; operands are worked out once, when asked for."""

    __slots__ = ("_by_sentence", "_lexicon", "_operands", "_spans", "document")

    def __init__(self, lexicon: Lexicon, document: Document, spans: dict[int, list[Span]]) -> None:
        self._lexicon, self.document, self._spans = lexicon, document, spans
        self._operands: dict[int, list[Span]] = {}
        self._by_sentence: dict[int, dict[int, list[Span]]] = {}

    def candidates(self) -> list[int]:
        """The patterns that may match, each once, in order."""
        triggers = self._lexicon.triggers
        return sorted(set().union(*[triggers[atom] for atom in self._spans]))

    def operand(self, number: int) -> list[Span]:
        """Where operand *number* occurs, by place."""
        spans = self._operands.get(number)
        if spans is None:
            atoms = self._lexicon.operands[number]
            spans = self._gather(atoms.alone)
            for chain in atoms.chains:
                spans += self._follow(chain)
            if len(spans) > 1:
                spans = sorted(set(spans))[:MAX_SPANS]
            self._operands[number] = spans
        return spans

    def _gather(self, atoms: frozenset[int]) -> list[Span]:
        return [span for atom in self._spans.keys() & atoms for span in self._spans[atom]]

    def _follow(self, chain: tuple[frozenset[int], ...]) -> list[Span]:
        spans = self._gather(chain[0])
        for atoms in chain[1:]:
            if not spans:
                break
            following = {start - 1: end for start, end in self._gather(atoms)}  # one space between
            spans = [(start, following[end]) for start, end in spans if end in following]
        return spans

    def matches(self, plan: Plan) -> list[Match]:
        """Where the pattern of *plan* occurs; at most one match for each place of its first operand."""
        spans = self.operand(plan.first)
        if plan.in_title:
            spans = [span for span in spans if span[1] <= self.document.title_end]
        found: list[Match] = [(span,) for span in spans[:MAX_MATCHES]]
        for kind, words, number in plan.relations:
            if not found:
                break
            others = self._sentences(number)
            if kind == "UNLESS":
                found = [match for match in found if self.document.sentence(match[0][0]) not in others]
            else:
                found = [(*match, other) for match in found if (other := self._partner(match[-1], others, kind, words))]
        return found

    def _sentences(self, number: int) -> dict[int, list[Span]]:
        """Sentence → where operand *number* occurs in it."""
        found = self._by_sentence.get(number)
        if found is None:
            found = {}
            for span in self.operand(number):
                found.setdefault(self.document.sentence(span[0]), []).append(span)
            self._by_sentence[number] = found
        return found

    def _partner(self, span: Span, others: dict[int, list[Span]], kind: str, words: int) -> Span | None:
        """The first of *others* that stands to *span* as *kind* says, in the same sentence and not overlapping it."""
        for other in others.get(self.document.sentence(span[0]), ()):
            if other[0] < span[1] and (span[0] < other[1] or kind == "PRE"):
                continue
            if kind == "SENT" or self._words_between(span, other) <= words:
                return other
        return None

    def _words_between(self, span: Span, other: Span) -> int:
        first, second = (span, other) if span < other else (other, span)
        return self.document.words_between(first[1], second[0])


class Lexicon:
    """Patterns compiled together. A pattern is known by its number: its place in *patterns*."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._atoms: dict[Literal, int] = {}
        self._operand_numbers: dict[Operand, int] = {}
        self.operands: list[OperandAtoms] = []
        self.plans: list[Plan | None] = [self._plan(pattern) for pattern in patterns]
        self.types: dict[str, list[int]] = {}  # publication type, casefolded -> patterns
        for number, pattern in enumerate(patterns):
            for name in pattern.types:
                self.types.setdefault(name, []).append(number)
        self.triggers: list[frozenset[int]] = self._index_triggers()
        self._build_automaton()

    def _plan(self, pattern: Pattern) -> Plan | None:
        if pattern.first is None:
            return None
        relations = tuple((relation.kind, relation.words, self._operand(relation.operand)) for relation in pattern.relations)
        return Plan(self._operand(pattern.first), relations, pattern.in_title)

    def _operand(self, operand: Operand) -> int:
        number = self._operand_numbers.setdefault(operand, len(self.operands))
        if number == len(self.operands):
            chains = [tuple(self._segment(segment) for segment in chain) for chain in operand.chains]
            alone = frozenset(atom for chain in chains if len(chain) == 1 for atom in chain[0])
            self.operands.append(OperandAtoms(alone, tuple(chain for chain in chains if len(chain) > 1)))
        return number

    def _segment(self, segment: Segment) -> frozenset[int]:
        return frozenset(self._atoms.setdefault(literal, len(self._atoms)) for literal in segment)

    def _index_triggers(self) -> list[frozenset[int]]:
        """By atom: the patterns to look at when it occurs. A pattern is filed under one operand only: its rarest."""
        literals = list(self._atoms)
        triggers: list[set[int]] = [set() for _ in literals]
        for number, plan in enumerate(self.plans):
            if plan is not None:
                needed = [plan.first, *(operand for kind, _, operand in plan.relations if kind != "UNLESS")]
                choices = [self._keys(operand, literals) for operand in needed]
                for atom in min(choices, key=lambda atoms: _commonness(atoms, literals)):
                    triggers[atom].add(number)
        return [frozenset(numbers) for numbers in triggers]

    def _keys(self, operand: int, literals: Sequence[Literal]) -> frozenset[int]:
        """Atoms of which one must occur for the operand to occur: of each chain, its rarest stretch."""
        atoms = self.operands[operand]
        rarest = [min(chain, key=lambda stretch: _commonness(stretch, literals)) for chain in atoms.chains]
        return atoms.alone.union(*rarest)

    def _build_automaton(self) -> None:
        """One entry a distinct spelling: its atom if it has a single one without capitals, else all its atoms."""
        spellings: dict[str, list[tuple[Literal, int]]] = {}
        for literal, atom in self._atoms.items():
            spellings.setdefault(" " + literal.text.lower(), []).append((literal, atom))
        self.spellings = list(spellings)
        entries = list(spellings.values())
        self._single = [atoms[0][1] if len(atoms) == 1 and not atoms[0][0].is_cased else -1 for atoms in entries]
        self._is_prefix = [atoms[0][0].is_prefix for atoms in entries]
        self._several = [atoms if single < 0 else [] for atoms, single in zip(entries, self._single, strict=True)]
        self._automaton = AhoCorasick(self.spellings, MatchKind.Standard, False, Implementation.ContiguousNFA) if spellings else None

    def search(self, document: Document) -> Hits:
        """Where every atom occurs in *document*: the words of its literal, begun and ended where words begin and end."""
        spans: dict[int, list[Span]] = {}
        if self._automaton is None:
            return Hits(self, document, spans)
        words, singles, prefixes = document.words, self._single, self._is_prefix
        for number, start, end in self._automaton.find_matches_as_indexes(document.folded, overlapping=True):
            atom = singles[number]
            if atom < 0:
                self._add_several(number, start, end, document, spans)
                continue
            if words[end] != " ":
                if not prefixes[number]:
                    continue
                end = words.index(" ", end)
            if atom in spans:
                spans[atom].append((start + 1, end))
            else:
                spans[atom] = [(start + 1, end)]
        return Hits(self, document, spans)

    def _add_several(self, number: int, start: int, end: int, document: Document, spans: dict[int, list[Span]]) -> None:
        """The rarer case: a spelling that is both whole and open, or whose capitals count."""
        is_whole = document.words[end] == " "
        for literal, atom in self._several[number]:
            if (is_whole or literal.is_prefix) and (not literal.is_cased or document.cased()[start + 1 : end] == literal.text):
                spans.setdefault(atom, []).append((start + 1, end if is_whole else document.words.index(" ", end)))


def _commonness(atoms: Iterable[int], literals: Sequence[Literal]) -> float:
    """How often *atoms* may occur, guessed from the number and length of their spellings. Only speed depends on it."""
    return sum(0.5 ** len(literals[atom].text) for atom in atoms)
