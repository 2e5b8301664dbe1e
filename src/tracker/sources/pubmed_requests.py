"""Asks E-utilities: complete lists of PMIDs, records in batches, and whether a PMID still exists.

Authority: www.ncbi.nlm.nih.gov/books/NBK25497 (manners) and NBK25499 (parameters). Everything is a POST: the query is longer
than an address may be, and a key in the body appears in no log. The history server is not used: what it holds expires, and
the list of PMIDs is short enough to keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from tracker.errors import MalformedAnswerError, ShortAnswerError
from tracker.sources.answers import Answer, Request
from tracker.sources.base import SourceOptions
from tracker.sources.faults import RetryRules
from tracker.sources.http import PROGRAM, PoliteClient, ServiceRules, host_of
from tracker.sources.pubmed_article import SOURCE
from tracker.sources.pubmed_json import SearchAnswer, find_json_error, parse_existing, parse_search, refuse_refusals
from tracker.sources.pubmed_xml import ArticleSet, find_error_text, parse_articles

LIST_CEILING = 9_999  # in fact; the manual says 10,000
BATCH_SIZE = 200  # larger replies break off (biopython issues 1944, 3940)
SUMMARY_SIZE = 500
# Three a second without a key, ten with one; a little slower, because the service counts arrivals, not departures.
SECONDS_WITHOUT_KEY = 0.35
SECONDS_WITH_KEY = 0.105
BURST_WITHOUT_KEY = 3
BURST_WITH_KEY = 10
SMALLEST_SHARE = 0.95  # fewer than this of the last total is a fault of the service, not news
_FIRST_YEAR = 2018  # nothing about large language models is older than the record of that year's start
_TOO_MANY = 1.05  # slices that hold more than the whole: the dates in the query were ignored


def rules_for(options: SourceOptions) -> ServiceRules:
    """NCBI's rules, with or without a key."""
    return ServiceRules(
        interval_seconds=SECONDS_WITH_KEY if options.api_key else SECONDS_WITHOUT_KEY,
        burst=BURST_WITH_KEY if options.api_key else BURST_WITHOUT_KEY,
        retry=RetryRules(throttled_seconds=2.0, broken_seconds=1.0),
        read_seconds=60.0,
        total_seconds=120.0,
        transient_texts=("cannot get document summary",),
    )


def explain(answer: Answer) -> str:
    """The words of an error answer, JSON or XML."""
    return find_json_error(answer) or find_error_text(answer)


