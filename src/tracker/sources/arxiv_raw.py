"""Reads an answer of arXiv's OAI-PMH service in its ``arXivRaw`` format. Touches no network; any doubt is an error.

Authority: info.arxiv.org/help/oa (sets, formats), openarchives.org/OAI/openarchivesprotocol.html (envelope, errors, tokens).
The format names all versions with their dates; authors are one text, in TeX, with affiliations in brackets.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tracker.domain.dates import PartialDate
from tracker.domain.identifiers import compact_arxiv_id, compact_doi
from tracker.domain.record import Provenance, Record
from tracker.errors import MalformedAnswerError
from tracker.sources.answers import Answer
from tracker.sources.arxiv_feed import SOURCE, preprint_fields
from tracker.sources.arxiv_tex import decode_accents

log = logging.getLogger(__name__)

PARSER = "arxiv-raw/1"
NO_RECORDS = "noRecordsMatch"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_BRACKETS = re.compile(r"\([^()]*\)")
_BETWEEN_NAMES = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")


@dataclass(frozen=True, slots=True)
class RecordList:
    """One answer: its records, and the token that continues the list (``None`` = it ends here)."""

    records: tuple[Record, ...]
    token: str | None


def parse_record_list(answer: Answer, *, query: str, retrieved_at: datetime) -> RecordList:
    """The records in *answer*. Raises ``MalformedAnswerError`` for anything but a whole list.

    Deleted ones are left out, and those without id, title or version: nothing tells whether they are ours.
    """
    root = _parse_root(answer)
    error = root.find(f"{_OAI}error")
    if error is not None:
        if error.get("code") == NO_RECORDS:
            return RecordList((), None)
        words = f"{error.get('code')}: {' '.join((error.text or '').split())[:200]}"
        raise MalformedAnswerError(SOURCE, answer.url, f"an error in place of records: {words}")
    listed = root.find(f"{_OAI}ListRecords")
    if listed is None:
        raise MalformedAnswerError(SOURCE, answer.url, "no list of records")
    provenance = Provenance(SOURCE, query, retrieved_at, PARSER)
    raws = [element.find(f"{_OAI}metadata/{_RAW}arXivRaw") for element in listed.iterfind(f"{_OAI}record")]
    records = [record for raw in raws if raw is not None and (record := _record_or_none(raw, provenance))]
    return RecordList(tuple(records), (listed.findtext(f"{_OAI}resumptionToken") or "").strip() or None)


def to_record(raw: Element, provenance: Provenance) -> Record:
    """The record of one ``arXivRaw`` element, in its last version. Raises ``ValueError`` that says what is missing or wrong."""
    arxiv_id = compact_arxiv_id(_text(raw, "id"))
    versions = [_read_version(version) for version in raw.iterfind(f"{_RAW}version")]
    title = _line(raw, "title")
    if not versions or not title:
        raise ValueError("it has no version" if title else "it has no title")
    (number, updated), (_, published) = max(versions), min(versions)
    return Record(
        **preprint_fields(arxiv_id, abstract=decode_accents(_text(raw, "abstract")), comment=_line(raw, "comments")),
        title=title,
        provenance=provenance,
        doi=_doi(raw),
        version=number,
        authors=split_authors(_line(raw, "authors")),
        published=PartialDate.of(published.date()),
        updated_at=updated,
        categories=tuple(_text(raw, "categories").split()),
        journal_ref=_line(raw, "journal-ref") or None,
    )


def split_authors(text: str) -> tuple[str, ...]:
    """The names in an author line, affiliations left out.

    >>> split_authors("A. Example (1 and 2), B. Sample (2) and C. Test ((1) Here, (2) There)")
    ('A. Example', 'B. Sample', 'C. Test')
    """
    shorter = _BRACKETS.sub("", text)
    while shorter != text:  # brackets inside brackets
        text, shorter = shorter, _BRACKETS.sub("", shorter)
    return tuple(name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip())


def _record_or_none(raw: Element, provenance: Provenance) -> Record | None:
    try:
        return to_record(raw, provenance)
    except ValueError as error:
        log.warning("arxiv: left out an OAI-PMH record: %s", error)
        return None


def _parse_root(answer: Answer) -> Element:
    try:
        root: Element = fromstring(answer.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise MalformedAnswerError(SOURCE, answer.url, f"not whole XML ({type(error).__name__})") from error
    if root.tag != f"{_OAI}OAI-PMH":
        raise MalformedAnswerError(SOURCE, answer.url, "not an OAI-PMH answer")
    return root


def _read_version(element: Element) -> tuple[int, datetime]:
    number = (element.get("version") or "").removeprefix("v")
    if not (number.isascii() and number.isdecimal()):
        raise ValueError("it has a version without a number")
    try:
        submitted = parsedate_to_datetime(element.findtext(f"{_RAW}date") or "")
    except (TypeError, ValueError) as error:
        raise ValueError("it has a version without a date") from error
    return int(number[:4]), submitted.astimezone(UTC) if submitted.tzinfo else submitted.replace(tzinfo=UTC)


def _doi(raw: Element) -> str | None:
    try:
        return compact_doi(_text(raw, "doi"))
    except ValueError:
        return None


def _text(raw: Element, name: str) -> str:
    return raw.findtext(f"{_RAW}{name}") or ""


def _line(raw: Element, name: str) -> str:
    return decode_accents(" ".join(_text(raw, name).split()))
