"""The second road to arXiv's recent changes: its OAI-PMH service, on another host, where the API refuses.

It knows no search: whole sets are read from a day on, and the query's terms are applied here. It lists papers by the day
anything about them changed, so nothing recent is missed inside the sets; outside them, and where only arXiv's stemming would
have found a word, it finds less. So it is a stand-in for a day: the watermark stays, and the API fills the gaps later.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from tracker.domain.record import Record
from tracker.errors import MalformedAnswerError
from tracker.sources.answers import Answer, Request
from tracker.sources.arxiv_feed import SOURCE
from tracker.sources.arxiv_pages import refuse_refusals
from tracker.sources.arxiv_raw import RecordList, parse_record_list
from tracker.sources.arxiv_sweep import Versions
from tracker.sources.base import HarvestOutcome, HarvestPage, HarvestPlan, SourceOptions
from tracker.sources.http import PoliteClient, host_of

MARGIN = timedelta(days=1)  # its days are not UTC's


class SecondRoad:
    """Recent changes by OAI-PMH, asked through the API's own *client* and so at its pace."""

    def __init__(self, client: PoliteClient, options: SourceOptions, plan: HarvestPlan) -> None:
        self._client, self._options, self._plan = client, options, plan
        self._read_count = 0

    @staticmethod
    def is_open(options: SourceOptions) -> bool:
        """Whether there is an address, something to read there, and a way to tell what belongs to us."""
        return bool(options.oai_url and options.oai_sets and options.is_match)

    def run(self, seen: Versions) -> Generator[HarvestPage, None, HarvestOutcome]:
        """Yield what matches and is not in *seen* (which grows); return an outcome whose watermark has not moved."""
        assert self._plan.watermark is not None
        since = (self._plan.watermark - MARGIN).date()
        for name in self._options.oai_sets:
            for listed in self._walk(name, since):
                self._read_count += len(listed.records)
                yield self._page(listed, seen, name)
        note = (
            f"arXiv's API refused, so changes since {since} were read from its OAI-PMH service: {self._read_count:,} records of"
            f" {', '.join(self._options.oai_sets)}; what stands elsewhere follows when the API answers again"
        )
        return HarvestOutcome(expected=len(seen), watermark=self._plan.watermark, notes=(note,))

    def _walk(self, name: str, since: date) -> Iterator[RecordList]:
        """The pages of one set."""
        parameters = {"metadataPrefix": "arXivRaw", "set": name, "from": since.isoformat()}
        tokens: set[str] = set()
        while True:
            listed = self._fetch(parameters, name)
            yield listed
            if listed.token is None:
                return
            if listed.token in tokens:
                raise MalformedAnswerError(SOURCE, host_of(self._options.oai_url or ""), "a list that leads in a circle")
            tokens.add(listed.token)
            parameters = {"resumptionToken": listed.token}

    def _fetch(self, parameters: dict[str, str], name: str) -> RecordList:
        address = self._options.oai_url or ""
        request = Request(f"{address}?{urlencode({'verb': 'ListRecords'} | parameters)}", f"{host_of(address)} (changes in {name})")

        def read(answer: Answer) -> RecordList:
            refuse_refusals(answer)
            return parse_record_list(answer, query=self._plan.query, retrieved_at=self._plan.now)

        return self._client.fetch(lambda _: request, read)

    def _page(self, listed: RecordList, seen: Versions, name: str) -> HarvestPage:
        records = [record for record in self._matching(listed.records) if (record.version or 1) > seen.get(record.arxiv_id or "", 0)]
        seen |= {record.arxiv_id or "": record.version or 1 for record in records}
        return HarvestPage(url=f"changes in {name}", records=records, expected=len(seen))

    def _matching(self, records: Sequence[Record]) -> Iterator[Record]:
        is_match = self._options.is_match
        return (record for record in records if is_match is not None and is_match(record.title, record.abstract))
