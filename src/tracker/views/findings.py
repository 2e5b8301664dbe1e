"""The sentences above pages and figures, written from the data: each claim with its number, and a fallback where nothing stands out.

``**…**`` sets a number in bold. House rules: no percentage and no ratio where :mod:`tracker.views.statistics` says there are too
few, never a cause, "none" and not "0" in sentences, and a sentence must be true of all that the figure under it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from tracker.domain.taxonomy import Label
from tracker.store.base import NO_DAY
from tracker.views.changes import Changes
from tracker.views.frames import Cards, FacetCounts, LabelCount
from tracker.views.gaps import Cell
from tracker.views.index import Selection
from tracker.views.periods import Comparison, Periods
from tracker.views.statistics import TOO_FEW, Share
from tracker.views.wording import MONTHS, any_of, count_in_digits, count_in_words, percent

HALF_YEAR = 6  # months compared above the bars of months
_TO_THE_MONTH = 2  # the index's precision of a date known to the month


def papers(selection: Selection) -> str:
    """From when to when the selected works are, and how many have a journal version."""
    if not selection.count:
        return ""
    counted = f"**{selection.count:,}** {selection.unit.removesuffix('s') if selection.count == 1 else selection.unit}"
    span = _span(selection)
    if not span:
        return f"{counted}, undated."
    published = int(np.count_nonzero(~selection.rows.is_unreviewed[selection.mask]))
    if published == selection.count:
        return f"{counted} {span}, all with a journal version."
    if not published:
        return f"{counted} {span}; none has a journal version."
    return f"{counted} {span}; {published:,} {'has' if published == 1 else 'have'} a journal version, the rest are preprints only."


def overview(areas: FacetCounts, cards: Cards, noun: str) -> str:
    """Which application leads and which trails, and how many works name a risk."""
    if cards.total < TOO_FEW:
        return f"**{count_in_words(cards.total, noun)}**: too few for shares."
    most, least = _ends(areas.labels)
    risk = f"**{percent(cards.any_risk.share)}** name at least one risk."
    if most.share.count == least.share.count:
        return f"Each area of application has {count_in_words(most.share.count, noun)}. {risk}"
    leads = f"Most {noun}s are about" if most.share.count * 2 > cards.total else "The largest area is"
    count = least.share.count
    trails = f"only **{count:,}** {'is' if count == 1 else 'are'}" if count else "none is"
    return f"{leads} **{lower(most.label)}** ({most.share.count:,} of {cards.total:,}); {trails} about {lower(least.label)}. {risk}"


def months(periods: Periods, comparison: Comparison | None, noun: str) -> str:
    """The heading of the bars of months: two half-years compared, or what is shown where that cannot be said (``None``)."""
    if not periods.complete:
        return f"{noun.capitalize()}s per month"
    last = f"{count_in_words(periods.totals[periods.complete - 1], noun)} in {month_name(periods.starts[periods.complete - 1])}"
    if comparison is None or not comparison.total.is_enough:
        return f"{last[:1].upper()}{last[1:]}, the last full month"
    span = f"{MONTHS[comparison.after_from.month - 1]}–{month_name(comparison.after_to)}"
    growth = comparison.total
    now, then = growth.after / HALF_YEAR, growth.before / HALF_YEAR
    if not growth.is_beyond_chance:
        return f"About {_a_month(now, noun)} in {span}, much as in the half-year before ({then:.0f})"
    return f"{_a_month(now, noun)} in {span}, {'up' if now > then else 'down'} from {then:.0f} in the half-year before"


def applications(areas: FacetCounts, noun: str) -> str:
    """The heading of the bars of applications: who leads, or what is shown where there are too few to say."""
    most, least = _ends(areas.labels)
    if not most.share.is_enough:
        return f"{_upper(count_in_words(most.share.n, noun))} by area of application"
    leaders = [one.label for one in areas.labels if one.share.count == most.share.count]
    if most.share.count == least.share.count:
        return "The areas of application are level"
    if len(leaders) > 1:
        return f"{_upper(any_of([lower(label) for label in leaders], 'and'))} lead"
    return f"{most.label.short_name} leads, {lower(least.label)} trails"


def calls(counts: FacetCounts, noun: str) -> str:
    """The heading of the bars of the four calls: how many show none of them."""
    total = counts.labels[0].share.n
    none = Share(counts.without, total)
    if not none.is_enough:
        verb = "heeds" if counts.without == 1 else "heed"
        return f"{counts.without:,} of {count_in_digits(total, noun)} {verb} none of the four calls"
    return f"{percent(none.share)} of {noun}s heed none of the four calls" if none.count else f"Every {noun} heeds one of the four calls"


def risks(counts: FacetCounts, noun: str) -> str:
    """The heading of the bars of risks: which is named most, or what is shown where there are too few to say."""
    most, _ = _ends(counts.labels)
    if not most.share.count:
        return f"No {noun} here names a risk"
    if not most.share.is_enough:
        return f"{count_in_words(most.share.n, noun)} by the risks {'it names' if most.share.n == 1 else 'they name'}"
    leaders = [one.label for one in counts.labels if one.share.count == most.share.count]
    if len(leaders) > 1:
        return f"{_upper(any_of([lower(label) for label in leaders], 'and'))} are named most"
    return f"{most.label.short_name} is the risk named most"


def widest_gap(cell: Cell, noun: str) -> tuple[str, str]:
    """Title and sentence of the box on the widest gap."""
    count = cell.count
    named = f"{count:,} of {cell.share.n:,} {noun}s in {lower(cell.row)} name{'s' if count == 1 else ''} it." if count else ""
    none = f"None of {cell.share.n:,} {noun}s in {lower(cell.row)} names it."
    return f"Widest gap: {lower(cell.column)} in {lower(cell.row)}", named or none


def whats_new(changes: Changes, noun: str) -> str:
    """How much changed since the day; that the sample came at once is no news."""
    if changes.only_snapshot:
        count = count_in_words(changes.count("new"), noun)
        return f"All **{count}** came with the sample that ships; the next refresh brings what is new since."
    return changes.in_words(bold="**")


def interval_in_words(share: Share) -> str:
    """A share's interval as a card's small print, ``39–45% (95% CI)``; empty where there are too few."""
    return f"{share.low * 100:.0f}–{share.high * 100:.0f}% (95% CI)" if share.is_enough else ""


def share_in_words(share: Share) -> str:
    """The share as whole per cent; empty where there are too few."""
    return percent(share.share) if share.is_enough else ""


def month_name(first: date) -> str:
    """``Aug 2026``."""
    return f"{MONTHS[first.month - 1]} {first.year}"


def lower(label: Label) -> str:
    """The label's name inside a sentence; abbreviations keep their capitals."""
    name = label.short_name
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def _ends(counts: Sequence[LabelCount]) -> tuple[LabelCount, LabelCount]:
    ranked = sorted(counts, key=lambda one: -one.share.count)
    return ranked[0], ranked[-1]


def _span(selection: Selection) -> str:
    """From the year of the earliest to the month of the latest date; empty if there is none. A year alone says nothing of months."""
    rows, mask = selection.rows, selection.mask
    days = rows.published_first[mask & (rows.published_first != NO_DAY)]
    if not len(days):
        return ""
    start, end = _day(days.min()).year, str(_day(days.max()).year)
    to_the_month = rows.published_first[mask & (rows.precision >= _TO_THE_MONTH)]
    if len(to_the_month) and _day(to_the_month.max()).year == int(end):
        end = month_name(_day(to_the_month.max()))
    return f"from {start} to {end}" if str(start) != end else f"of {end}"


def _day(number: np.int32) -> date:
    return date(1970, 1, 1) + timedelta(days=int(number))


def _a_month(mean: float, noun: str) -> str:
    return f"{count_in_digits(round(mean), noun)} a month"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
