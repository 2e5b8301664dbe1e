"""Reads an answer of the arXiv API. Touches no network; any doubt is an error.

Authority: info.arxiv.org/help/api/user-manual section 3, and the server's own serializer
(github.com/arXiv/arxiv-search, ``serialize/atom.py``). feedparser is lenient: it makes a shorter feed of a truncated one and
an empty one of an HTML page, so everything around the entries is checked here.
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tracker.domain.dates import PartialDate
from tracker.domain.identifiers import compact_doi, split_arxiv_id
from tracker.domain.record import AbstractState, Provenance, Record, Rejected, Status
from tracker.errors import MalformedAnswerError
from tracker.sources.answers import Answer

SOURCE = "arxiv"
PARSER = "arxiv-atom/1"
FEED_TYPES = frozenset({"application/atom+xml", "application/xml", "text/xml"})
# The last version says so in its comment, very old ones in place of the abstract.
_WITHDRAWN_COMMENT = re.compile(r"\bwithdrawn\b", re.IGNORECASE)  # yes: "This paper has been withdrawn"
_WITHDRAWN_ABSTRACT = re.compile(  # yes: "This paper has been withdrawn by the author"   no: "socially withdrawn people"
    r"\A\W*(?:this|the) (?:paper|article|manuscript|submission|work|preprint)\b[^.]{0,40}\bwithdrawn\b", re.IGNORECASE
)
_ECHO = re.compile(r"arxiv query:\s*search_query=(.*)&id_list=(.*?)&start=(\d+)&max_results=(\d+)\s*\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Echo:
    """What the service understood, from the feed's title."""

    query: str
    id_list: str
    start: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One answer: how many match in all, and its entries in their order.

    ``echo`` is ``None`` where the title has none, ``last_submitted_at`` (first version of the last entry) in an empty feed.
    """

    url: str
    total: int
    echo: Echo | None
    records: tuple[Record, ...]
    rejected: tuple[Rejected, ...]
    last_submitted_at: datetime | None

    @property
    def entry_count(self) -> int:
        """Entries that came, usable or not."""
        return len(self.records) + len(self.rejected)


def parse_feed(answer: Answer, *, query: str, retrieved_at: datetime) -> Feed:
    """Total and entries of *answer*. Raises ``MalformedAnswerError`` for anything but a whole feed of results."""
    parsed = _parse_atom(answer)
    total = str(parsed.feed.get("opensearch_totalresults", ""))
    if not (total.isascii() and total.isdecimal()):
        raise MalformedAnswerError(SOURCE, answer.url, f"no total but {total[:40]!r}")
    provenance = Provenance(SOURCE, query, retrieved_at, PARSER)
    records: list[Record] = []
    rejected: list[Rejected] = []
    for place, entry in enumerate(parsed.entries):
        if "/api/errors" in entry.get("id", ""):  # an error looks like a result: one entry, total 1
            raise MalformedAnswerError(SOURCE, answer.url, f"an error in place of results: {_line(entry.get('summary', ''))[:200]}")
        try:
            records.append(to_record(entry, provenance))
        except ValueError as error:
            rejected.append(Rejected(SOURCE, _line(entry.get("id", "")) or f"entry {place} of {answer.url}", str(error)))
    if rejected and not records:
        raise MalformedAnswerError(SOURCE, answer.url, f"no entry is usable: {rejected[0].reason}")
    return Feed(
        url=answer.url,
        total=int(total[:9]),
        echo=_read_echo(parsed.feed.get("title", "")),
        records=tuple(records),
        rejected=tuple(rejected),
        last_submitted_at=_last_submission(parsed.entries),
    )


def find_error_text(answer: Answer) -> str:
    """The words of an error feed; empty if *answer* is none."""
    try:
        entries = _parse_atom(answer).entries
    except MalformedAnswerError:
        return ""
    return next((_line(entry.get("summary", "")) for entry in entries if "/api/errors" in entry.get("id", "")), "")


def to_record(entry: dict[str, Any], provenance: Provenance) -> Record:
    """The record of one feed entry. Raises ``ValueError`` that says what is missing or wrong."""
    arxiv_id, version = split_arxiv_id(entry.get("id", ""))
    published, updated = _instant(entry, "published"), _instant(entry, "updated")
    title = _line(entry.get("title", ""))
    if not title:
        raise ValueError("it has no title")
    return Record(
        **preprint_fields(arxiv_id, abstract=entry.get("summary", ""), comment=_line(entry.get("arxiv_comment", ""))),
        title=title,
        provenance=provenance,
        doi=_doi(entry),
        version=version,
        authors=tuple(name for author in entry.get("authors", ()) if (name := _line(author.get("name", "")))),
        published=PartialDate.of(published.date()),
        updated_at=updated,
        categories=_categories(entry),
        journal_ref=_line(entry.get("arxiv_journal_ref", "")) or None,
    )


def preprint_fields(arxiv_id: str, *, abstract: str, comment: str) -> dict[str, Any]:
    """What every arXiv record has alike, whichever of its services it came from; empty texts mean "not given"."""
    abstract = abstract.strip()
    # There is no flag for it: the authors' words tell.
    is_withdrawn = _WITHDRAWN_COMMENT.search(comment) or _WITHDRAWN_ABSTRACT.search(abstract)
    return {
        "key": f"{SOURCE}:{arxiv_id}",
        "source": SOURCE,
        "arxiv_id": arxiv_id,
        "abstract": abstract or None,
        "abstract_state": AbstractState.GIVEN if abstract else AbstractState.ABSENT,
        "comment": comment or None,
        "venue": "arXiv",
        "is_preprint": True,
        "status": Status.WITHDRAWN if is_withdrawn else Status.CURRENT,
    }


def _parse_atom(answer: Answer) -> Any:
    """What feedparser makes of a body that is beyond doubt a whole Atom feed."""
    if answer.content_type not in FEED_TYPES:
        raise MalformedAnswerError(SOURCE, answer.url, f"{answer.content_type or 'no content type'} in place of a feed")
    import feedparser  # a fifth of the program's start, and where a helper reads the feeds never needed

    try:
        # A stream, because feedparser takes bytes for a file name; the type is checked above, the text is always UTF-8.
        parsed = feedparser.parse(
            io.BytesIO(answer.body),
            response_headers={"content-type": "application/atom+xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        # feedparser lets errors of its helpers through on wild input; whatever they are, this is not a feed.
        raise MalformedAnswerError(SOURCE, answer.url, f"not a feed ({type(error).__name__})") from error
    if parsed.get("bozo") or parsed.get("version") != "atom10":  # truncated, HTML, empty: feedparser would go on
        reason = type(parsed.get("bozo_exception", None)).__name__ if parsed.get("bozo") else "another format"
        raise MalformedAnswerError(SOURCE, answer.url, f"not a whole Atom feed ({reason})")
    return parsed


def _read_echo(title: str) -> Echo | None:
    found = _ECHO.match(title.strip())
    return Echo(found[1], found[2], int(found[3][:9]), int(found[4][:9])) if found else None


def _instant(entry: dict[str, Any], name: str) -> datetime:
    parsed = dict.get(entry, f"{name}_parsed")  # feedparser's own `get` would give one date for the other
    if not parsed:
        raise ValueError(f"it has no {name} date")
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except OverflowError as error:
        raise ValueError(f"its {name} date cannot be") from error


def _last_submission(entries: list[dict[str, Any]]) -> datetime | None:
    for entry in reversed(entries):
        try:
            return _instant(entry, "published")
        except ValueError:
            continue
    return None


def _categories(entry: dict[str, Any]) -> tuple[str, ...]:
    primary = entry.get("arxiv_primary_category", {}).get("term")
    terms = [tag.get("term") for tag in entry.get("tags", ())]
    return tuple(dict.fromkeys(term for term in (primary, *terms) if term))


def _doi(entry: dict[str, Any]) -> str | None:
    """The journal DOI the authors declared, if it is one."""
    try:
        return compact_doi(entry.get("arxiv_doi", ""))
    except ValueError:
        return None


def _line(text: str) -> str:
    """*text* on one line: the old server wrapped titles and comments, which means nothing."""
    return " ".join(text.split())
