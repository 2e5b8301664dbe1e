"""Which patterns can occur in a document, or in a sentence of it, by a few operations on long integers.

Each atom carries the parts of patterns that it fills as the bits of one integer: first a row of all patterns for each part, then
a row of all chains for each of their stretches. What the atoms of a document carry is joined; a pattern is possible if all
rows have its bit. All parts of a pattern stand in one sentence, so where it is worth the time each sentence is asked by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracker.domain.hits import Chain, OperandAtoms, Plan, Span
from tracker.domain.text import Document

PARTS = 2  # operands of a pattern, and stretches of a chain, that have a row: the rarest; others are left to the closer look


class Prefilter:
    """The rows of *plans*, whose operands are made of *operands*. ``weights`` (by atom) guess how common an atom is."""

    def __init__(self, plans: Sequence[Plan | None], operands: Sequence[OperandAtoms], weights: Sequence[float]) -> None:
        self._operands, self._weights = operands, weights
        self._patterns = len(plans)
        rarest = {number: self._rarest(plan) for number, plan in enumerate(plans) if plan is not None}
        chains = list(dict.fromkeys(chain for needed in rarest.values() for operand in needed for chain in operands[operand].chains))
        self._chain_numbers: dict[Chain, int] = {chain: number for number, chain in enumerate(chains)}
        self._by_atom: list[int] = [0] * len(weights)
        self._by_chain: list[int] = [0] * len(chains)
        self._filled = 0  # what needs no atom: the second part of patterns with one
        for number, needed in rarest.items():
            self._enter_pattern(number, needed)
        for chain, number in self._chain_numbers.items():
            self._enter_chain(number, chain)
        self._anywhere = sum(1 << number for number, plan in enumerate(plans) if plan is not None and not plan.in_title)

    def _rarest(self, plan: Plan) -> list[int]:
        needed = {plan.first, *(operand for kind, _, operand in plan.relations if kind != "UNLESS")}
        return sorted(needed, key=self._operand_weight)[:PARTS]

    def _enter_pattern(self, number: int, rarest: Sequence[int]) -> None:
        for row in range(PARTS):
            bit = 1 << (row * self._patterns + number)
            if row >= len(rarest):
                self._filled |= bit
                continue
            for atom in self._operands[rarest[row]].alone:
                self._by_atom[atom] |= bit
            for chain in self._operands[rarest[row]].chains:
                self._by_chain[self._chain_numbers[chain]] |= bit

    def _enter_chain(self, number: int, chain: Chain) -> None:
        for row, stretch in enumerate(sorted(chain, key=self._weight)[:PARTS]):
            for atom in stretch:
                self._by_atom[atom] |= 1 << (PARTS * self._patterns + row * len(self._by_chain) + number)

    def _operand_weight(self, operand: int) -> float:
        atoms = self._operands[operand]
        return self._weight(atoms.alone) + sum(min(map(self._weight, chain)) for chain in atoms.chains)

    def _weight(self, atoms: Iterable[int]) -> float:
        return sum(self._weights[atom] for atom in atoms)

    def possible(self, atoms: Iterable[int]) -> int:
        """The patterns, as bits, all of whose parts *atoms* can fill."""
        by_atom, bits = self._by_atom, 0
        for atom in atoms:
            bits |= by_atom[atom]
        return self._filled_by(bits)

    def possible_in(self, document: Document, spans: Mapping[int, Sequence[Span]]) -> int:
        """The patterns, as bits, all of whose parts the atoms of one sentence can fill, as they must: *spans* are the atoms' places."""
        sentences, by_atom = document.sentences(), self._by_atom
        by_sentence = [0] * (sentences[-1] + 1)
        for atom, places in spans.items():
            if bits := by_atom[atom]:
                for start, _ in places:
                    by_sentence[sentences[start]] |= bits
        last_of_title, patterns = sentences[document.title_end], 0
        for sentence, bits in enumerate(by_sentence):
            if bits:
                filled = self._filled_by(bits)
                patterns |= filled if sentence <= last_of_title else filled & self._anywhere
        return patterns

    def _filled_by(self, bits: int) -> int:
        bits |= self._filled
        for chain in bit_places(_in_both_rows(bits >> (PARTS * self._patterns), len(self._by_chain))):
            bits |= self._by_chain[chain]
        return _in_both_rows(bits, self._patterns)


def _in_both_rows(bits: int, width: int) -> int:
    return bits & (bits >> width) & ((1 << width) - 1)


def bit_places(bits: int) -> list[int]:
    """The places of the ones in *bits*, ascending.

    >>> bit_places(0b1011)
    [0, 1, 3]
    """
    places = []
    while bits:
        place = bits.bit_length() - 1
        places.append(place)
        bits ^= 1 << place
    places.reverse()
    return places
