"""What a taxonomy is made of: facets, labels, and the rules that give them.

Anchor: Lawrence et al. 2024 (doi 10.2196/59479); its three areas of application and six risks are level 1, in our words.
Labels whose ``origin`` is ``extension`` are ours. How the file is written: ``docs/taxonomy_language.md``; how it is read and
checked: :mod:`tracker.domain.taxonomy`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracker.domain.patterns import Pattern

FACETS = ("application", "risk", "safeguard", "condition", "population", "study", "model", "language")
ORIGINS = ("paper", "extension")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Patterns that say the same thing; the rule counts once however many of them match.

    ``weight`` points are given when it matches at all, ``title`` more when it matches in the title, ``again`` more when it
    matches in two sentences or more, ``often`` more from four sentences on. ``id`` is ``label.name``, unique in the taxonomy.
    """

    id: str
    weight: float
    patterns: tuple[Pattern, ...]
    title: float = 0.0
    again: float = 0.0
    often: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Something decided by a sum: the points of ``rules`` against ``threshold``.

    Words covered by a mask do not count; a veto that matches forbids it whatever the sum.
    """

    id: str
    threshold: float
    rules: tuple[Rule, ...]
    masks: tuple[Rule, ...] = ()
    vetoes: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Scored):
    """One value of a facet.

    ``parent`` is the level-1 label of a level-2 one, else ``None``. A level-2 label has no rules of its own: it is given where
    its parent is given and one of the parent's rules named in ``parts`` (rule ids) matched. ``short_name`` is for badges;
    ``includes`` and ``excludes`` are notes for readers; ``outside_paper_three`` marks areas of application that are not among
    the founding paper's three.
    """

    facet: str
    name: str
    short_name: str
    definition: str
    includes: str = ""
    excludes: str = ""
    origin: str = "paper"
    level: int = 1
    parent: str | None = None
    outside_paper_three: bool = False
    parts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``facet:label``, as evidence, corrections and columns write it."""
        return f"{self.facet}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One independent way to sort; ``labels`` in the file's order, parents before their children."""

    id: str
    name: str
    definition: str
    labels: dict[str, Label]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is in scope: published in ``earliest_year`` or later, every signal at its threshold, no veto."""

    earliest_year: int
    signals: tuple[Scored, ...]
    names: Mapping[str, str]
    vetoes: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """A version of the whole scheme. ``masks`` hide words from every label."""

    version: str
    scope: Scope
    facets: dict[str, Facet]
    masks: tuple[Rule, ...] = ()

    def labels(self) -> Iterator[Label]:
        """Every label, facet by facet."""
        for facet in self.facets.values():
            yield from facet.labels.values()

    def label(self, key: str) -> Label:
        """The label that ``facet:label`` names. Raises ``KeyError`` if there is none."""
        facet, _, name = key.partition(":")
        return self.facets[facet].labels[name]

    def rules(self) -> Iterator[Rule]:
        """Every rule with its id: of labels, signals, masks and vetoes."""
        yield from self.masks
        yield from self.scope.vetoes
        for scored in (*self.scope.signals, *self.labels()):
            yield from (*scored.rules, *scored.masks, *scored.vetoes)
