"""The numbers of the gap map's page as lists of links and as files."""

from __future__ import annotations

import csv

from tracker.views import gap_tables
from tracker.views.gap_tiles import RATIO, WORKS, make_scale
from tracker.views.ladder import RUNGS, find_ladders
from tracker.views.overlaps import find_overlaps
from tracker.views.palettes import palette
from views.gap_cells import TAXONOMY, make_cell, selection_of

CELLS = [[make_cell(40, 200, studied=12), make_cell(0, 200, column="safeguard:people_involved", column_total=20)]]


def lines_of(content: bytes) -> list[dict[str, str]]:
    """A file's lines by column."""
    return list(csv.DictReader(content.decode().splitlines()))


def test_cells_as_a_file_have_count_share_and_ratio_with_intervals() -> None:
    """A ratio stands only where five or more are expected; ``studied`` only for risks."""
    first, second = lines_of(gap_tables.cells_csv(CELLS))

    assert first == {
        "application": "education", "risk": "opacity", "count": "40", "of": "200", "share": "0.2000", "low": "0.1505", "high": "0.2609",
        "expected": "20.0", "ratio": "2.000", "ratio_low": "1.539", "ratio_high": "2.600", "studied": "12",
    }  # fmt: skip
    assert [second[name] for name in ("count", "expected", "ratio", "ratio_low", "studied")] == ["0", "4.0", "", "", ""]


def test_sets_as_a_file_add_up_to_all_papers() -> None:
    """What is too rare to draw and what has no label at all are lines too."""
    education, risk = "application:education", "risk:opacity"
    labels = [TAXONOMY.label(education), TAXONOMY.label(risk)]
    found = find_overlaps(selection_of([education], [education], [risk], [education, risk], []), labels, limit=1)

    lines = lines_of(gap_tables.overlaps_csv(found))

    assert [(line["set"], line[education], line[risk], line["count"]) for line in lines] == [
        ("education", "1", "0", "2"),
        ("(rarer sets)", "", "", "2"),
        ("(none of the labels)", "", "", "1"),
    ]


def test_ladder_as_a_file_has_a_line_for_each_rung() -> None:
    """Of the papers whose kind of study is known."""
    area = "application:education"
    ladders = find_ladders(selection_of([area, "study:trial"], [area]), [TAXONOMY.label(area)], TAXONOMY)

    lines = lines_of(gap_tables.ladders_csv(ladders))

    assert [line["rung"] for line in lines] == [rung.id for rung in RUNGS]
    assert (lines[-1]["count"], lines[-1]["of"], lines[-1]["share"]) == ("1", "1", "1.0000")
    assert gap_tables.ladders_in_words(ladders, "work").endswith("clinical sample 0, randomised trial 1.")


def test_list_of_cells_links_what_can_be_said_and_only_that() -> None:
    """A number with papers is a link that names where it leads; an empty cell and one no filter can say are text."""
    scale = make_scale(WORKS, CELLS[0])

    linked = gap_tables.cell_lists(CELLS, scale.tile, lambda cell: "papers?a=1&b=2", "work")
    plain = gap_tables.cell_lists(CELLS, scale.tile, lambda cell: None, "work")

    assert '<a href="papers?a=1&amp;b=2" aria-label="40 20% Opacity, Education: show these works">' in linked
    assert linked.count("<a ") == 1
    assert plain.count("<a ") == 0
    assert "<li><span>People involved <span" in plain
    assert plain.count("too few to judge") == 1


def test_cell_that_says_too_few_does_not_say_it_twice() -> None:
    """The note stands only beside a number."""
    scale = make_scale(RATIO, CELLS[0])

    assert gap_tables.cell_lists(CELLS, scale.tile, lambda cell: None, "work").count("too few") == 1


def test_lists_stand_open_in_place_of_the_figure_on_a_narrow_screen() -> None:
    """Twice in the page, once on the screen."""
    folded = gap_tables.folded("All <cells>", "<p>x</p>")

    assert '<details class="in-lists wide-only"><summary>All &lt;cells&gt;</summary><p>x</p></details>' in folded
    assert '<div class="in-lists narrow-only"><p>x</p></div>' in folded


def test_few_sentences_stand_open_many_wait() -> None:
    """Up to four explanations are read at once; of none there is a word as well."""
    few, many = (gap_tables.sentences("Empty", ["a"] * count, otherwise="None.") for count in (4, 5))

    assert ('<details class="in-lists" open>' in few, " open" in many) == (True, False)
    assert "None." in gap_tables.sentences("Empty", [], otherwise="None.")


def test_heading_of_a_label_has_its_denominator_and_its_place() -> None:
    """Names are broken at *width* signs, never cut; a narrower label begins with a dash."""
    assert gap_tables.heading(TAXONOMY.label("application:education"), 1059, 12) == "<b>Education</b><br>n = 1,059"
    assert gap_tables.heading(TAXONOMY.label("risk:inequality_stigma"), None, 12) == "Inequality<br>and stigma"
    assert gap_tables.heading(TAXONOMY.label("risk:crisis_mishandling"), None, 40) == "– Crisis mishandled"


def test_key_has_every_ground_and_the_hatching() -> None:
    """Five colours with their words, and what hatched means."""
    html = gap_tables.key(make_scale(RATIO, CELLS[0]), palette(is_dark=False))

    assert html.count('class="heat"') == 5
    assert "fewer than 5 expected: too few to say" in html


def test_link_words_agree_with_their_number() -> None:
    """One work is this work."""
    assert [gap_tables.counted(count, "work") for count in (1, 1200)] == ["Open this 1 work", "Open these 1,200 works"]
