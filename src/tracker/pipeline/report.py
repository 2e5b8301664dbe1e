"""The report of a refresh: per source what was asked for, what came, and what it means. Shape and words: ``contract.md``, Commands.

Arithmetic that always holds: ``received == new + changed + unchanged``; ``enriched`` counts some of the new, ``out_of_scope``
some of the received; what was announced and neither came nor was rejected makes the source ``incomplete``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.domain.dates import format_instant
from tracker.sources.base import SourceState

SHORT = frozenset({SourceState.INCOMPLETE, SourceState.FAILED})
SHORT_EXIT_CODE = 3


@dataclass(slots=True, kw_only=True)
class SourceReport:
    """One source's part of a refresh; filled while it runs (``state`` says little until ``is_running`` is over).

    ``resumed`` counts what interrupted runs had stored of the same harvest; ``expected`` is what this run was to bring, ``None``
    until the source has said a number; ``new`` counts records that no harvest of this database had
    brought before, ``enriched`` those of them that were already shown from the shipped snapshot; ``waiting_seconds`` is the
    part of ``seconds`` spent keeping the service's pace or backing off; ``missing`` names what was announced and never came.
    """

    source: str
    state: SourceState = SourceState.SKIPPED
    is_running: bool = False
    full: bool = False
    resumed: int = 0
    expected: int | None = None
    received: int = 0
    new: int = 0
    enriched: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    out_of_scope: int = 0
    rejected: int = 0
    requests: int = 0
    seconds: float = 0.0
    waiting_seconds: float = 0.0
    error: str | None = None
    watermark: datetime | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract's object for one source, and ours beside it."""
        return {
            "state": self.state.value,
            "full": self.full,
            "resumed": self.resumed,
            "expected": self.expected,
            "received": self.received,
            "new": self.new,
            "enriched": self.enriched,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "gone": self.gone,
            "out_of_scope": self.out_of_scope,
            "rejected": self.rejected,
            "requests": self.requests,
            "seconds": round(self.seconds, 1),
            "waiting_seconds": round(self.waiting_seconds, 1),
            "error": self.error,
            "watermark": format_instant(self.watermark),
            "missing": list(self.missing),
            "notes": list(self.notes),
        }

    def in_words(self) -> str:
        """One line for the log and the terminal.

        >>> SourceReport(source="arxiv", state=SourceState.COMPLETE, expected=3, received=3, new=2, unchanged=1, requests=1).in_words()
        'arxiv: complete; 3 of 3 records received, 2 new, 0 changed, 1 unchanged, 0 out of scope; 1 request, 0 s (0 s waiting)'
        """
        if self.state is SourceState.SKIPPED:
            return f"{self.source}: skipped" + (f"; {self.error}" if self.error else "")
        parts = [f"{self.source}: {self.state.value}", self._counts(), self._cost(), *([self.error] if self.error else []), *self.notes]
        return "; ".join(parts)

    def _counts(self) -> str:
        counts = (
            f"{self.received} of {'an unknown number of' if self.expected is None else self.expected} records received, "
            f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged, {self.out_of_scope} out of scope"
        )
        extra = (
            (self.resumed, "stored by an interrupted run before"),
            (self.enriched, "known from the shipped data"),
            (self.gone, "no longer listed"),
            (self.rejected, "rejected"),
        )
        return counts + "".join(f", {count} {words}" for count, words in extra if count)

    def _cost(self) -> str:
        requests = "1 request" if self.requests == 1 else f"{self.requests} requests"
        return f"{requests}, {self.seconds:.0f} s ({self.waiting_seconds:.0f} s waiting)"


@dataclass(slots=True, kw_only=True)
class RefreshReport:
    """One refresh. ``records`` and ``works`` count what the store holds afterwards; ``sources`` is in the order of the settings."""

    started_at: datetime
    taxonomy: str
    trigger: str = "cli"
    seconds: float = 0.0
    cancelled: bool = False
    sources: dict[str, SourceReport] = field(default_factory=dict)
    records: int = 0
    works: int = 0

    @property
    def exit_code(self) -> int:
        """3 if a source failed or answered short, else 0."""
        return SHORT_EXIT_CODE if any(one.state in SHORT for one in self.sources.values()) else 0

    def trouble_in_words(self) -> str | None:
        """What went wrong, one sentence per source that fell short; ``None`` if all is well."""
        return "; ".join(one.error or one.state.value for one in self.sources.values() if one.state in SHORT) or None

    def to_json(self) -> dict[str, Any]:
        """The contract's object."""
        return {
            "started_at": format_instant(self.started_at),
            "seconds": round(self.seconds, 1),
            "trigger": self.trigger,
            "cancelled": self.cancelled,
            "taxonomy": self.taxonomy,
            "sources": {name: one.to_json() for name, one in self.sources.items()},
            "records": self.records,
            "works": self.works,
        }

    def in_words(self) -> str:
        """One line a source and one for the whole, for a person at a terminal."""
        lines = [one.in_words() for one in self.sources.values()]
        return "\n".join([*lines, f"{self.records} records of {self.works} works stored; {self.seconds:.0f} s"])


def progress_json(sources: Mapping[str, SourceReport]) -> dict[str, Any]:
    """What a running job tells every process: per source how far it is."""
    return {
        name: {
            "state": "running" if one.is_running else one.state.value,
            "received": one.received,
            "expected": one.expected,
            "requests": one.requests,
            "message": one.error or "",
        }
        for name, one in sources.items()
    }
