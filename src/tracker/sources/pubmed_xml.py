"""Reads an EFetch answer. Touches no network, no DTD and no entities; any doubt is an error.

Authority: www.ncbi.nlm.nih.gov/books/NBK25499 (EFetch). An answer of status 200 may hold an error instead of records, stop
after its prolog, or contain bytes XML forbids; the last are repaired, because one bad byte would cost 200 records.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tracker.domain.identifiers import is_pmid
from tracker.domain.record import Provenance, Record, Rejected
from tracker.errors import MalformedAnswerError
from tracker.sources.answers import Answer
from tracker.sources.pubmed_article import PARSER, SOURCE, pmid_of, text_of, to_article, to_chapter

log = logging.getLogger(__name__)

ROOT = "PubmedArticleSet"
# The characters themselves, and references to them: &#x1f; &#31;
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ufffd]|&#(?:x0*(?:[0-8bcBC]|[eE]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)
_PMID = re.compile(r"<PMID\b[^>]*>(\d+)</PMID>")
_READERS: dict[str, tuple[str, Callable[[Element, Provenance], Record]]] = {
    "PubmedArticle": ("MedlineCitation", to_article),
    "PubmedBookArticle": ("BookDocument", to_chapter),
}


@dataclass(frozen=True, slots=True)
class ArticleSet:
    """One answer: its records by PMID, what could not become one, and the PMIDs it declares deleted."""

    records: dict[str, Record]
    rejected: dict[str, Rejected]
    deleted: tuple[str, ...]

    @property
    def pmids(self) -> set[str]:
        """Everything that came, usable or not."""
        return {*self.records, *self.rejected}


def parse_articles(answer: Answer, *, query: str, retrieved_at: datetime) -> ArticleSet:
    """The records in *answer*. Raises ``MalformedAnswerError`` for anything but a whole set."""
    root = _parse_root(answer)
    if root.tag != ROOT:
        raise MalformedAnswerError(SOURCE, answer.url, _error_in(root) or f"<{root.tag[:40]}> in place of records")
    provenance = Provenance(SOURCE, query, retrieved_at, PARSER)
    records: dict[str, Record] = {}
    rejected: dict[str, Rejected] = {}
    for place, element in enumerate(root):
        if element.tag in _READERS:
            _read_entry(element, place, provenance, records, rejected)
    deleted = tuple(text for one in root.iterfind("DeleteCitation/PMID") if is_pmid(text := text_of(one)))
    return ArticleSet(records, rejected, deleted)


def find_error_text(answer: Answer) -> str:
    """The words of an error in XML; empty if *answer* is none."""
    try:
        return _error_in(_parse_root(answer))
    except MalformedAnswerError:
        return ""


def _error_in(root: Element) -> str:
    """The error that *root* reports, if any; the inner life of the service is kept from the reader."""
    words = text_of(root.find("ERROR") if root.tag != "ERROR" else root)
    return "an internal error" if "C++" in words else words[:200]


def _read_entry(element: Element, place: int, provenance: Provenance, records: dict[str, Record], rejected: dict[str, Rejected]) -> None:
    """Put one entry where it belongs; of two with one PMID the later wins."""
    citation, read = _READERS[element.tag]
    found = element.find(citation)
    try:
        pmid = pmid_of(found if found is not None else element)
    except ValueError:
        pmid = ""
    try:
        records[pmid] = read(element, provenance)
    except ValueError as error:
        name = pmid or f"entry {place}"
        rejected[name] = Rejected(SOURCE, name, str(error))


def _parse_root(answer: Answer) -> Element:
    try:
        return _parse(answer.body)
    except ParseError as error:
        repaired = _repair(answer)
        try:
            if repaired is not None:
                return _parse(repaired)
        except ParseError:
            pass  # cut off as well: the first error says it
        raise MalformedAnswerError(SOURCE, answer.url, f"not whole XML ({error.msg})") from error


def _parse(body: bytes | str) -> Element:
    """The root. A document type is allowed (every answer names one) but never fetched; entities of its own are refused."""
    try:
        root: Element = fromstring(body, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        fault = ParseError(f"{type(error).__name__}")
        fault.msg = f"refused: {type(error).__name__}"
        raise fault from error
    return root


def _repair(answer: Answer) -> str | None:
    """The text without what XML forbids; ``None`` if that is not what is wrong with it. Names the records it touched."""
    text = answer.body.decode("utf-8", errors="replace")
    bad = [found.start() for found in _FORBIDDEN.finditer(text)]
    if not bad:
        return None
    pmids = {max(((found.start(), found[1]) for found in _PMID.finditer(text, 0, place)), default=(0, "?"))[1] for place in bad[:20]}
    log.warning("pubmed: %d forbidden characters taken out of %s, in PMID %s", len(bad), answer.url, ", ".join(sorted(pmids)))
    return _FORBIDDEN.sub(lambda found: "\ufffd" if found[0] == "\ufffd" else "", text)
