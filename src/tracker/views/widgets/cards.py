"""The four metric cards of the overview, 4 × 1 on a desk and 2 × 2 on a telephone.

No green and red: more papers are neither good nor bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

import streamlit as st

from tracker.views import findings
from tracker.views.frames import TRIAL, Cards, main_labels
from tracker.views.index import Selection, select
from tracker.views.page import View
from tracker.views.periods import QUARTER, count_periods
from tracker.views.wording import percent

_MONTHS, _QUARTERS = 24, 8  # in a sparkline


def show(view: View, cards: Cards) -> None:
    """Total, last full month, share that names a risk, clinical trials."""
    standing, noun = view.selection.standing, view.noun
    months = count_periods(standing, as_of=view.as_of, labels=[TRIAL])
    whole = months.totals[: months.complete]
    with st.grid(columns=4, min_column_width=150):
        _card(f"{noun.capitalize()}s", f"{cards.total:,}", f"{cards.in_journals.count:,} in journals", list(accumulate(whole)), "area")
        _card(*_month(cards), whole[-_MONTHS:], "bar")
        risk = cards.any_risk
        _card(
            "Name a risk",
            findings.share_in_words(risk) or f"{risk.count:,}",
            findings.interval_in_words(risk),
            _risk_shares(view),
            "line",
        )
        share = f"{percent(cards.trials.share)} of {noun}s" if cards.trials.is_enough else ""
        _card("Clinical trials", f"{cards.trials.count:,}", share, months.counts[TRIAL][: months.complete][-_MONTHS:], "bar")


def _month(cards: Cards) -> tuple[str, str, str]:
    if cards.month is None:
        return "Last full month", "–", ""
    delta = ""
    if cards.month_before is not None:
        change = round(cards.month_count - cards.month_before)
        delta = f"{'−' if change < 0 else '+'}{abs(change)} vs 3 before" if change else "as 3 before"
    return findings.month_name(cards.month), f"{cards.month_count:,}", delta


def _risk_shares(view: View) -> list[float]:
    """Per quarter, how many of a hundred works name a risk; quarters with too few are left out."""
    everything = count_periods(view.selection.standing, as_of=view.as_of, grain=QUARTER)
    named = count_periods(_with_risk(view), as_of=view.as_of, grain=QUARTER)
    by_start = dict(zip(named.starts, named.totals, strict=True))
    whole = list(zip(everything.starts, everything.totals, strict=True))[: everything.complete]
    return [100 * by_start.get(start, 0) / total for start, total in whole[-_QUARTERS:] if total]


def _with_risk(view: View) -> Selection:
    filters = view.selection.filters
    if not filters.risk:
        filters = filters.having("risk", [label.id for label in main_labels(view.taxonomy, "risk")])
    return select(view.shared.index, filters, search=view.store.search).standing


def _card(label: str, value: str, note: str, series: Sequence[float], kind: Literal["line", "bar", "area"]) -> None:
    st.metric(
        label, value, note or None, delta_color="off", delta_arrow="off", border=True, height="stretch",
        chart_data=list(series) if len(series) > 1 else None, chart_type=kind,
    )  # fmt: skip
