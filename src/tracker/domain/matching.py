"""Which records describe one paper: links between two records, and the works that links make.

Three steps, each pure. :func:`match_keys` says what a record could have in common with another; only records that share a
key are compared. :func:`compare` looks at two records and says how they are linked. :func:`group_works` joins linked
records into works. A link depends on its two records alone and a work on its links alone, so the order of arrival cannot
matter. Authorities: arXiv's author-given DOI and PubMed's UpdateIn/UpdateOf (NLM, "Preprints in PubMed").

The name of a work is the smallest key among its records, by code point: stable, whatever arrives first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain import identifiers
from tracker.domain.record import Record


class Verdict(StrEnum):
    """What is said of two records. ``POSSIBLE`` is shown to people, never merged."""

    SAME = "same"
    POSSIBLE = "possible"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Link:
    """Why two records are, or may be, one paper. ``score`` runs from 0 to 1, 1 where an identifier says so."""

    verdict: Verdict
    method: str
    score: float


# PubMed's words for "there is another version of this paper". Errata, comments and retraction notices are other papers.
_SAME_PAPER = ("UpdateIn", "UpdateOf", "RepublishedIn", "RepublishedFrom")


def match_keys(record: Record) -> frozenset[str]:
    """What *record* could share with another description of the same paper: its identifiers and those it names as another version."""
    return identifier_keys(record)


def identifier_keys(record: Record) -> frozenset[str]:
    """``arxiv:…``, ``pmid:…`` and ``doi:…`` of *record*, and of the versions that its source names.

    arXiv's own DOI counts as the arXiv id, which joins PubMed's copy of a preprint with the preprint.
    """
    keys = {f"arxiv:{record.arxiv_id}"} if record.arxiv_id else set()
    pmids = [record.pmid, *(one.pmid for one in record.relations if one.kind in _SAME_PAPER)]
    dois = [record.doi, *(one.doi for one in record.relations if one.kind in _SAME_PAPER)]
    keys |= {f"pmid:{pmid}" for pmid in pmids if pmid}
    keys |= {_doi_key(doi) for doi in dois if doi}
    return frozenset(keys)


def _doi_key(doi: str) -> str:
    arxiv_id = identifiers.arxiv_id_of_doi(doi)
    return f"arxiv:{arxiv_id}" if arxiv_id else f"doi:{doi}"


def compare(first: Record, second: Record) -> Link | None:
    """How two records are linked; ``None`` if nothing speaks for one paper. The order of the two does not matter."""
    shared = identifier_keys(first) & identifier_keys(second)
    if not shared:
        return None
    kinds = {key.split(":", 1)[0] for key in shared}
    method = "arxiv_copy" if "arxiv" in kinds else "pubmed_update" if "pmid" in kinds else "doi"
    return Link(Verdict.SAME, method, 1.0)


def group_works(keys: Iterable[str], same: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The work of each of *keys*: records joined by pairs in *same*, directly or over others, share one.

    >>> group_works(["b", "c", "a"], [("b", "c")])
    {'a': 'a', 'b': 'b', 'c': 'b'}
    """
    root = {key: key for key in sorted(keys)}

    def find(key: str) -> str:
        while root[key] != key:
            root[key] = root[root[key]]
            key = root[key]
        return key

    for pair in same:
        low, high = sorted(find(key) for key in pair)
        root[high] = low
    return {key: find(key) for key in root}
