"""Search trees as FTS5 expressions. Every word is quoted, so no typed character is ever FTS5 syntax.

Authority: sqlite.org/fts5.html, section 3. The index is ``porter unicode61`` over title, abstract, authors, venue and
keywords: words are compared by their English stem, without case and accents.
"""

from __future__ import annotations

from tracker.domain.search import And, Not, SearchNode, Term, prefix_completions


def to_fts5(node: SearchNode) -> tuple[str, bool]:
    """An FTS5 expression and whether its *complement* is meant: FTS5 has no NOT of its own, only "this but not that".

    >>> from tracker.domain.search import Or
    >>> to_fts5(And((Term(("a", "b")), Not(Term(("c",))))))
    ('("a b" NOT "c")', False)
    >>> to_fts5(Or((Term(("a",)), Not(Term(("c",))))))
    ('("c" NOT "a")', True)
    """
    if isinstance(node, Term):
        return _term(node), False
    if isinstance(node, Not):
        expression, is_complement = to_fts5(node.part)
        return expression, not is_complement
    parts = [to_fts5(part) for part in node.parts]
    wanted = [expression for expression, is_complement in parts if not is_complement]
    unwanted = [expression for expression, is_complement in parts if is_complement]
    if isinstance(node, And):
        return _but_not(wanted, unwanted)
    expression, is_complement = _but_not(unwanted, wanted)  # a or not b = not (b but not a)
    return expression, not is_complement


def _but_not(wanted: list[str], unwanted: list[str]) -> tuple[str, bool]:
    """All of *wanted* and none of *unwanted*."""
    if not wanted:
        return _joined(unwanted, " OR "), True
    if not unwanted:
        return _joined(wanted, " AND "), False
    return f"({_joined(wanted, ' AND ')} NOT {_joined(unwanted, ' OR ')})", False


def _joined(expressions: list[str], operator: str) -> str:
    return expressions[0] if len(expressions) == 1 else f"({operator.join(expressions)})"


def _term(term: Term) -> str:
    quoted = '"' + " ".join(term.words) + '"'  # words hold letters, digits and accents only: nothing to escape
    if not term.is_prefix:
        return quoted
    completed = [f'"{" ".join((*term.words[:-1], word))}"' for word in prefix_completions(term.words[-1])]
    return _joined([f"{quoted} *", *completed], " OR ")
