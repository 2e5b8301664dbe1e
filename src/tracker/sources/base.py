"""What every source offers, and the pages it yields.

A harvest is lazy: it asks for a page when the pipeline takes one. The pipeline stores each page in one transaction together with
its ``cursor``, and may take the next ones meanwhile, so a page must not count on the store holding those before it. A run killed
at any moment resumes where the last stored page ended. Sources never see the database; what they need to know of it comes in
:class:`HarvestPlan`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
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

    def confirmed_since(self, moment: datetime) -> set[str]:
        """Keys of the records that a harvest brought (again) at or after *moment*: what need not be asked for once more."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestPlan:
    """What to ask for. ``watermark`` is ``None`` before the first complete harvest; ``cursor`` continues an interrupted one.

    ``full`` asks for everything whatever the watermark; the source may also widen a harvest to a full one by itself (it says so
    in its outcome). A cursor that does not fit the plan is ignored, never an error. ``last_total`` is what the service
    announced at the last complete harvest (``None`` = never): a fall to 0 or by more than 5 % is a fault, not news.
    ``is_cancelled`` is asked before every request and while waiting.
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

    ``cursor`` is plain JSON; it replaces the one before. ``expected`` is the number of records the whole harvest will bring as
    far as known now, those of the interrupted runs it continues included. ``gone`` are keys that the service no longer has
    (asked twice, in two ways). A record may come again on a later page, with a higher version; then the later one counts.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """How to reach a service. The API key is kept out of ``repr``, logs, error texts and the database.

    ``pace`` multiplies every pause and back-off. ``state_dir`` is where the processes of this machine agree on the pace
    (``None`` = a folder of this user in the system's temporary one). The second road to arXiv is open where ``oai_url``,
    ``oai_sets`` and ``is_match`` (title, abstract → would the query find it?) are all given. ``reads_aside`` allows a helper
    process for reading long answers.
    """

    url: str
    oai_url: str | None = None
    oai_sets: Sequence[str] = ()
    is_match: Callable[[str, str | None], bool] | None = None
    pace: float = 1.0
    contact_email: str | None = None
    api_key: str | None = field(default=None, repr=False)
    state_dir: Path | None = None
    reads_aside: bool = False


class Source(Protocol):
    """A service records come from."""

    name: str
    traffic: Traffic

    def harvest(self, plan: HarvestPlan) -> Iterator[HarvestPage]:
        """Yield pages as *plan* asks; the generator returns a :class:`HarvestOutcome`.

        Raises ``SourceError`` when the service gives no trustworthy answer; pages yielded before stay valid. Worth telling
        apart: ``SourceUnavailableError`` (``retry_after_seconds`` is for the schedule's circuit breaker),
        ``SourceForbiddenError`` (a person must look), ``HarvestCancelledError`` (``plan.is_cancelled`` said so).
        """
        ...
