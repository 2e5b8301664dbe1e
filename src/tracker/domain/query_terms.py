"""Search terms in the languages of the services, and the same terms applied here. Pure.

Authorities: arXiv's search grammar (info.arxiv.org/help/api/user-manual, and github.com/arXiv/arxiv-search, which groups
AND and OR to the right: always parenthesise), PubMed's (pubmed.ncbi.nlm.nih.gov/help: left to right, a star needs four
letters before it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

ARXIV_FIELDS = ("ti", "abs")  # `all:` is slower there and matches authors and comments too
_BARE = re.compile(r"[A-Za-z0-9]+\*?")  # yes: LLM, psychiatr*   no: mental health, self-harm
_FORBIDDEN = re.compile(r'["()\[\]:\\/,;{}<>=+%&?^~]|[\x00-\x1f\x7f]')  # anything a query language could take for its own
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_OPERATORS = frozenset({"AND", "OR", "NOT", "ANDNOT", "TO"})
_PUBMED_STEM = 4  # letters PubMed wants before a star


def find_term_fault(term: str, language: str) -> str | None:
    """What keeps *term* from being asked for in *language* (``arxiv`` or ``pubmed``); ``None`` if nothing does."""
    if not _WORD.search(term) or term != " ".join(term.split()):
        return "is not a word or a phrase with single blanks"
    if found := _FORBIDDEN.search(term):
        return f"contains {found[0]!r}; write plain words, the operators are added"
    if _OPERATORS & set(term.split()):
        return "contains an operator; one term is one word or phrase"
    if "*" in term[:-1]:
        return "has a star that is not at its end"
    return _find_star_fault(term, language) if term.endswith("*") else None


def _find_star_fault(term: str, language: str) -> str | None:
    if language == "arxiv" and not _BARE.fullmatch(term):
        return "has a star in a phrase, which arXiv ignores; star single words only"
    if language == "pubmed" and len(term) - 1 < _PUBMED_STEM:
        return f"has a star after fewer than {_PUBMED_STEM} letters, which PubMed ignores"
    return None


def build_arxiv_block(terms: Sequence[str]) -> str:
    """A group that matches where any of *terms* stands in title or abstract.

    >>> build_arxiv_block(["LLM", "language model"])
    '((ti:(LLM OR "language model")) OR (abs:(LLM OR "language model")))'
    """
    words = " OR ".join(term if _BARE.fullmatch(term) else f'"{term}"' for term in terms)
    return "(" + " OR ".join(f"({field}:({words}))" for field in ARXIV_FIELDS) + ")"


def build_pubmed_terms(terms: Iterable[str], tag: str) -> list[str]:
    """Each of *terms* quoted and tagged, so that no automatic mapping changes it.

    >>> build_pubmed_terms(["chatbot*"], "tiab")
    ['"chatbot*"[tiab]']
    """
    return [f'"{term}"[{tag}]' for term in terms]


def contains_any(text: str, terms: Iterable[str]) -> bool:
    """Whether arXiv would find one of *terms* in *text*, to be on the safe side: plurals count, other word forms do not.

    arXiv's analyser stems further, so this finds no more than arXiv does, and a little less.

    >>> contains_any("Two large language models", ["language model"])
    True
    """
    folded = _fold(text)
    return any((" " + _fold(term).strip() + ("" if term.endswith("*") else " ")) in folded for term in terms)


def _fold(text: str) -> str:
    """The words of *text* in lower case and singular, one blank around each."""
    return " " + " ".join(_singular(word) for word in _WORD.findall(text.lower())) + " "


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
