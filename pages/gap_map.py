"""Gap map: where is research missing? Two facets crossed, labels that occur together, and how far the evidence goes."""

import streamlit as st

from tracker.views import gap_chart, gap_findings, gap_tables, gaps, ladder, ladder_chart, narrowing, overlap_chart, overlaps, page, shell
from tracker.views.gap_tiles import make_scale
from tracker.views.widgets import blocks, cells, gap_controls
from tracker.views.wording import count_in_digits

shell.guard()
view = page.view()
options, faults = gap_controls.read()
standing, noun, crossing = view.selection.standing, view.noun, options.crossing
of = gaps.map_labels(view.taxonomy, crossing.of)
by = gaps.map_labels(view.taxonomy, crossing.by, in_detail=options.in_detail)
crossed = gaps.cross(standing, of, by)
source = f"{view.sources_line} · n = {count_in_digits(standing.count, noun)}{blocks.left_out(view)}"

blocks.header(view, "Gap map", gap_findings.page(crossed, noun) if standing.count else "", faults=faults)
blocks.stop_if_nothing(view)
gap_controls.show(view, options)
if not standing.count:
    blocks.heading("All of it was retracted or withdrawn", "Such papers are listed on the page Papers and count in no figure.")
    st.stop()
colours = blocks.colours()

blocks.rule()
scale = make_scale(options.show, [cell for row in crossed for cell in row])
shown = gaps.turned(crossed) if crossing.is_turned else crossed
rows, columns = (by, of) if crossing.is_turned else (of, by)
sizes = {row[0].row.key: row[0].share.n for row in crossed}
chosen_of, chosen_by = cells.chosen_pair(crossing, of, by)
chosen = (rows.index(chosen_by), columns.index(chosen_of)) if crossing.is_turned else (rows.index(chosen_of), columns.index(chosen_by))
left, right = st.columns([1.75, 1], gap="large")
with left:
    blocks.figure(
        gap_chart.gap_map(
            [gap_tables.heading(label, sizes.get(label.key), 18) for label in rows],
            [gap_tables.heading(label, sizes.get(label.key), 12) for label in columns],
            [[scale.tile(cell) for cell in row] for row in shown],
            [[(cell.row.id, cell.column.id) for cell in row] for row in shown],
            chosen=chosen,
            colours=colours,
        ),
        key=cells.map_key(crossing),
        title=gap_findings.map_title(crossed, options.show, noun),
        subtitle=gap_findings.map_subtitle(crossed, options.show, noun),
        source=source,
        alt=gap_tables.cells_in_words(crossed, noun),
        numbers=lambda: gap_tables.cells_csv(crossed),
        file_name=f"{crossing.of}_by_{crossing.by}",
        on_select=lambda: cells.pair_clicked(crossing),
        selection_mode="points",
    )
    st.html(gap_tables.key(scale, colours))
    lists = gap_tables.cell_lists(crossed, scale.tile, lambda cell: narrowing.address(cells.filters_of(view, cell)), noun)
    st.html(gap_tables.folded("All cells as a list of links", lists))
    st.html(
        gap_tables.sentences(
            "Empty cells, and what to make of them", gap_findings.empty_cells(crossed, noun), otherwise="No cell is empty."
        )
    )
with right:
    blocks.reader_heading("cell")
    cells.choose_pair(crossing, of, by)
    cells.read_cell(view, crossed[of.index(chosen_of)][by.index(chosen_by)])

blocks.rule()
found = overlaps.find_overlaps(standing, overlaps.set_labels(view.taxonomy, options.sets))
left, right = st.columns([1.75, 1], gap="large")
with left:
    gap_controls.show_sets(options)
    if not found.sets:
        blocks.heading(f"No {noun} here has one of these labels", "So there is nothing that could overlap.")
    else:
        blocks.figure(
            overlap_chart.upset(found, chosen=cells.chosen_set(found).id, colours=colours),
            key=cells.SETS_KEY,
            title=gap_findings.overlaps(found, noun),
            subtitle=gap_findings.overlaps_subtitle(found, noun),
            source=f"{view.sources_line} · n = {found.carrying:,}; {found.none:,} have none of the labels",
            alt=gap_tables.overlaps_in_words(found, noun),
            numbers=lambda: gap_tables.overlaps_csv(found),
            file_name=f"label_sets_{options.sets}",
            on_select=cells.set_clicked,
            selection_mode="points",
        )
        st.html(gap_tables.folded("All bars as a list", gap_tables.overlap_list(found)))
with right:
    if found.sets:
        blocks.reader_heading("bar")
        cells.choose_set(found)
        cells.read_set(view, found, cells.chosen_set(found))

blocks.rule()
ladders = ladder.find_ladders(standing, gaps.map_labels(view.taxonomy, "application"), view.taxonomy)
left, right = st.columns([1.75, 1], gap="large")
with left:
    blocks.figure(
        ladder_chart.ladder(ladders, chosen=cells.chosen_rung(ladders), colours=colours),
        key=cells.LADDER_KEY,
        title=gap_findings.ladder(ladders, noun),
        subtitle=gap_findings.ladder_subtitle(ladders, noun),
        source=f"{view.sources_line} · hatched: fewer than {gaps.SMALL_CELL}",
        alt=gap_tables.ladders_in_words(ladders, noun),
        numbers=lambda: gap_tables.ladders_csv(ladders),
        file_name="evidence_ladder",
        on_select=cells.rung_clicked,
        selection_mode="points",
    )
    lists = gap_tables.ladder_lists(ladders, lambda one, at: narrowing.address(cells.filters_of_rung(view, one.label.id, at.wanted)), noun)
    st.html(gap_tables.folded("All rungs as a list of links", lists))
with right:
    blocks.reader_heading("rung")
    cells.choose_rung(ladders)
    cells.read_rung(view, ladders, cells.chosen_rung(ladders))