class PubmedRequests:
    """E-utilities below ``options.url``, asked through *client*."""

    def __init__(self, client: PoliteClient, options: SourceOptions, *, query: str, retrieved_at: datetime) -> None:
        self._client, self._options = client, options
        self._query, self._retrieved_at = query, retrieved_at
        self.warnings: dict[str, None] = {}

    def search(self, term: str, *, least: int = 0) -> SearchAnswer:
        """How many match *term*, and the first :data:`LIST_CEILING` of them. A count below *least* is a fault."""

        def read(answer: Answer) -> SearchAnswer:
            refuse_refusals(answer)
            found = parse_search(answer, most=LIST_CEILING)
            if found.count < least:
                before = f"where there should be at least {least:,}" if least > 1 else "in all; is the search right?"
                raise ShortAnswerError(SOURCE, answer.url, f"it announces {found.count:,} results {before}")
            return found

        form = {"term": term, "retmode": "json", "retmax": str(LIST_CEILING), "sort": "pub_date"}
        found = self._client.fetch(lambda _: self._request("esearch", form, "search"), read)
        self.warnings |= dict.fromkeys(found.warnings)
        return found

    def list_all(self, term: str, *, least: int = 0) -> dict[str, None]:
        """Every PMID that matches *term*, in the service's order. Raises ``SourceError`` if the list cannot be had whole."""
        found = self.search(term, least=least)
        if found.count < LIST_CEILING:
            return dict.fromkeys(found.pmids)
        years = [date(year, 1, 1) for year in range(_FIRST_YEAR, self._retrieved_at.year + 1)]
        ranges = [(None, years[0]), *pairwise(years), (years[-1], None)]
        pmids = self._list_slices(term, ranges, found.count)
        if len(pmids) < found.count:
            raise ShortAnswerError(SOURCE, host_of(self._options.url), f"{len(pmids):,} PMIDs in slices by date, {found.count:,} announced")
        return pmids

    def fetch(self, pmids: Sequence[str]) -> tuple[list[str], ArticleSet]:
        """The PMIDs asked for, from the front of *pmids*, and what came of them; after an unusable answer fewer are asked for."""
        asked: list[str] = []

        def build(reshaped: int) -> Request:
            nonlocal asked
            asked = list(pmids[: max(1, min(len(pmids), BATCH_SIZE) >> reshaped)])
            return self._request("efetch", {"id": ",".join(asked), "retmode": "xml", "rettype": "abstract"}, f"{len(asked)} records")

        def read(answer: Answer) -> ArticleSet:
            refuse_refusals(answer)
            return parse_articles(answer, query=self._query, retrieved_at=self._retrieved_at)

        articles = self._client.fetch(build, read)
        return asked, articles

    def find_existing(self, pmids: Sequence[str]) -> set[str]:
        """Those of *pmids* (at most :data:`SUMMARY_SIZE`) that PubMed still has."""
        asked = list(pmids)

        def read(answer: Answer) -> set[str]:
            refuse_refusals(answer)
            return parse_existing(answer, asked)

        form = {"id": ",".join(asked), "retmode": "json"}
        return self._client.fetch(lambda _: self._request("esummary", form, f"{len(asked)} summaries"), read)

    def _list_slices(self, term: str, ranges: Sequence[tuple[date | None, date | None]], whole: int) -> dict[str, None]:
        """The PMIDs of all *ranges* of creation dates (from a day on, up to before another), which together hold *whole*."""
        answers = [(low, high, self.search(f"({term}) AND {created_between(low, high)}")) for low, high in ranges]
        announced = sum(found.count for _, _, found in answers)
        if announced > whole * _TOO_MANY:
            raise MalformedAnswerError(
                SOURCE, host_of(self._options.url), f"slices by date that hold {announced:,} records, the whole {whole:,}"
            )
        pmids: dict[str, None] = {}
        for low, high, found in answers:
            if found.count < LIST_CEILING:
                pmids |= dict.fromkeys(found.pmids)
            else:
                pmids |= self._list_slices(term, self._halves(low, high), found.count)
        return pmids

    def _halves(self, low: date | None, high: date | None) -> list[tuple[date | None, date | None]]:
        first, last = low or date(1900, 1, 1), high or self._retrieved_at.date() + timedelta(days=2)
        middle = first + (last - first) // 2
        if not first < middle < last:
            raise MalformedAnswerError(SOURCE, host_of(self._options.url), f"more records created on {first} than it ever lists")
        return [(low, middle), (middle, high)]

    def _request(self, utility: str, form: dict[str, str], label: str) -> Request:
        identity = {"db": "pubmed", "tool": PROGRAM}
        if self._options.contact_email:
            identity["email"] = self._options.contact_email
        if self._options.api_key:
            identity["api_key"] = self._options.api_key
        url = f"{self._options.url.rstrip('/')}/{utility}.fcgi"
        return Request(url, f"{host_of(url)} ({utility}, {label})", identity | form)


def created_between(low: date | None, high: date | None) -> str:
    """The records created from *low* on up to the day before *high*; open where ``None``.

    By creation, which is always real: publication dates may lie in the future, entry dates are set back for old papers.

    >>> created_between(date(2024, 1, 1), date(2025, 1, 1))
    '("2024/01/01"[crdt] : "2024/12/31"[crdt])'
    """
    first = f"{low:%Y/%m/%d}" if low else "1800"
    last = f"{high - timedelta(days=1):%Y/%m/%d}" if high else "3000"
    return f'("{first}"[crdt] : "{last}"[crdt])'
