"""Overview: what is happening now?"""

import streamlit as st

from tracker.views import charts, findings, frames, gaps, html, page, palettes, paper, periods, shell, tables, trends
from tracker.views.widgets import blocks, cards
from tracker.views.widgets import trends as shown_trends
from tracker.views.wording import count_in_digits

shell.guard()
view = page.view()
standing, noun = view.selection.standing, view.noun
areas = frames.count_labels(standing, frames.main_labels(view.taxonomy, "application", outside=False))
risks = tables.by_count(frames.count_labels(standing, frames.main_labels(view.taxonomy, "risk")))
calls = tables.by_count(frames.count_labels(standing, trends.calls(view.taxonomy)))
numbers = frames.find_cards(standing, view.taxonomy, as_of=view.as_of)

blocks.header(view, "Overview", findings.overview(areas, numbers, noun) if standing.count else "")
blocks.stop_if_nothing(view)
cards.show(view, numbers)

blocks.rule()
colours = blocks.colours()
months = periods.count_periods(standing, as_of=view.as_of)
halves = shown_trends.compare(view, [], wanted=[findings.HALF_YEAR])
recent = tables.recent_months(months, thin_before=view.thin_before)
if recent.starts:
    blocks.figure(
        charts.month_bars(
            recent.starts, recent.counts, mean=recent.mean, open_from=months.open_from, thin_before=view.thin_before, colours=colours
        ),
        key="months",
        title=findings.months(months, halves, noun),
        subtitle=tables.months_subtitle(recent, months, noun),
        source=f"{view.sources_line} · n = {count_in_digits(sum(recent.counts), noun)} · hatched: month not over{blocks.left_out(view)}",
        alt=tables.months_in_words(recent, noun),
        numbers=lambda: tables.months_csv(months),
        file_name=f"{noun}s_per_month",
    )
    shown_trends.lag_line(view)
else:
    blocks.heading(f"No {noun} here is dated to the month", "So there is nothing to draw over time.")

left, right = st.columns(2, gap="large")
with left:
    blocks.rule()
    blocks.figure(
        charts.label_bars(*tables.bars(areas), bar_colours=charts.area_colours(areas), colours=colours),
        key="applications",
        title=findings.applications(areas, noun),
        subtitle=f"{noun.capitalize()}s by application, {tables.denominator(areas)}. A {noun} can have several.",
        source=f"n = {standing.count:,} · {areas.without:,} with none of the three",
        alt=tables.bars_in_words(areas, noun),
        numbers=lambda: tables.labels_csv(areas),
        file_name=f"{noun}s_by_application",
    )
    blocks.rule()
    blocks.figure(
        charts.label_bars(*tables.bars(calls), bar_colours=[palettes.CALL] * len(calls.labels), colours=colours),
        key="heeded_calls",
        title=findings.calls(calls, noun),
        subtitle=f"Signs of the four calls for responsible development, {tables.denominator(calls)}. A {noun} can heed several.",
        source=f"n = {standing.count:,} · {calls.without:,} heed none · calls as in Lawrence et al. 2024",
        alt=tables.bars_in_words(calls, noun),
        numbers=lambda: tables.labels_csv(calls),
        file_name=f"{noun}s_by_call",
    )
    blocks.page_link("trends", "Does the field heed the call?")
with right:
    blocks.rule()
    blocks.figure(
        charts.label_bars(*tables.bars(risks), bar_colours=[colours.risk] * len(risks.labels), colours=colours),
        key="risks",
        title=findings.risks(risks, noun),
        subtitle=f"{noun.capitalize()}s that name each risk, {tables.denominator(risks)}",
        source=f"n = {standing.count:,} · {risks.without:,} name no risk",
        alt=tables.bars_in_words(risks, noun),
        numbers=lambda: tables.labels_csv(risks),
        file_name=f"{noun}s_by_risk",
    )
    gap = gaps.find_widest_gap(standing, view.taxonomy)
    if gap:
        title, sentence = findings.widest_gap(gap, noun)
        st.html(f'<div class="mh"><div class="box"><h4>{html.escape(title)}</h4><p class="mut sub">{html.escape(sentence)}</p></div></div>')
    blocks.page_link("gap_map", "Open the gap map")

blocks.rule()
blocks.heading("Five newest")
st.html(paper.rows(paper.load_entries(view.store, view.selection, "newest", 0, 5), view.taxonomy, query=view.filters.to_query()))
blocks.page_link("papers", f"{'All ' if view.selection.count > 1 else ''}{count_in_digits(view.selection.count, noun)}")
