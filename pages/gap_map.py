"""Gap map: where is research missing?"""

import streamlit as st

from tracker.views import findings, frames, gap_chart, gaps, page, paper, shell, tables
from tracker.views.widgets import blocks, cells

shell.guard()
view = page.view()
standing, noun = view.selection.standing, view.noun
areas = frames.main_labels(view.taxonomy, "application", outside=False)
risks = frames.main_labels(view.taxonomy, "risk")
crossed = gaps.cross(standing, areas, risks)

blocks.header(view, "Gap map", findings.gap_map(crossed, noun) if standing.count else "")
blocks.stop_if_nothing(view)
blocks.rule()
chosen = cells.chosen(areas, risks)

left, right = st.columns([1.75, 1], gap="large")
with left:
    numbers = tables.by_risk(crossed)
    blocks.chart(
        gap_chart.gap_map(
            [tables.broken(label.short_name) for label in risks],
            [f"<b>{label.short_name}</b><br>n = {standing.label_count(label.key):,}" for label in areas],
            [[cell.count for cell in row] for row in numbers],
            [[tables.cell_text(cell) for cell in row] for row in numbers],
            [[(cell.row.id, cell.column.id) for cell in row] for row in numbers],
            chosen=(risks.index(chosen[1]), areas.index(chosen[0])),
            colours=blocks.colours(),
        ),
        key=cells.MAP_KEY,
        title=findings.thin_cells(crossed, noun),
        subtitle=f"{noun.capitalize()}s that name the risk, and their share of the application. A {noun} can be in several cells.",
        source=f"{view.sources_line} · n = {standing.count:,} {noun}s{blocks.left_out(view)}",
        alt=tables.cells_in_words(crossed, noun),
        numbers=lambda: tables.cells_csv(crossed),
        file_name="application_by_risk",
        on_select=cells.choose_clicked,
        selection_mode="points",
    )
    st.html(tables.heat_key(blocks.colours()))
with right:
    blocks.heading("Read one cell", "Click a cell, or choose here.")
    area, risk = cells.choose(areas, risks)
    cell = crossed[areas.index(area)][risks.index(risk)]
    st.html(tables.cell_sentence(cell, noun))
    narrowed = cells.papers_of(view, cell)
    st.html(
        paper.rows(paper.load_entries(view.store, narrowed, "newest", 0, 3), view.taxonomy, query=narrowed.filters.to_query(), small=True)
    )
    if narrowed.count:
        blocks.page_link("papers", f"Open these {narrowed.count:,} {noun}s", filters=narrowed.filters)
