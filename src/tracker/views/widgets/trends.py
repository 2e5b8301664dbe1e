"""The blocks of the trends page: panels over time, growth with intervals, and whether the field heeds the four calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import streamlit as st

from tracker.domain.taxonomy import Label
from tracker.views import frames, html, lag, periods, trend_charts, trend_findings, trend_panels, trend_tables, trends
from tracker.views.page import View
from tracker.views.periods import Comparison, Periods
from tracker.views.trends import Group
from tracker.views.widgets import blocks
from tracker.views.wording import count_in_digits, count_in_words

_FULL = 100.0  # per cent


@dataclass(frozen=True)
class Trends:
    """What the page shows of *view*: ``choice`` as in ``trends.CHOICES``."""

    view: View
    choice: Mapping[str, str]

    @cached_property
    def groups(self) -> list[Group]:
        """The groups of the view that is chosen."""
        return trends.groups(self.choice["by"], self.view.taxonomy, self.view.settings.sources, blocks.colours())

    @cached_property
    def calls(self) -> list[Label]:
        """The founding paper's four calls."""
        return trends.calls(self.view.taxonomy)

    @cached_property
    def areas(self) -> list[Label]:
        """The founding paper's three areas of application."""
        return frames.main_labels(self.view.taxonomy, "application", outside=False)

    @cached_property
    def compared(self) -> list[Label]:
        """The labels whose growth is given."""
        return [*self.areas, *frames.main_labels(self.view.taxonomy, "risk"), *self.calls]

    @cached_property
    def periods(self) -> Periods:
        """The periods that are drawn, the open one last."""
        view = self.view
        start = periods.data_start(view.filters, thin_before=view.thin_before)
        keys = dict.fromkeys([*(group.key for group in self.groups), *(call.key for call in self.calls)])
        return periods.count_periods(view.selection.standing, as_of=view.as_of, grain=self.choice["period"], labels=list(keys)).recent(
            since=start
        )

    @cached_property
    def comparison(self) -> Comparison | None:
        """The last complete months against as many before; ``None`` where too short a time can be compared."""
        return compare(self.view, self.compared)

    @property
    def is_line(self) -> bool:
        """Whether enough periods are over to draw lines."""
        return self.periods.complete >= trends.FEWEST_PERIODS


def compare(view: View, labels: Sequence[Label], *, wanted: Sequence[int] = periods.COMPARED) -> Comparison | None:
    """The longest comparison the data and the filters allow; a sample whose dense part is unknown allows none."""
    end, start = periods.data_end(view.as_of, view.filters), periods.data_start(view.filters, thin_before=view.thin_before)
    months = None if view.is_sample and view.thin_before is None else periods.comparable_months(end, since=start, wanted=wanted)
    if months is None:
        return None
    return periods.compare_years(view.selection.standing, [label.key for label in labels], as_of=view.as_of, months=months)


def panels(shown: Trends) -> None:
    """The groups over time, with the lag beside the period that is open."""
    view, noun, values = shown.view, shown.view.noun, shown.choice["values"]
    if not shown.is_line:
        blocks.heading(*trend_findings.too_short(shown.periods, noun))
        return
    _panel_chart(
        shown, shown.groups, values, key="panels", title=trend_findings.panels(shown.periods, shown.groups, values, noun),
        subtitle=trend_findings.panels_subtitle(
            shown.periods, shown.choice["by"], values, noun, has_ghosts=len(shown.groups) <= trends.MOST_GHOSTS
        ),
        name=f"{noun}s_per_{shown.periods.grain}_by_{shown.choice['by']}",
    )  # fmt: skip
    lag_line(view)


def lag_line(view: View) -> None:
    """How late papers come: what an open period still lacks."""
    lags = lag.measure_lags(view.shared.index.columns, view.shared.states, view.settings.sources)
    st.html(f'<div class="mh"><p class="mut sub">{html.escape(lag.in_words(lags, is_sample=view.is_sample))}</p></div>')


