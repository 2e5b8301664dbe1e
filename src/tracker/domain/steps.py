"""One step of the search for patterns: its words by an automaton, what they make up by looking closer only where something can be.

Which patterns are searched for in which step, and how words become numbers: :mod:`tracker.domain.lexicon`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from tracker.domain.hits import MAX_MATCHES, Atoms, Chain, Hits, Match, Plan, Span, in_order
from tracker.domain.prefilter import Neighbours, Prefilter
from tracker.domain.text import Document


class Finder:
    """An automaton, and what its spellings are by number: the atom of the whole words, and of those that go on."""

    def __init__(self, spellings: Sequence[str], whole: Sequence[int], going_on: Sequence[int]) -> None:
        self._whole, self._going_on = whole, going_on
        self._automaton = AhoCorasick(spellings, MatchKind.Standard, False, Implementation.ContiguousNFA)

    def find(self, document: Document) -> dict[int, list[Span]]:
        """Where each atom occurs in *document*: the words of its spellings, begun and ended where words begin and end."""
        spans: dict[int, list[Span]] = {}
        words, whole, going_on = document.words, self._whole, self._going_on
        for number, start, end in self._automaton.find_matches_as_indexes(document.folded, overlapping=True):
            if words[end] == " ":
                atom = whole[number]
            else:
                atom = going_on[number]
                if atom < 0:
                    continue
                end = words.index(" ", end)
            if atom in spans:
                spans[atom].append((start + 1, end))
            else:
                spans[atom] = [(start + 1, end)]
        return spans


class Step:
    """Patterns that are looked for together: those of one operand by its atoms, the others (*checked*) one by one where they may be."""

    def __init__(
        self,
        finder: Finder | None,
        plans: Mapping[int, Plan],
        groups: Sequence[int],
        operands: Sequence[Atoms],
        chains: Mapping[Chain, int],
        weights: Sequence[float],
    ) -> None:
        self.finder, self._groups = finder, groups
        self._checked = {number: plan for number, plan in plans.items() if plan.relations or plan.in_title}
        needed = {number: [operands[one] for one in plan.needed()] for number, plan in self._checked.items()}
        self._prefilter = Prefilter(needed, weights, [number for number, plan in self._checked.items() if plan.in_title])
        self._groups_of: dict[int, tuple[int, ...]] = {}  # by atom
        for number, plan in plans.items():
            if number not in self._checked:
                for atom in operands[plan.first]:
                    self._groups_of[atom] = tuple(dict.fromkeys((*self._groups_of.get(atom, ()), groups[number])))
        used = {atom for plan in plans.values() for operand in plan.operands() for atom in operands[operand]}
        self._chains = {number: chain for chain, number in chains.items() if number in used}
        self._neighbours = Neighbours(self._chains)

    def found(self, hits: Hits, *, by_sentence: bool) -> dict[int, list[Match]]:
        """Group → where its patterns match. *by_sentence*: with a closer look at which can, which costs cutting the text into sentences."""
        here = hits.spans
        self._join(hits)
        places: dict[int, list[Span]] = {}
        for atom in here.keys() & self._groups_of.keys():
            spans = here[atom]
            for group in self._groups_of[atom]:
                places[group] = places[group] + spans if group in places else spans
        found: dict[int, list[Match]] = {group: [(span,) for span in in_order(spans)[:MAX_MATCHES]] for group, spans in places.items()}
        for number in self.candidates(hits, by_sentence=by_sentence):
            if matches := hits.matches(self._checked[number]):
                group = self._groups[number]
                found[group] = found[group] + matches if group in found else matches
        return found

    def _join(self, hits: Hits) -> None:
        """Add to *hits* the chains whose words are there."""
        joined = {number: hits.join(self._chains[number]) for number in self._neighbours.possible(hits.spans)}
        hits.spans.update({number: spans for number, spans in joined.items() if spans})

    def candidates(self, hits: Hits, *, by_sentence: bool) -> list[int]:
        """Those of the patterns with relations, or in titles alone, that may match."""
        prefilter = self._prefilter
        return prefilter.possible_in(hits.document, hits.spans) if by_sentence else prefilter.possible(hits.spans.keys())
