"""Identifiers in compact form: arXiv id, PMID, DOI, and the links built from them.

Authorities: info.arxiv.org/help/arxiv_identifier (both schemes), NLM (PMID: digits, 8 of them in 2026), DOI Handbook section 2.2.
``is_…`` never raises; ``compact_…`` raises ``ValueError``. Links are built only from what passes, so no link can carry
another scheme or host.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_ARXIV = re.compile(
    r"(\d{4}\.\d{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7})(?:v([1-9]\d{0,3}))?"
)  # yes: 2403.14814v2, hep-th/9901001   no: 2403.148
_PMID = re.compile(r"[1-9]\d{0,8}")  # yes: 38123456   no: 0, PMC123; 8 digits today, one more leaves room for growth
# yes: 10.2196/59479   no: doi.org/10.2196, and nothing longer than 500 signs, which no DOI is and no index of a database takes
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\x00-\x1f\x7f<>]{1,500}")
_DOI_PREFIX = re.compile(r"^\s*(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_ARXIV_PREFIX = re.compile(r"^\s*(?:https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)


def is_arxiv_id(text: str) -> bool:
    """Whether *text* is a compact arXiv id, with or without a version."""
    return bool(_ARXIV.fullmatch(text))


def compact_arxiv_id(text: str) -> str:
    """The arXiv id without address, prefix or version.

    >>> compact_arxiv_id("http://arxiv.org/abs/2403.14814v3")
    '2403.14814'
    """
    return split_arxiv_id(text)[0]


def split_arxiv_id(text: str) -> tuple[str, int | None]:
    """The compact id and the version, ``None`` where *text* names none.

    >>> split_arxiv_id("hep-th/9901001v2")
    ('hep-th/9901001', 2)
    """
    bare = _ARXIV_PREFIX.sub("", text).strip().removesuffix(".pdf")
    found = _ARXIV.fullmatch(bare)
    if not found:
        raise ValueError(f"{text!r} is not an arXiv id")
    return found[1], int(found[2]) if found[2] else None


def is_pmid(text: str) -> bool:
    """Whether *text* is a PMID."""
    return bool(_PMID.fullmatch(text))


def compact_pmid(text: str) -> str:
    """The PMID as digits. Raises ``ValueError`` otherwise.

    >>> compact_pmid(" PMID: 38123456")
    '38123456'
    """
    bare = re.sub(r"(?i)^\s*(?:pmid:?\s*)?", "", text).strip()
    if not is_pmid(bare):
        raise ValueError(f"{text!r} is not a PMID")
    return bare


def is_doi(text: str) -> bool:
    """Whether *text* is a compact DOI."""
    return bool(_DOI.fullmatch(text))


def compact_doi(text: str) -> str:
    """The DOI in lower case, without address, prefix or trailing punctuation; of several, the first.

    >>> compact_doi("https://doi.org/10.2196/59479.")
    '10.2196/59479'
    """
    bare = _DOI_PREFIX.sub("", text).strip().lower()
    bare = (bare.split() or [""])[0].rstrip(".,;")
    if not is_doi(bare):
        raise ValueError(f"{text!r} is not a DOI")
    return bare


def arxiv_id_of_doi(doi: str) -> str | None:
    """The arXiv id inside one of arXiv's own DOIs, else ``None``.

    >>> arxiv_id_of_doi("10.48550/arxiv.2403.14814")
    '2403.14814'
    """
    found = _ARXIV_DOI.fullmatch(doi)
    if not found:
        return None
    try:
        return compact_arxiv_id(found[1])
    except ValueError:
        return None


def arxiv_url(arxiv_id: str, version: int | None = None) -> str | None:
    """The abstract page; ``None`` if *arxiv_id* is not one."""
    if not is_arxiv_id(arxiv_id):
        return None
    return f"https://arxiv.org/abs/{arxiv_id}" + (f"v{version}" if version else "")


def pubmed_url(pmid: str) -> str | None:
    """The PubMed page; ``None`` if *pmid* is not one."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if is_pmid(pmid) else None


def doi_url(doi: str) -> str | None:
    """The resolver's address, percent-encoded; ``None`` if *doi* is not one."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}" if is_doi(doi) else None
