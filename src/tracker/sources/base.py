"""What every source offers, and the pages it yields.

A harvest is lazy: the pipeline takes a page, stores it in one transaction together with ``cursor``, and only then asks for
the next. So a run killed at any moment resumes where the last stored page ended. Sources never see the database; what they
need to know of it comes in :class:`HarvestPlan`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from tracker.domain.record import Record, Rejected


class SourceState(StrEnum):
    """How a harvest ended; the words of the contract, in code, reports and screens."""

    COMPLETE = "complete"  # all that was asked for is stored
    UNCHANGED = "unchanged"  # answered, nothing new
    INCOMPLETE = "incomplete"  # answered short; what came is stored, the watermark did not move
    FAILED = "failed"  # nothing stored
    SKIPPED = "skipped"  # not asked


class KnownRecords(Protocol):
    """What the store already holds of one source, asked lazily so that a large store costs no memory."""

    def count(self) -> int:
        """Records of the source that its last complete harvests confirmed (snapshot-only ones left out)."""
        ...

    def keys(self) -> set[str]:
        """Their keys."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestPlan:
    """What to ask for. ``watermark`` is ``None`` before the first complete harvest; ``cursor`` continues an interrupted one.

    ``full`` asks for everything whatever the watermark. ``last_total`` is what the service announced at the last complete
    harvest (``None`` = never): a fall to 0 or by more than 5 % is a fault, not news.
    """

    query: str
    now: datetime
    watermark: datetime | None = None
    full: bool = False
    cursor: Mapping[str, Any] | None = None
    last_total: int | None = None
    last_success_at: datetime | None = None
    known: KnownRecords | None = None
    is_cancelled: Callable[[], bool] = bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestPage:
    """Records of one answer, in its order, with what is needed to go on from here.

    ``cursor`` is plain JSON; ``None`` once nothing is left to resume. ``expected`` is the number of records the whole harvest
    will bring as far as known now. ``gone`` are keys that the service no longer lists.
    """

    url: str
    records: Sequence[Record] = ()
    rejected: Sequence[Rejected] = ()
    expected: int | None = None
    cursor: Mapping[str, Any] | None = None
    gone: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestOutcome:
    """How a harvest ended: the generator's return value.

    ``missing`` names what was announced and never came (then the harvest is incomplete and the watermark stays);
    ``watermark`` is the new one, ``total`` what the service announced for the whole query, ``notes`` what a reader of the
    report should know (ignored phrases, the second road taken, …).
    """

    expected: int
    watermark: datetime | None
    total: int | None = None
    full: bool = False
    missing: Sequence[str] = ()
    notes: Sequence[str] = ()
    cursor: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Traffic:
    """What a source's requests cost so far; read by the run report at any time."""

    requests: int = 0
    waited_seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)


class Source(Protocol):
    """A service records come from."""

    name: str
    traffic: Traffic

    def harvest(self, plan: HarvestPlan) -> Iterator[HarvestPage]:
        """Yield pages as *plan* asks; the generator returns a :class:`HarvestOutcome`.

        Raises ``SourceError`` when the service gives no trustworthy answer; pages yielded before stay valid.
        """
        ...
