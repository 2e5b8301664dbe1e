"""The numbers of the trends in other forms: as the figures' input, as one sentence for who cannot see them, as CSV, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracker.domain.taxonomy import Label
from tracker.views import html
from tracker.views.bits import count_bits
from tracker.views.findings import lower
from tracker.views.index import Selection
from tracker.views.palettes import Palette
from tracker.views.periods import Comparison, Periods
from tracker.views.statistics import Growth, Share
from tracker.views.tables import to_csv
from tracker.views.trend_charts import GrowthLine, ShareRow
from tracker.views.trend_findings import period_name
from tracker.views.trends import COUNTS, Group, label_group
from tracker.views.wording import any_of, percent

ALL = "All"  # the line of growth that is no label's


def periods_csv(periods: Periods, groups: Sequence[Group], noun: str) -> bytes:
    """One line a period: start, whether it is over, all works, and for each group its count, share (0 to 1) and interval.

    A share that would rest on too few is empty.
    """
    names = [f"{group.key}{part}" for group in groups for part in ("", "_share", "_low", "_high")]
    lines = []
    for place, (start, total) in enumerate(zip(periods.starts, periods.totals, strict=True)):
        cells: list[object] = [start.isoformat(), int(place < periods.complete), total]
        for group in groups:
            share = Share(periods.counts[group.key][place], total)
            ends = [f"{one:.4f}" for one in (share.share, share.low, share.high)] if share.is_enough else ["", "", ""]
            cells += [share.count, *ends]
        lines.append(cells)
    return to_csv([f"{periods.grain}_start", "complete", f"{noun}s", *names], lines)


def panels_in_words(periods: Periods, groups: Sequence[Group], values: str, noun: str) -> str:
    """The panels in one sentence: first and last complete period of each group."""
    last = periods.complete - 1
    ways = [f"{group.name} {_value(periods, group, 0, values)} to {_value(periods, group, last, values)}" for group in groups]
    then, now = (period_name(periods.starts[place], periods.grain) for place in (0, last))
    what = f"Number of {noun}s" if values == COUNTS else f"Share of {noun}s"
    return f"{what} per {periods.grain}, from {then} to {now}: {any_of(ways, 'and')}."


def growth_lines(comparison: Comparison, labels: Sequence[Label], noun: str, colours: Palette) -> list[GrowthLine]:
    """All works, then each label."""
    own = [(label_group(label, colours), comparison.labels[label.key]) for label in labels]
    return [GrowthLine(f"All {noun}s", comparison.total, colours.ink), *(GrowthLine(one.name, growth, one.colour) for one, growth in own)]


def growth_table(comparison: Comparison, labels: Sequence[Label], noun: str) -> str:
    """Before, after, ratio and interval of all works and of each label, as HTML; too few are said to be too few."""
    badges = [html.badge(label.short_name, html.label_style(label.facet, label.parent or label.id)) for label in labels]
    rows = [(f"All {noun}s", comparison.total), *zip(badges, (comparison.labels[label.key] for label in labels), strict=True)]
    lines = [html.table_line([name, f"{one.before:,}", f"{one.after:,}", _ratio(one)], numbers=3) for name, one in rows]
    return html.table(("Label", "Before", "After", "Ratio, 95% interval"), lines, numbers=3)


def growth_csv(comparison: Comparison) -> bytes:
    """One line a label: counts in both spans, ratio with interval; empty where there are too few to say."""
    lines = []
    for key, one in [(ALL, comparison.total), *comparison.labels.items()]:
        is_known = one.is_enough and one.before
        ends = [f"{number:.4f}" for number in (one.ratio, one.low, one.high)] if is_known else ["", "", ""]
        lines.append([key, comparison.before_from, comparison.after_from, comparison.after_to, one.before, one.after, *ends])
    return to_csv(["label", "before_from", "after_from", "after_to_month", "before", "after", "ratio", "low", "high"], lines)


def growth_in_words(comparison: Comparison, labels: Sequence[Label]) -> str:
    """The figure of growth in one sentence."""
    said = [f"{lower(label)} {comparison.labels[label.key].before:,} to {comparison.labels[label.key].after:,}" for label in labels]
    return f"Before and after: {any_of(said, 'and')}; ratios and intervals stand in the table."


def shares_by_call(selection: Selection, calls: Sequence[Label], areas: Sequence[Label]) -> dict[Label, dict[Label, Share]]:
    """For each call and each area, how many of the area's works heed it."""
    found = {area: selection.label_bits(area.key) & selection.bits for area in areas}
    sizes = {area: count_bits(bits) for area, bits in found.items()}
    return {call: {area: Share(count_bits(found[area] & selection.label_bits(call.key)), sizes[area]) for area in areas} for call in calls}


def share_rows(shares: Mapping[Label, Mapping[Label, Share]], colours: Palette) -> list[tuple[str, list[ShareRow]]]:
    """The same as the figure's input."""
    return [
        (call.name, [ShareRow(area.short_name, share, *_look(area, colours)) for area, share in areas.items()])
        for call, areas in shares.items()
    ]


def shares_csv(shares: Mapping[Label, Mapping[Label, Share]]) -> bytes:
    """One line a call and area."""
    lines = [
        [call.id, area.id, one.count, one.n, f"{one.share:.4f}", f"{one.low:.4f}", f"{one.high:.4f}"]
        for call, areas in shares.items()
        for area, one in areas.items()
    ]
    return to_csv(["safeguard", "application", "count", "of", "share", "low", "high"], lines)


def shares_in_words(shares: Mapping[Label, Mapping[Label, Share]]) -> str:
    """The same as one sentence."""
    said = [
        f"{call.short_name} {any_of([f'{lower(area)} {one.count:,} of {one.n:,}' for area, one in areas.items()], 'and')}"
        for call, areas in shares.items()
    ]
    return f"Works that heed each call, by area: {'; '.join(said)}."


def tick_names(periods: Periods) -> tuple[str, str]:
    """The first and the last complete period on two lines, as ticks show them."""
    first, last = (period_name(periods.starts[place], periods.grain).replace(" ", "<br>") for place in (0, periods.complete - 1))
    return first, last


def _value(periods: Periods, group: Group, place: int, values: str) -> str:
    share = periods.shares(group.key)[place]
    if values == COUNTS:
        return f"{share.count:,}"
    return percent(share.share) if share.is_enough else "too few"


def _ratio(growth: Growth) -> str:
    if not growth.is_enough:
        return "too few to say"
    words = f"{growth.ratio:.2f}× ({growth.low:.2f} to {growth.high:.2f})" if growth.before else "none before"
    return f"<b>{words}</b>" if growth.is_beyond_chance else words


def _look(area: Label, colours: Palette) -> tuple[str, str]:
    group = label_group(area, colours)
    return group.colour, group.symbol
