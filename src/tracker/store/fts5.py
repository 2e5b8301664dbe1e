"""Search trees as FTS5 expressions. Every word is quoted, so no typed character is ever FTS5 syntax.

Authority: sqlite.org/fts5.html, section 3. The index is ``porter unicode61`` over title, abstract, authors, venue and
keywords: words are compared by their English stem, without case and accents.
"""

from __future__ import annotations

from tracker.domain.search import Not, Or, SearchNode, Term, prefix_completions
from tracker.store.positive import to_positive


def to_fts5(node: SearchNode) -> tuple[str, bool]:
    """An FTS5 expression and whether its *complement* is meant: FTS5 has no NOT of its own, only "this but not that".

    >>> from tracker.domain.search import And, Not, Or, Term
    >>> to_fts5(And((Term(("a", "b")), Not(Term(("c",))))))
    ('("a b" NOT "c")', False)
    >>> to_fts5(Or((Term(("a",)), Not(Term(("c",))))))
    ('("c" NOT "a")', True)
    """
    positive, is_complement = to_positive(node)
    return _expression(positive), is_complement


def _expression(node: SearchNode) -> str:
    if isinstance(node, Term):
        return _term(node)
    if isinstance(node, Or):
        return _joined([_expression(part) for part in node.parts], " OR ")
    if isinstance(node, Not):
        raise ValueError("a NOT stands beside something that is wanted, or not at all")
    wanted = _joined([_expression(part) for part in node.parts if not isinstance(part, Not)], " AND ")
    unwanted = [_expression(part.part) for part in node.parts if isinstance(part, Not)]
    return f"({wanted} NOT {_joined(unwanted, ' OR ')})" if unwanted else wanted


def _joined(expressions: list[str], operator: str) -> str:
    return expressions[0] if len(expressions) == 1 else f"({operator.join(expressions)})"


def _term(term: Term) -> str:
    quoted = '"' + " ".join(term.words) + '"'  # words hold letters, digits and accents only: nothing to escape
    if not term.is_prefix:
        return quoted
    completed = [f'"{" ".join((*term.words[:-1], word))}"' for word in prefix_completions(term.words[-1])]
    return _joined([f"{quoted} *", *completed], " OR ")
