"""Search trees without a NOT that stands alone: an index knows which records hold a word, not which do not."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.domain.search import And, Not, Or, SearchNode, Term


def to_positive(node: SearchNode) -> tuple[SearchNode, bool]:
    """A tree that an index can answer, and whether its *complement* is meant.

    In that tree a ``Not`` stands in an ``And`` only, beside at least one part that is wanted.

    >>> to_positive(Not(Term(("a",))))
    (Term(words=('a',), is_prefix=False), True)
    """
    if isinstance(node, Term):
        return node, False
    if isinstance(node, Not):
        positive, is_complement = to_positive(node.part)
        return positive, not is_complement
    parts = [to_positive(part) for part in node.parts]
    wanted = [part for part, is_complement in parts if not is_complement]
    unwanted = [part for part, is_complement in parts if is_complement]
    if isinstance(node, And):
        return _but_not(wanted, unwanted)
    positive, is_complement = _but_not(unwanted, wanted)  # a or not b = not (b but not a)
    return positive, not is_complement


def _but_not(wanted: Sequence[SearchNode], unwanted: Sequence[SearchNode]) -> tuple[SearchNode, bool]:
    """All of *wanted* and none of *unwanted*."""
    if not wanted:
        return _joined(Or, unwanted), True
    return _joined(And, [*wanted, *(Not(part) for part in unwanted)]), False


def _joined(join: type[And | Or], parts: Sequence[SearchNode]) -> SearchNode:
    return parts[0] if len(parts) == 1 else join(tuple(parts))
