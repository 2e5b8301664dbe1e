"""Which patterns can occur in a document, or in a sentence of it, by a few operations on long integers.

Each atom carries the parts of patterns that it fills as the bits of one integer: a row of all patterns for each part. What the atoms
of a document carry is joined; a pattern is possible if all rows have its bit. All parts of a pattern stand in one sentence, so where
it is worth the time each sentence is asked by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set

from tracker.domain.hits import Atoms, Chain, Span
from tracker.domain.text import Document

PARTS = 2  # operands of a pattern that have a row: the rarest; others are left to the closer look


class Prefilter:
    """The rows of *patterns*: by number, what they need, each as the atoms any of which will do.

    ``weights`` (by atom) guess how common an atom is; *in_title* names the patterns that stand in titles alone.
    """

    def __init__(self, patterns: Mapping[int, Sequence[Atoms]], weights: Sequence[float], in_title: Collection[int] = ()) -> None:
        self._numbers = list(patterns)
        self._weights = weights
        self._by_atom: dict[int, int] = {}
        self._filled = 0  # what needs no atom: the second part of patterns with one
        for place, parts in enumerate(patterns.values()):
            self._enter(place, sorted(parts, key=self._weight)[:PARTS])
        self._anywhere = sum(1 << place for place, number in enumerate(patterns) if number not in in_title)

    def _weight(self, atoms: Atoms) -> float:
        return sum(self._weights[atom] for atom in atoms)

    def _enter(self, place: int, rarest: Sequence[Atoms]) -> None:
        for row in range(PARTS):
            bit = 1 << (row * len(self._numbers) + place)
            if row >= len(rarest):
                self._filled |= bit
                continue
            for atom in rarest[row]:
                self._by_atom[atom] = self._by_atom.get(atom, 0) | bit

    def possible(self, atoms: Set[int]) -> list[int]:
        """The patterns, ascending, all of whose parts *atoms* can fill."""
        by_atom, bits = self._by_atom, 0
        for atom in by_atom.keys() & atoms:
            bits |= by_atom[atom]
        return self._named(self._filled_by(bits))

    def possible_in(self, document: Document, spans: Mapping[int, Sequence[Span]]) -> list[int]:
        """The patterns, ascending, all of whose parts the atoms of one sentence can fill, as they must: *spans* are the atoms' places."""
        sentences, by_atom = document.sentences(), self._by_atom
        by_sentence = [0] * (sentences[-1] + 1)
        for atom in spans.keys() & by_atom.keys():
            bits = by_atom[atom]
            for start, _ in spans[atom]:
                by_sentence[sentences[start]] |= bits
        last_of_title, patterns = sentences[document.title_end], 0
        for sentence, bits in enumerate(by_sentence):
            if bits:
                filled = self._filled_by(bits)
                patterns |= filled if sentence <= last_of_title else filled & self._anywhere
        return self._named(patterns)

    def _filled_by(self, bits: int) -> int:
        bits |= self._filled
        width = len(self._numbers)
        return bits & (bits >> width) & ((1 << width) - 1)

    def _named(self, bits: int) -> list[int]:
        return [self._numbers[place] for place in bit_places(bits)]


class Neighbours:
    """Which chains can occur: those of whose first two stretches of words one follows the other somewhere."""

    def __init__(self, chains: Mapping[int, Chain]) -> None:
        self._numbers = list(chains)
        self._firsts: dict[int, int] = {}  # atom -> chains that it begins
        self._seconds: dict[int, int] = {}
        for place, (first, second, *_) in enumerate(chains.values()):
            for bits, atoms in ((self._firsts, first), (self._seconds, second)):
                for atom in atoms:
                    bits[atom] = bits.get(atom, 0) | 1 << place

    def possible(self, spans: Mapping[int, Sequence[Span]]) -> list[int]:
        """The chains that may be there, ascending, by the places of all atoms."""
        begun: dict[int, int] = {}  # place where a second may start -> chains
        for atom in spans.keys() & self._firsts.keys():
            bits = self._firsts[atom]
            for _, end in spans[atom]:
                begun[end + 1] = begun[end + 1] | bits if end + 1 in begun else bits
        found = 0
        for atom in spans.keys() & self._seconds.keys():
            bits = self._seconds[atom]
            for start, _ in spans[atom]:
                if start in begun:
                    found |= begun[start] & bits
        return [self._numbers[place] for place in bit_places(found)]


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
