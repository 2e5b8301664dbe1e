"""The sentences of the trends and of the four calls, written from the data; fallbacks where there is little. Rules: :mod:`.findings`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations

from tracker.domain.taxonomy import Label
from tracker.views.findings import lower, month_name
from tracker.views.frames import FacetCounts
from tracker.views.periods import QUARTER, YEAR, Comparison, Periods
from tracker.views.statistics import TOO_FEW, Difference, Share
from tracker.views.trends import COUNTS, FEWEST_PERIODS, Group
from tracker.views.wording import MONTHS, any_of, count_in_words, percent

_SPANS = {12: ("year", "one year"), 6: ("half-year", "one half-year")}


def page(comparison: Comparison | None, noun: str, *, standing: int) -> str:
    """The sentence over the page: the last complete months against as many before, with its interval."""
    if comparison is None:
        return f"**{count_in_words(standing, noun)}**; too short a time is covered to compare one half-year with another."
    total = comparison.total
    span = f"from {_SPANS[comparison.months][1]} to the next"
    if not total.is_enough:
        return f"**{total.before:,} → {total.after:,}** {noun}{'' if total.after == 1 else 's'} {span}: too few to say more."
    if not total.before:
        return f"**{total.after:,}** {noun}s in the last {_SPANS[comparison.months][0]}, none in the one before."
    beyond = [one for one in comparison.labels.values() if one.is_beyond_chance]
    sure = [one for one in comparison.labels.values() if one.is_enough]
    moved = f" {len(beyond) or 'None'} of {len(sure)} labels with enough {noun}s moved by more than chance." if sure else ""
    interval = f"{total.ratio:.2f}×, 95% interval {total.low:.2f} to {total.high:.2f}"
    return f"**{total.before:,} → {total.after:,}** {noun}s {span} ({interval}).{moved}"


def span_in_words(comparison: Comparison) -> str:
    """``Feb–Jul 2026 against Aug 2025–Jan 2026``: only complete months."""
    before_to = date(comparison.after_from.year - (comparison.after_from.month == 1), (comparison.after_from.month - 2) % 12 + 1, 1)
    return f"{_months(comparison.after_from, comparison.after_to)} against {_months(comparison.before_from, before_to)}"


def panels(periods: Periods, groups: Sequence[Group], values: str, noun: str) -> str:
    """The heading of the panels: the way of the group that is largest in the last complete period."""
    last = periods.complete - 1
    leading = max(groups, key=lambda group: periods.counts[group.key][last])
    then, now = period_name(periods.starts[0], periods.grain), period_name(periods.starts[last], periods.grain)
    if not periods.counts[leading.key][last]:
        return f"No {noun} of {now} is in any of these groups"
    if values == COUNTS:
        first = count_in_words(periods.counts[leading.key][0], noun)
        return f"{leading.name}: {first} in {then}, {periods.counts[leading.key][last]:,} in {now}"
    shares = periods.shares(leading.key)
    if not shares[last].is_enough:
        return f"Too few {noun}s in {now} for shares"
    share = percent(shares[last].share)
    if not shares[0].is_enough:
        return f"{leading.name}: {share} of {noun}s in {now}"
    return f"{leading.name}: {percent(shares[0].share)} of {noun}s in {then}, {share} in {now}"


def panels_subtitle(periods: Periods, by: str, values: str, noun: str, *, has_ghosts: bool = False) -> str:
    """Unit, denominator, what is left out, and what the shaded ground means."""
    numbers = periods.totals[: periods.complete]
    several = {"source": f"A {noun} found in both is in both."}.get(by, f"A {noun} can be in several.")
    if values == COUNTS:
        unit = f"{noun.capitalize()}s per {periods.grain}. {several}{' Grey: the others.' if has_ghosts else ''}"
    else:
        denominator = f"% of all {noun}s of the {periods.grain} (n = {min(numbers):,} to {max(numbers):,})"
        unit = f"{denominator}, with 95% interval. {several} No share under {TOO_FEW} {noun}s."
    return f"{unit} {_open_in_words(periods)}".strip()


def too_short(periods: Periods, noun: str) -> tuple[str, str]:
    """Heading and sentence in place of lines, where fewer than ``FEWEST_PERIODS`` periods are over."""
    count, held = periods.complete, sum(periods.totals[: periods.complete])
    missing = f"{count_in_words(periods.left_out, noun)} not dated that finely." if periods.left_out else ""
    return (
        f"Too few whole {periods.grain}s for a line",
        f"A line takes {FEWEST_PERIODS}; {count or 'none'} {'is' if count == 1 else 'are'} covered, with {count_in_words(held, noun)}. "
        f"{missing or 'Try a shorter period, or widen the dates.'}",
    )


def growth(comparison: Comparison, noun: str) -> str:
    """The heading of the intervals: how many labels rose and fell beyond chance."""
    sure = [one for one in comparison.labels.values() if one.is_enough]
    rose = sum(one.is_beyond_chance and one.ratio > 1 for one in sure)
    fell = sum(one.is_beyond_chance and one.ratio < 1 for one in sure)
    if not sure:
        return f"Too few {noun}s of any label to compare"
    if not rose and not fell:
        return f"None of {len(sure)} labels moved beyond chance"
    return f"{rose or 'None'} of {len(sure)} labels rose beyond chance, {fell or 'none'} fell"


def growth_subtitle(comparison: Comparison, noun: str) -> str:
    """What is compared, and how many would stand out by luck."""
    sure = sum(one.is_enough for one in comparison.labels.values())
    luck = f" Of {sure} intervals about {max(1, round(sure / 20))} would leave it out by luck." if sure >= TOO_FEW / 2 else ""
    return (
        f"Ratio of {noun}s, {span_in_words(comparison)}, with 95% interval; numbers: before → after. "
        f"Filled: the interval leaves “same” out.{luck}"
    )


def calls(counts: FacetCounts, total: int, noun: str) -> str:
    """The one sentence on the four calls: how many heed each, and how many none."""
    if total < TOO_FEW:
        return f"**{count_in_words(total, noun)}**: too few for shares."
    ranked = sorted(counts.labels, key=lambda one: -one.share.count)
    said = [f"{lower(one.label)} **{percent(one.share.share)}**" for one in ranked]
    none = Share(counts.without, total)
    return (
        f"Of {total:,} {noun}s, **{percent(none.share)}** show no sign of any of the four calls. Heeded: {any_of(said, 'and')} of {noun}s."
    )


def calls_change(comparison: Comparison | None, labels: Sequence[Label], noun: str) -> str:
    """The heading of the calls over time: which share rose or fell beyond chance."""
    if comparison is None:
        return f"The four calls over time, % of {noun}s"
    changes = {label: comparison.difference(label.key) for label in labels}
    if not any(one.is_enough for one in changes.values()):
        return f"Too few {noun}s to say whether the calls are heeded more"
    moved = {label: one for label, one in changes.items() if one.is_beyond_chance}
    if not moved:
        return f"No call's share moved beyond chance from {_SPANS[comparison.months][1]} to the next"
    return "; ".join(f"{label.short_name} {_moved(one)}" for label, one in moved.items())


def calls_by_area(shares: Mapping[Label, Mapping[Label, Share]]) -> str:
    """The heading of the calls by area: where two areas differ most beyond chance. Shares by call, then by area."""
    gaps = [
        (call, low, high, Difference(areas[low], areas[high]))
        for call, areas in shares.items()
        for low, high in (sorted(pair, key=lambda area: areas[area].share) for pair in combinations(areas, 2))
    ]
    beyond = [gap for gap in gaps if gap[3].is_beyond_chance]
    if not beyond:
        return "No call is heeded more in one area than in another, beyond chance"
    call, low, high, gap = max(beyond, key=lambda one: one[3].value)
    return f"{call.short_name}: {percent(gap.after.share)} in {lower(high)}, {percent(gap.before.share)} in {lower(low)}"


def period_name(start: date, grain: str) -> str:
    """A period inside a sentence: ``Q2 2026``, ``Jun 2026``, ``2026``."""
    if grain == YEAR:
        return str(start.year)
    return f"Q{(start.month + 2) // 3} {start.year}" if grain == QUARTER else month_name(start)


def _moved(change: Difference) -> str:
    way = "rose" if change.value > 0 else "fell"
    return f"{way} from {percent(change.before.share)} to {percent(change.after.share)}"


def _months(first: date, last: date) -> str:
    start = MONTHS[first.month - 1] if first.year == last.year else month_name(first)
    return f"{start}–{month_name(last)}"


def _open_in_words(periods: Periods) -> str:
    if periods.complete >= len(periods.starts):
        return ""
    name = period_name(periods.starts[periods.complete], periods.grain)
    return f"Shaded: {name} is not over and in no number."
