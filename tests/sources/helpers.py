"""What the tests of the sources share: a clock that does not wait, and a harvest run to its end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tracker.domain.record import Record, Rejected
from tracker.errors import SourceError
from tracker.sources.answers import Answer
from tracker.sources.base import HarvestOutcome, HarvestPage, HarvestPlan, Source

NOW = datetime(2026, 11, 23, 6, 17, tzinfo=UTC)
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


class FakeClock:
    """Time passes only by sleeping; the lot is always the smallest."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds - 1000.0)

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds

    def random(self) -> float:
        return 0.0

    @property
    def slept(self) -> float:
        return sum(self.sleeps)


@dataclass
class Known:
    """What a store would hold: keys and when they were last confirmed."""

    confirmed: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Iterable[str], at: datetime = NOW - timedelta(days=1)) -> Known:
        return cls(dict.fromkeys(keys, at))

    def count(self) -> int:
        return len(self.confirmed)

    def keys(self) -> set[str]:
        return set(self.confirmed)

    def confirmed_since(self, moment: datetime) -> set[str]:
        return {key for key, at in self.confirmed.items() if at >= moment}


@dataclass
class Run:
    """How a harvest went: its pages, and either an outcome or an error."""

    pages: list[HarvestPage]
    outcome: HarvestOutcome | None
    error: SourceError | None

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def keys(self) -> list[str]:
        return [record.key for record in self.records]

    @property
    def rejected(self) -> list[Rejected]:
        return [one for page in self.pages for one in page.rejected]

    @property
    def gone(self) -> list[str]:
        return [key for page in self.pages for key in page.gone]

    @property
    def cursor(self) -> Any:
        """The last cursor, as it comes back from a database."""
        return json.loads(json.dumps(self.pages[-1].cursor)) if self.pages else None


def run_harvest(source: Source, plan: HarvestPlan, *, most_pages: int | None = None) -> Run:
    """Harvest to the end, to an error, or until *most_pages* have come (as if the process were killed then)."""
    pages: list[HarvestPage] = []
    harvest = source.harvest(plan)
    while most_pages is None or len(pages) < most_pages:
        try:
            pages.append(next(harvest))
        except StopIteration as end:
            return Run(pages, end.value, None)
        except SourceError as error:
            return Run(pages, None, error)
    return Run(pages, None, None)


def make_plan(**changes: Any) -> HarvestPlan:
    """A first harvest of a small query."""
    return replace(HarvestPlan(query="ti:(LLM)", now=NOW), **changes)


def make_answer(body: str | bytes, *, content_type: str = "application/atom+xml") -> Answer:
    """An answer of status 200."""
    return Answer("example.org (test)", 200, content_type, body.encode() if isinstance(body, str) else body)


def read_fixture(name: str) -> bytes:
    """The bytes of ``tests/fixtures/<name>``."""
    return (FIXTURES / name).read_bytes()
