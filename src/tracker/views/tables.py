"""The numbers of each figure in other forms: as the figure's input, as one sentence for who cannot see it, as CSV to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.views.findings import lower, month_name, share_in_words
from tracker.views.frames import FacetCounts
from tracker.views.periods import Periods
from tracker.views.wording import any_of, count_in_words

SHOWN_MONTHS = 48  # bars in the figure; what is older stands in the numbers to take away


@dataclass(frozen=True, slots=True)
class RecentMonths:
    """The months a figure shows: parallel, oldest first. ``earlier`` papers are older than the first."""

    starts: tuple[date, ...]
    counts: tuple[int, ...]
    mean: tuple[float | None, ...]
    earlier: int


def recent_months(periods: Periods, *, thin_before: date | None = None) -> RecentMonths:
    """The newest ``SHOWN_MONTHS`` of *periods*; their mean takes no month before *thin_before* in."""
    cut = max(0, len(periods.starts) - SHOWN_MONTHS)
    return RecentMonths(periods.starts[cut:], periods.totals[cut:], periods.mean(since=thin_before)[cut:], sum(periods.totals[:cut]))


def months_subtitle(recent: RecentMonths, periods: Periods, noun: str) -> str:
    """Unit, period, what is left out, and how the line was made."""
    if not recent.starts:
        return f"No {noun} here is dated to the month."
    first, last = month_name(recent.starts[0]), month_name(recent.starts[-1])
    span = f"{first} to {last}" if first != last else first
    missing = recent.earlier + periods.left_out + periods.too_late
    left_out = (
        f" {count_in_words(missing, noun)} older or not dated to the month {'is' if missing == 1 else 'are'} not drawn." if missing else ""
    )
    return f"{noun.capitalize()}s first published per month, {span}.{left_out} Line: centred 3-month mean."


def months_in_words(recent: RecentMonths, noun: str) -> str:
    """The figure in one sentence."""
    if not recent.starts:
        return f"No {noun} is dated to the month."
    top = max(range(len(recent.counts)), key=lambda place: recent.counts[place])
    newest = ", ".join(f"{month_name(start)} {count}" for start, count in list(zip(recent.starts, recent.counts, strict=True))[-6:])
    most = f"most in {month_name(recent.starts[top])} ({recent.counts[top]})"
    return f"Bars of {noun}s per month; {most}; the newest: {newest}, the last not over."


def months_csv(periods: Periods) -> bytes:
    """All months with their counts; ``complete`` is 0 for a month that is not over."""
    labels = list(periods.counts)
    lines = [
        [start.isoformat()[:7], total, int(start < periods.open_from), *(periods.counts[label][place] for label in labels)]
        for place, (start, total) in enumerate(zip(periods.starts, periods.totals, strict=True))
    ]
    return to_csv([periods.grain, "count", "complete", *labels], lines)


def by_count(counts: FacetCounts) -> FacetCounts:
    """The same, most frequent first."""
    return FacetCounts(tuple(sorted(counts.labels, key=lambda one: -one.share.count)), counts.without)


def bars(counts: FacetCounts) -> tuple[list[str], list[int], list[str]]:
    """Names, counts and the texts at the bars' ends."""
    texts = [f"<b>{one.share.count:,}</b>  {share_in_words(one.share)}".strip() for one in counts.labels]
    return [one.label.short_name for one in counts.labels], [one.share.count for one in counts.labels], texts


def denominator(counts: FacetCounts) -> str:
    """Of how many the bars are: ``% of 1,037``, or ``of 7`` where there are too few for shares."""
    of_all = counts.labels[0].share
    return f"{'% ' if of_all.is_enough else ''}of {of_all.n:,}"


def bars_in_words(counts: FacetCounts, noun: str) -> str:
    """The bars in one sentence."""
    return f"{noun.capitalize()}s: {any_of([f'{lower(one.label)} {one.share.count:,}' for one in counts.labels], 'and')}."


def labels_csv(counts: FacetCounts) -> bytes:
    """One line a label; ``share`` (0 to 1) with its 95 % interval, of ``of`` papers."""
    lines = [
        [
            one.label.key,
            one.label.name,
            one.share.count,
            one.share.n,
            f"{one.share.share:.4f}",
            f"{one.share.low:.4f}",
            f"{one.share.high:.4f}",
        ]
        for one in counts.labels
    ]
    return to_csv(["label", "name", "count", "of", "share", "low", "high"], lines)


def to_csv(names: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180, UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(lines)
    return text.getvalue().encode()
