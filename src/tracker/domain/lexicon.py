"""All patterns of a taxonomy, found together: in one pass over a text, or in two where the first may be enough.

The stretches of words of all patterns go into Aho-Corasick automata (``ahocorasick_rs``): one for the *leading* patterns, which decide
whether the others are worth a look, one for the words that only the others have. A spelling occurs in up to three
*forms*: as whole words, with its last word going on, with its capitals as they must be. Forms that stand in the same places of
the same patterns ("randomised", "randomized") are one *atom*; alternatives that follow each other ("(AI|LLM) (answer*|repl*)") are a
*chain*, which is an atom too once its places are known. A pattern of one operand, as most are, occurs wherever one of its atoms does.
Relations are checked only for patterns all of whose parts can be there (:mod:`tracker.domain.prefilter`). Nothing here knows labels or
weights: see :mod:`tracker.domain.classifier`. Measured: ``bench/classify.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracker.domain.hits import Atoms, Chain, Hits, Match, Plan, Span
from tracker.domain.patterns import Literal, Operand, Pattern, Segment
from tracker.domain.steps import Finder, Step
from tracker.domain.text import Document

NO_ATOM = -1
_Stretch = frozenset[int]  # forms any of which will do


class Lexicon:
    """Patterns compiled together. A pattern is known by its number: its place in *patterns*.

    The first *leading* of them, all if it is ``None``, are searched for first. *groups* says by pattern under which number its matches
    are put together, by default its own; no group has leading patterns and others.
    """

    def __init__(self, patterns: Sequence[Pattern], leading: int | None = None, groups: Sequence[int] | None = None) -> None:
        self._forms = _Forms(literal for pattern in patterns for literal in _literals(pattern))
        self.spellings = self._forms.spellings
        self._operand_numbers: dict[Operand, int] = {}
        self._stretches: list[list[tuple[_Stretch, ...]]] = []  # of each operand, in forms
        plans = {number: plan for number, pattern in enumerate(patterns) if (plan := self._plan(pattern)) is not None}
        self.types: dict[str, list[int]] = {}  # publication type, casefolded -> patterns
        for number, pattern in enumerate(patterns):
            for name in pattern.types:
                self.types.setdefault(name, []).append(number)
        self._name_atoms()
        first = dict.fromkeys(_spelling(literal) for pattern in patterns[:leading] for literal in _literals(pattern))
        border, groups = len(patterns) if leading is None else leading, range(len(patterns)) if groups is None else groups
        self.leading = self._step(first, {number: plan for number, plan in plans.items() if number < border}, groups)
        others = (spelling for spelling in self.spellings if spelling not in first)
        self.rest = self._step(others, {number: plan for number, plan in plans.items() if number >= border}, groups)

    def _plan(self, pattern: Pattern) -> Plan | None:
        if pattern.first is None:
            return None
        relations = tuple((relation.kind, relation.words, self._operand(relation.operand)) for relation in pattern.relations)
        return Plan(self._operand(pattern.first), relations, pattern.in_title)

    def _operand(self, operand: Operand) -> int:
        number = self._operand_numbers.setdefault(operand, len(self._stretches))
        if number == len(self._stretches):
            chains = [tuple(self._forms.of_segment(segment) for segment in chain) for chain in operand.chains]
            alone = frozenset(form for chain in chains if len(chain) == 1 for form in chain[0])
            self._stretches.append([(alone,), *(chain for chain in chains if len(chain) > 1)])
        return number

    def _name_atoms(self) -> None:
        """Number the atoms, and put them in the place of forms and of chains."""
        stretches = dict.fromkeys(stretch for chains in self._stretches for chain in chains for stretch in chain)
        atoms = self._forms.merged(list(stretches))
        known = {stretch: tuple(sorted({atoms[form] for form in stretch})) for stretch in stretches}
        count = len(self.spellings)
        self._whole = dict(zip(self.spellings, atoms, strict=False))
        self._going_on = dict(zip(self.spellings, atoms[count:], strict=False))
        self._cased = {atoms[form]: [(text, atoms[one]) for text, one in texts.items()] for form, texts in self._forms.cased.items()}
        self._weights = [0.0] * (max(atoms, default=NO_ATOM) + 1)
        for form, atom in enumerate(atoms):
            if atom != NO_ATOM:
                self._weights[atom] += self._forms.weight(form)
        self._chains: dict[Chain, int] = {}  # and the atom that each is
        self.operands: list[Atoms] = []
        for (alone,), *chains in self._stretches:
            joined = [self._chain(tuple(known[stretch] for stretch in chain)) for chain in chains]
            self.operands.append((*known[alone], *dict.fromkeys(joined)))

    def _chain(self, chain: Chain) -> int:
        atom = self._chains.setdefault(chain, len(self._weights))
        if atom == len(self._weights):
            self._weights.append(min(sum(self._weights[one] for one in atoms) for atoms in chain))
        return atom

    def _step(self, spellings: Iterable[str], plans: Mapping[int, Plan], groups: Sequence[int]) -> Step:
        kept = list(spellings)
        finder = Finder(kept, [self._whole[one] for one in kept], [self._going_on[one] for one in kept]) if kept else None
        return Step(finder, plans, groups, self.operands, self._chains, self._weights)

    def search(self, document: Document) -> Hits:
        """Where the words of the leading patterns occur in *document*."""
        hits = Hits(document, {}, self.operands)
        self._add(hits, self.leading.finder)
        return hits

    def search_rest(self, hits: Hits) -> None:
        """Add to *hits* where the words occur that only the other patterns have."""
        self._add(hits, self.rest.finder)

    def _add(self, hits: Hits, finder: Finder | None) -> None:
        if finder is not None:
            found = finder.find(hits.document)
            self._add_cased(hits.document, found)
            for atom in found.keys() & hits.spans.keys():  # a word whose capitals count for the other patterns alone
                found[atom] = hits.spans[atom] + found[atom]
            hits.spans.update(found)

    def _add_cased(self, document: Document, spans: dict[int, list[Span]]) -> None:
        """To *spans* the atoms whose capitals count."""
        for atom in spans.keys() & self._cased.keys():
            for text, cased in self._cased[atom]:
                kept = [span for span in spans[atom] if document.cased().startswith(text, span[0])]
                if kept:
                    spans[cased] = spans[cased] + kept if cased in spans else kept

    def found(self, hits: Hits) -> dict[int, list[Match]]:
        """Group → where its leading patterns match; after :meth:`search`."""
        return self.leading.found(hits, by_sentence=False)

    def found_in_rest(self, hits: Hits) -> dict[int, list[Match]]:
        """Group → where its other patterns match; after :meth:`search_rest`."""
        return self.rest.found(hits, by_sentence=True)


class _Forms:
    """The forms in which the spellings of a lexicon can occur, by number: whole words like the spelling, then those that go on,
    then those with capitals."""

    def __init__(self, literals: Iterator[Literal]) -> None:
        self.spellings = list(dict.fromkeys(_spelling(literal) for literal in literals))
        self._numbers = {spelling: number for number, spelling in enumerate(self.spellings)}
        self._lengths = [len(spelling) for spelling in self.spellings] * 2
        self.cased: dict[int, dict[str, int]] = {}  # form -> how its capitals may be, and the form that is then

    def of_segment(self, segment: Segment) -> _Stretch:
        """The forms any of which is one of the literals of *segment*."""
        return frozenset(form for literal in segment for form in self._of_literal(literal))

    def _of_literal(self, literal: Literal) -> list[int]:
        number = self._numbers[_spelling(literal)]
        forms = [number, number + len(self.spellings)] if literal.is_prefix else [number]
        return [self._with_capitals(form, literal.text) for form in forms] if literal.is_cased else forms

    def _with_capitals(self, form: int, text: str) -> int:
        texts = self.cased.setdefault(form, {})
        if text not in texts:
            texts[text] = len(self._lengths)
            self._lengths.append(len(text))
        return texts[text]

    def weight(self, form: int) -> float:
        """How often *form* may occur, guessed from its length. Only speed depends on it."""
        return 0.5 ** self._lengths[form]

    def merged(self, stretches: Sequence[_Stretch]) -> list[int]:
        """By form, its atom: the same for forms that stand in the same *stretches*, ``NO_ATOM`` for those in none."""
        uses: list[list[int]] = [[] for _ in self._lengths]
        for number, stretch in enumerate(stretches):
            for form in stretch:
                uses[form].append(number)
        for form in self.cased:  # an atom of its own, from which those with capitals are picked
            uses[form].append(-1 - form)
        atoms: dict[tuple[int, ...], int] = {}
        return [atoms.setdefault(tuple(used), len(atoms)) if used else NO_ATOM for used in uses]


def _spelling(literal: Literal) -> str:
    return " " + literal.text.lower()


def _literals(pattern: Pattern) -> Iterator[Literal]:
    operands = [pattern.first] if pattern.first is not None else []
    operands += [relation.operand for relation in pattern.relations]
    return (literal for operand in operands for chain in operand.chains for segment in chain for literal in segment)
