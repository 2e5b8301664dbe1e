"""The pattern language once more, slow and obvious: words compared one by one, no automaton, no index, no short cut."""

from __future__ import annotations

from tracker.domain.patterns import Chain, Literal, Operand, Pattern
from tracker.domain.text import Document

Span = tuple[int, int]


def plain_matches(pattern: Pattern, document: Document) -> list[tuple[Span, ...]]:
    """Where *pattern* occurs: one match for each span of its first operand, each other part the first that fits."""
    assert pattern.first is not None
    found: list[tuple[Span, ...]] = [(span,) for span in plain_spans(pattern.first, document)]
    if pattern.in_title:
        found = [match for match in found if match[0][1] <= document.title_end]
    for relation in pattern.relations:
        others = plain_spans(relation.operand, document)
        if relation.kind == "UNLESS":
            barred = {document.sentence(other[0]) for other in others}
            found = [match for match in found if document.sentence(match[0][0]) not in barred]
            continue
        extended = []
        for match in found:
            partners = [other for other in others if _stands(match[-1], other, relation.kind, relation.words, document)]
            if partners:
                extended.append((*match, partners[0]))
        found = extended
    return found


def plain_spans(operand: Operand, document: Document) -> list[Span]:
    """Every place of *operand*; at the same place the longest first."""
    starts = [place for place in range(1, len(document.folded)) if document.folded[place - 1] == " "]
    spans = {(start, end) for chain in operand.chains for start in starts for end in _chain_ends(chain, start, document)}
    return sorted(spans, key=lambda span: (span[0], -span[1]))


def _chain_ends(chain: Chain, start: int, document: Document) -> set[int]:
    """Where *chain* may end if it begins at *start*."""
    ends = {end for literal in chain[0] if (end := _literal_end(literal, start, document)) is not None}
    if len(chain) == 1:
        return ends
    return {last for end in ends if document.folded[end] == " " for last in _chain_ends(chain[1:], end + 1, document)}


def _literal_end(literal: Literal, start: int, document: Document) -> int | None:
    """Where *literal* ends if it begins at *start*, else ``None``."""
    text = document.cased() if literal.is_cased else document.folded
    end = start + len(literal.text)
    if text[start:end] != (literal.text if literal.is_cased else literal.text.lower()):
        return None
    while literal.is_prefix and document.words[end] != " ":
        end += 1
    return end if document.words[end] == " " else None


def _stands(span: Span, other: Span, kind: str, words: int, document: Document) -> bool:
    """Whether *other* stands to *span* as *kind* says."""
    first, second = sorted((span, other))
    if document.sentence(span[0]) != document.sentence(other[0]) or second[0] < first[1]:
        return False
    if kind == "PRE" and other < span:
        return False
    return kind == "SENT" or len(document.words[first[1] : second[0]].split()) <= words
