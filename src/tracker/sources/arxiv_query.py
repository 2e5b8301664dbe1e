"""arXiv's query language as far as comparing two queries goes: the service echoes what it understood. Pure.

Authority: the parser of github.com/arXiv/arxiv-search (``classic_api``), which rewrites ``ti:(a OR b)`` to
``(ti:a OR ti:b)`` and drops an unbalanced quote without a word.
"""

from __future__ import annotations

import re

_PART = re.compile(r'\w+:\[[^\]]*\]|(?:\w+:)?"[^"]*"|\w+:(?=\()|[()]|[^\s()"]+')  # ti:"a b"   ti:   (   AND   submittedDate:[x TO y]
_OWN_FIELD = re.compile(r'\w+:(?:\[|"|[^\s(])')  # yes: ti:LLM   no: LLM
_OPERATORS = frozenset({"AND", "OR", "ANDNOT"})


def normalize_query(query: str) -> list[str]:
    """The terms of *query*, each with its field, and the operators between them; brackets left out.

    >>> normalize_query('ti:(LLM OR "language model")')
    ['ti:LLM', 'OR', 'ti:"language model"']
    """
    fields, pending, found = [""], "", []
    for part in _PART.findall(query):
        if part == "(":
            fields.append(pending or fields[-1])
            pending = ""
        elif part == ")":
            fields = fields[:-1] or [""]
        elif part.endswith(":"):
            pending = part
        elif part in _OPERATORS or _OWN_FIELD.match(part):
            found.append(part)
        else:
            found.append(fields[-1] + part)
    return found


def is_same_query(meant: str, echoed: str) -> bool:
    """Whether the service understood what was meant."""
    return normalize_query(meant) == normalize_query(echoed)
