"""Asks arXiv for single pages and lets none pass that is not the page asked for, or empty before the end.

Limits found in the server's source (github.com/arXiv/arxiv-search) and by observation: no result beyond the 10,000th, page
sizes that divide 10,000, and replies that keep failing for one page size and succeed for another.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlencode

from tracker.aside import Aside
from tracker.errors import MalformedAnswerError, ShortAnswerError
from tracker.sources.answers import Answer, Request
from tracker.sources.arxiv_feed import SOURCE, Echo, Feed, parse_feed
from tracker.sources.arxiv_query import is_same_query
from tracker.sources.faults import FaultKind, RetryRules, TransientError
from tracker.sources.http import PoliteClient, ServiceRules, host_of

CEILING = 10_000
SIZES = (2000, 1000, 500, 250, 200, 100)  # all divide the ceiling: others lose its last results
IDS_PER_REQUEST = 100
MAX_URL_CHARACTERS = 4000  # front ends cut at 8 kB; a POST is never answered from the edge cache, so only when it must be
SMALLEST_SHARE = 0.95  # fewer than this of the last total is a fault of the service, not news
_ANNOUNCED = re.compile(rb":totalResults[^<>]*>([0-9]{1,9})<")
_ENTRY, _END = b"<entry>", b"</feed>"
RULES = ServiceRules(interval_seconds=3.0, retry=RetryRules(throttled_seconds=10.0, broken_seconds=10.0))


class ArxivPages:
    """The API at *url*, asked through *client* for *query*; records are dated *retrieved_at*. Long answers are read *aside*."""

    def __init__(self, client: PoliteClient, url: str, *, query: str, retrieved_at: datetime, aside: Aside) -> None:
        self._client, self._url, self.aside = client, url, aside
        self._query, self._retrieved_at = query, retrieved_at
        self.size_limit = SIZES[0]  # shrinks to what helped after a larger page had failed

    def fetch(self, query: str, start: int, size: int, *, order: tuple[str, str], least: int = 0, goes_on: bool = False) -> Feed:
        """The entries of *query* from *start* on; a later try may ask for fewer than *size*.

        ``order`` is sort key and direction. A total below *least* is a fault, as is a page without entries before the total.
        Who *goes_on* wants the page after it next: it is asked for while this one is read aside. May be short: go on by what
        came. Raises the ``SourceError`` that the last try ended with.
        """
        asked = Echo(query, "", start, size)

        def build(reshaped: int) -> Request:
            nonlocal asked
            asked = Echo(query, "", start, size_at(start, _smaller(limit, reshaped)) or 1)
            return self._request(asked, order)

        def read(answer: Answer) -> Feed:
            if goes_on and asked.size == limit and self.aside.is_running and is_followed(answer, asked):
                after = asked.start + asked.size
                self._client.foresee(self._request(Echo(query, "", after, size_at(after, limit) or 1), order))
            return self._read_page(answer, asked, least)

        limit = min(size, self.size_limit)
        feed = self._client.fetch(build, read)
        if asked.size < limit and size_at(start, limit) != asked.size:
            self.size_limit = asked.size
        return feed

    def fetch_ids(self, ids: list[str]) -> Feed:
        """What the API has of *ids* (at most :data:`IDS_PER_REQUEST`); unknown ones are missing from it.

        Raises ``RequestRefusedError`` if one of them is malformed: then the whole list is lost.
        """
        asked = Echo("", ",".join(ids), 0, len(ids))
        return self._client.fetch(lambda _: self._request(asked, ("submittedDate", "ascending")), lambda answer: self._read(answer, asked))

    def _request(self, asked: Echo, order: tuple[str, str]) -> Request:
        parameters = {
            **({"search_query": asked.query} if asked.query else {"id_list": asked.id_list}),
            "start": str(asked.start),
            "max_results": str(asked.size),
            "sortBy": order[0],
            "sortOrder": order[1],
        }
        label = f"{host_of(self._url)} (results {asked.start} to {asked.start + asked.size})"
        url = f"{self._url}?{urlencode(parameters, safe=':()*')}"
        return Request(url, label) if len(url) <= MAX_URL_CHARACTERS else Request(self._url, label, parameters)

    def _read_page(self, answer: Answer, asked: Echo, least: int) -> Feed:
        feed = self._read(answer, asked)
        if feed.total < max(least, 1):
            before = f"where there should be at least {least:,}" if least else "in all; is the search right?"
            raise ShortAnswerError(SOURCE, answer.url, f"it announces {feed.total:,} results {before}")
        if not feed.entry_count and asked.start < feed.total:
            raise ShortAnswerError(SOURCE, answer.url, f"an empty page, {feed.total:,} results announced")
        return feed

    def _read(self, answer: Answer, asked: Echo) -> Feed:
        refuse_refusals(answer)
        feed = self.aside.call(parse_feed, answer, query=self._query, retrieved_at=self._retrieved_at)
        echo = feed.echo
        if echo and not (is_same_query(asked.query, echo.query) and echo.start == asked.start and echo.size == asked.size):
            raise MalformedAnswerError(SOURCE, answer.url, "the answer to another question")
        return feed


def is_followed(answer: Answer, asked: Echo) -> bool:
    """Whether *answer*, not read yet, looks like a whole page and announces more: a guess, wrong at the cost of one request."""
    announced = _ANNOUNCED.search(answer.body)
    is_whole = answer.body.count(_ENTRY) == asked.size and answer.body.rstrip().endswith(_END)
    return is_whole and announced is not None and asked.start + asked.size < min(int(announced[1]), CEILING)


def refuse_refusals(answer: Answer) -> None:
    """Raise ``TransientError`` for a refusal that arrived as a success: the words of the limiter, or an HTML page."""
    if answer.content_type in ("text/plain", "") and answer.body.strip()[:14].lower() == b"rate exceeded.":
        raise TransientError(FaultKind.THROTTLED, "answers 'Rate exceeded.'")
    if "html" in answer.content_type or answer.body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise TransientError(FaultKind.THROTTLED, "answers with a web page in place of data")


def _smaller(size: int, steps: int) -> int:
    """The page size *steps* below *size*, or the smallest."""
    return SIZES[min(SIZES.index(size) + steps, len(SIZES) - 1)]


def size_at(start: int, size: int) -> int | None:
    """The largest page size up to *size* that the server accepts at *start*; ``None`` close to the ceiling.

    The server's test, from its source: ``1 + round(start / size) > int(10000 / size)`` is refused.

    >>> size_at(9600, 1000)
    500
    """
    return next((one for one in SIZES if one <= size and 1 + round(start / one) <= CEILING // one), None)
