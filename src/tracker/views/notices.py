"""What every page says about its data: how fresh each source is, and that a sample is a sample. Sentences only, no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tracker.domain.dates import PartialDate
from tracker.store.base import HarvestState
from tracker.views.wording import any_of, date_in_words

SOURCE_NAMES = {"arxiv": "arXiv", "pubmed": "PubMed"}
STALE_AFTER = timedelta(days=3)  # amber: both services publish on working days, so a weekend is not stale
OLD_AFTER = timedelta(days=10)  # red


@dataclass(frozen=True, slots=True)
class Freshness:
    """How one source stands: ``mark`` is the state whose shape is drawn, ``sentence`` says it in words."""

    source: str
    mark: str
    sentence: str


def freshness(states: Mapping[str, HarvestState], sources: Sequence[str], *, now: datetime) -> list[Freshness]:
    """One line a source, in the order of *sources*."""
    return [_fresh(source, states.get(source), now) for source in sources]


def _fresh(source: str, state: HarvestState | None, now: datetime) -> Freshness:
    name = SOURCE_NAMES.get(source, source)
    if state is None or state.last_success_at is None:
        tried = state is not None and state.state in ("failed", "incomplete")
        return Freshness(source, "failed" if tried else "skipped", f"{name} never gathered completely")
    age = now - state.last_success_at
    if state.state == "failed":
        return Freshness(
            source, "failed", f"{name} failed {ago(state.last_run_at, now)}; shown: {date_in_words(state.last_success_at.date())}"
        )
    if state.state == "incomplete":
        return Freshness(source, "incomplete", f"{name} answered short {ago(state.last_run_at, now)}")
    if age > STALE_AFTER:
        return Freshness(source, "failed" if age > OLD_AFTER else "incomplete", f"{name} last complete {ago(state.last_success_at, now)}")
    return Freshness(source, "complete", f"{name} complete to {date_in_words(state.last_success_at.date())}")


def ago(at: datetime | None, now: datetime) -> str:
    """How long *at* is past, in the unit people would use: ``just now``, ``5 minutes ago``, ``3 days ago``."""
    if at is None:
        return "at an unknown time"
    seconds = max(0, int((now - at).total_seconds()))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def is_sample(states: Mapping[str, HarvestState], about: Mapping[str, Any], sources: Sequence[str]) -> bool:
    """Whether the shipped sample still stands in for a source that was never gathered completely."""
    return bool(_sample_words(about)) and bool(_missing(states, sources))


def data_day(states: Mapping[str, HarvestState], newest: date | None, *, now: datetime) -> date:
    """The day the data speak of; the month that holds it is not over.

    That of the *newest* paper, or of the last success of the source that is further behind, whichever is earlier: no month after
    it may look like a collapse.
    """
    successes = [state.last_success_at.date() for state in states.values() if state.last_success_at]
    return min([now.date(), *([newest] if newest else []), *([min(successes)] if successes else [])])


def reach(states: Mapping[str, HarvestState], as_of: date, *, sample: bool) -> str:
    """How far the data go, for source lines: the day of the less recent harvest, or the sample's last month."""
    successes = [state.last_success_at.date() for state in states.values() if state.last_success_at]
    if sample or not successes:
        return f"to {date_in_words(PartialDate.of(as_of).to_month())}"
    return f"by {date_in_words(min(successes))}"


def sample_sentence(
    states: Mapping[str, HarvestState], about: Mapping[str, Any], sources: Sequence[str], *, until: date | None
) -> str | None:
    """What the banner says while the shipped sample stands in, with the month of its newest paper; ``None`` if it does not."""
    if not is_sample(states, about, sources):
        return None
    missing = _missing(states, sources)
    whose = "" if len(missing) == len(sources) else f" for {any_of([SOURCE_NAMES.get(source, source) for source in missing], 'and')}"
    reach = (
        f" It goes to {date_in_words(PartialDate.of(until).to_month())} and is not a complete harvest;"
        if until
        else " It is not a complete harvest;"
    )
    return f"**A sample, not the field{whose}:** {_sample_words(about).rstrip('.')}.{reach} do not cite these numbers."


def thin_before(about: Mapping[str, Any]) -> date | None:
    """The first day from which the sample is dense, where its about file names one (``thin_before``: YYYY-MM)."""
    try:
        return PartialDate.parse(str((about.get("snapshot") or {}).get("thin_before"))).first_day()
    except ValueError:
        return None


def _sample_words(about: Mapping[str, Any]) -> str:
    return str((about.get("snapshot") or {}).get("sample") or "")


def _missing(states: Mapping[str, HarvestState], sources: Sequence[str]) -> list[str]:
    return [source for source in sources if source not in states or states[source].last_success_at is None]
