"""Trends: what is rising or fading?"""

import streamlit as st

from tracker.views import charts, findings, frames, page, palettes, periods, shell, tables
from tracker.views.widgets import blocks

shell.guard()
view = page.view()
standing, noun = view.selection.standing, view.noun
areas = frames.main_labels(view.taxonomy, "application", outside=False)
compared = [*areas, *frames.main_labels(view.taxonomy, "risk"), *frames.main_labels(view.taxonomy, "safeguard")]
years = periods.compare_years(standing, [label.key for label in compared], as_of=view.as_of)

blocks.header(view, "Trends", findings.growth(years, noun, is_sample=view.is_sample) if standing.count else "")
blocks.stop_if_nothing(view)

grain = st.segmented_control("Period", list(periods.GRAINS), default=periods.QUARTER, required=True, format_func=str.title, key="grain")
series = tables.complete_periods(
    periods.count_periods(standing, as_of=view.as_of, grain=grain or periods.QUARTER, labels=[label.key for label in areas])
)
blocks.rule()
if len(series.starts) < 3:
    blocks.heading(
        f"Too few {series.grain}s for a line", f"{len(series.starts)} complete {series.grain}s hold {sum(series.totals):,} {noun}s."
    )
else:
    blocks.chart(
        charts.small_multiples(
            series.starts,
            [
                (label.short_name, series.counts[label.key], palettes.AREA_COLOURS[label.id], palettes.AREA_SYMBOLS[label.id])
                for label in areas
            ],
            tick_texts=(tables.period_name(series.starts[0], series.grain), tables.period_name(series.starts[-1], series.grain)),
            colours=blocks.colours(),
        ),
        key="areas",
        title=findings.trends(series, areas, noun),
        subtitle=f"{noun.capitalize()}s per {series.grain}; a {noun} can have several. Grey: the others. Only whole {series.grain}s.",
        source=f"{view.sources_line} · n = {sum(series.totals):,} {noun}s · those dated too coarsely left out{blocks.left_out(view)}",
        alt=tables.series_in_words(series, areas, noun),
        numbers=lambda: tables.months_csv(series),
        file_name=f"works_per_{series.grain}",
    )

if not view.is_sample:
    blocks.rule()
    span = f"{findings.month_name(years.after_from)} to {findings.month_name(years.after_to)}"
    blocks.heading(
        "Twelve months against the twelve before",
        f"{noun.capitalize()}s with each label, {span} and the year before. Ratio with 95% interval; bold where it leaves “same” (1) out. "
        f"Of {len(compared)} intervals about one leaves it out by luck.",
    )
    st.html(tables.growth_table(years, compared))