def growth(shown: Trends) -> None:
    """The last complete months against as many before, label by label, as a figure and as a table."""
    comparison, noun = shown.comparison, shown.view.noun
    if comparison is None:
        blocks.heading(
            "No growth is given here", "The data in these filters cover less than two half-years of whole months that can be compared."
        )
        return
    blocks.figure(
        trend_charts.growth_intervals(
            trend_tables.growth_lines(comparison, shown.compared, noun, blocks.colours()), colours=blocks.colours()
        ),
        key="growth",
        title=trend_findings.growth(comparison, noun),
        subtitle=trend_findings.growth_subtitle(comparison, noun),
        source=f"{shown.view.sources_line} · n = {count_in_digits(comparison.total.before + comparison.total.after, noun)} dated"
        f" to the month · under 40 together: too few to say{blocks.left_out(shown.view)}",
        alt=trend_tables.growth_in_words(comparison, shown.compared),
        numbers=lambda: trend_tables.growth_csv(comparison),
        file_name=f"growth_over_{comparison.months}_months",
    )
    with st.expander("As a table"):
        st.html(trend_tables.growth_table(comparison, shown.compared, noun))


def calls(shown: Trends) -> None:
    """Does the field heed the call? The four calls over time and by area."""
    standing = shown.view.selection.standing
    counts = frames.count_labels(standing, shown.calls)
    blocks.heading("Does the field heed the call?", level=2)
    blocks.finding(trend_findings.calls(counts, standing.count, shown.view.noun))
    left, right = st.columns(2, gap="large")
    with left:
        _calls_over_time(shown)
    with right:
        _calls_by_area(shown)


def _calls_over_time(shown: Trends) -> None:
    noun = shown.view.noun
    if not shown.is_line:
        blocks.heading(*trend_findings.too_short(shown.periods, noun))
        return
    groups = [trends.label_group(call, blocks.colours()) for call in shown.calls]
    _panel_chart(
        shown, groups, trends.SHARES, key="calls", title=trend_findings.calls_change(shown.comparison, shown.calls, noun),
        subtitle=trend_findings.panels_subtitle(shown.periods, "safeguard", trends.SHARES, noun),
        name=f"calls_per_{shown.periods.grain}",
    )  # fmt: skip


def _calls_by_area(shown: Trends) -> None:
    view, noun, standing = shown.view, shown.view.noun, shown.view.selection.standing
    source = f"{view.sources_line} · n = {count_in_digits(standing.count, noun)} · calls as in Lawrence et al. 2024{blocks.left_out(view)}"
    shares = trend_tables.shares_by_call(standing, shown.calls, shown.areas)
    blocks.figure(
        trend_charts.shares_by_area(trend_tables.share_rows(shares, blocks.colours()), colours=blocks.colours()),
        key="calls_by_area",
        title=trend_findings.calls_by_area(shares),
        subtitle=f"% of the {noun}s of each area that heed the call, with 95% interval. A {noun} can be in several areas.",
        source=source,
        alt=trend_tables.shares_in_words(shares),
        numbers=lambda: trend_tables.shares_csv(shares),
        file_name="calls_by_application",
    )


def _panel_chart(shown: Trends, groups: Sequence[Group], values: str, *, key: str, title: str, subtitle: str, name: str) -> None:
    view, noun, drawn = shown.view, shown.view.noun, shown.periods
    is_share, counted = values == trends.SHARES, sum(drawn.totals[: drawn.complete])
    days = [trends.middle(start, drawn.grain) for start in drawn.starts]
    blocks.figure(
        trend_panels.panels(
            days, [trends.make_panel(drawn, group, values) for group in groups], tick_texts=trend_tables.tick_names(drawn),
            unit="%" if is_share else "", ceiling=_FULL if is_share else None, colours=blocks.colours(),
        ),
        key=key, title=title, subtitle=subtitle,
        source=f"{view.sources_line} · n = {count_in_digits(counted, noun)}{_coarse(drawn, noun)}{blocks.left_out(view)}",
        alt=trend_tables.panels_in_words(drawn, groups, values, noun),
        numbers=partial(trend_tables.periods_csv, drawn, groups, noun), file_name=name,
    )  # fmt: skip


def _coarse(drawn: Periods, noun: str) -> str:
    coarse = "undated" if drawn.grain == periods.YEAR else "not dated to the month"
    return f" · {count_in_words(drawn.left_out, noun)} {coarse} left out" if drawn.left_out else ""
