"""A source that plays back a script instead of asking a service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from fakes import NOW, make_record
from tracker.domain.record import Record
from tracker.sources.base import HarvestOutcome, HarvestPage, HarvestPlan, Traffic

Step = HarvestPage | Exception | Callable[[], None]


class FakeSource:
    """Yields the pages of its script, raises its errors, calls its functions; remembers the plans it was given."""

    def __init__(self, name: str, *steps: Step, outcome: HarvestOutcome | None = None) -> None:
        self.name, self.traffic, self.plans = name, Traffic(), list[HarvestPlan]()
        self._steps, self._outcome = steps, outcome

    def harvest(self, plan: HarvestPlan) -> Iterator[HarvestPage]:
        """Play the script; see ``Source``."""
        self.plans.append(plan)
        came = 0
        for step in self._steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, HarvestPage):
                self.traffic.requests += 1
                came += len(step.records) + len(step.rejected)
                yield step
            else:
                step()
        return self._outcome or HarvestOutcome(expected=came, watermark=NOW, total=came)


def make_page(*records: Record, **changes: Any) -> HarvestPage:
    """A page of *records*, all there is to come."""
    return HarvestPage(
        **({"url": "http://127.0.0.1/", "records": records, "expected": len(records), "cursor": {"after": len(records)}} | changes)
    )


def make_records(count: int, *, source: str = "arxiv", first: int = 1, **changes: Any) -> Sequence[Record]:
    """Records numbered from *first*."""
    start = "arxiv:2401." if source == "arxiv" else "pubmed:38"
    return [make_record(source=source, key=f"{start}{number:05}", **changes) for number in range(first, first + count)]


class Clock:
    """An instant that stands still until it is moved."""

    def __init__(self, instant: datetime = NOW) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        return self.instant
