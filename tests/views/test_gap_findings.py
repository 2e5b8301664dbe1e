"""Sentences of the gap map's page: true of the numbers, with a fallback where nothing stands out."""

from __future__ import annotations

from tracker.domain.scheme import Label
from tracker.views import gap_findings
from tracker.views.gaps import Cell
from tracker.views.ladder import RUNGS, Ladder
from tracker.views.overlaps import LabelSet, Overlaps
from tracker.views.statistics import Share
from views.gap_cells import TAXONOMY, make_cell

EDUCATION, ASSESSMENT = TAXONOMY.label("application:education"), TAXONOMY.label("application:assessment")
OPACITY, INACCURACY = TAXONOMY.label("risk:opacity"), TAXONOMY.label("risk:inaccuracy")
PLURAL = "application:assessment"


def two_by_two(*counts: int) -> list[list[Cell]]:
    """Education and assessment × opacity and inaccuracy, of 114 and 381 works."""
    first, second, third, fourth = counts
    return [
        [make_cell(first, 114), make_cell(second, 114, column="risk:inaccuracy")],
        [make_cell(third, 381, row=PLURAL), make_cell(fourth, 381, row=PLURAL, column="risk:inaccuracy")],
    ]


def overlaps(*sets: tuple[tuple[Label, ...], int], rest: int = 0, rest_sets: int = 0) -> Overlaps:
    """Sets of labels with their counts."""
    return Overlaps((EDUCATION, ASSESSMENT), tuple(LabelSet(labels, count, 0) for labels, count in sets), rest, rest_sets, 3)


def ladder(label: Label, top: int, n: int, *, unknown: int = 0) -> Ladder:
    """*top* of *n* works reached patients or a trial; three stand on every rung."""
    return Ladder(label, tuple(Share(3, n) for _ in RUNGS), Share(top, n), unknown)


def test_page_names_the_emptiest_pairs_and_the_fullest() -> None:
    """Two are named, more are counted; zero is none."""
    assert gap_findings.page(two_by_two(3, 24, 3, 68), "work") == (
        "Fewest works: **opacity in education** and **opacity in assessment** (3 each). The fullest pair, inaccuracy in assessment, has 68."
    )
    assert gap_findings.page(two_by_two(0, 0, 0, 68), "work").startswith("Fewest works: 3 pairs (none). The fullest pair")
    assert gap_findings.page(two_by_two(0, 0, 0, 0), "record") == "No record here names a risk."


def test_title_of_works_says_where_the_most_risks_are_hardly_looked_at() -> None:
    """Fewer than ten works; all, some or none of the risks."""
    titles = [
        gap_findings.map_title(two_by_two(*counts), "works", "work") for counts in ((3, 9, 30, 68), (3, 24, 30, 68), (10, 24, 30, 68))
    ]

    assert titles == [
        "All 2 risks have fewer than ten works in education",
        "1 of 2 risks has fewer than ten works in education",
        "Every pair has at least ten works",
    ]


def test_title_of_shares_names_the_largest_with_its_denominator() -> None:
    """No share of fewer than twenty."""
    assert gap_findings.map_title(two_by_two(3, 24, 30, 68), "share", "work") == (
        "The largest share: inaccuracy in education, 21% of 114 works"
    )
    assert gap_findings.map_title([[make_cell(3, 19)]], "share", "work") == "Too few for shares"


def test_title_of_ratios_speaks_only_of_what_chance_does_not_explain() -> None:
    """The rarest pair, none, or too few to say."""
    assert gap_findings.map_title(two_by_two(11, 12, 10, 38), "ratio", "work") == (
        "Rarest against chance: opacity in assessment, 10 works where 38.1 would be expected"
    )
    assert gap_findings.map_title(two_by_two(11, 12, 38, 40), "ratio", "work") == (
        "None of 4 pairs with enough works is rarer than chance explains"
    )
    assert gap_findings.map_title([[make_cell(3, 19)]], "ratio", "work") == "Too few to say of any pair whether chance explains it"


def test_subtitles_name_the_denominator_and_how_many_stand_out_by_luck() -> None:
    """What a number is of, for each form of the map."""
    cells = two_by_two(11, 12, 38, 40)

    subtitles = [gap_findings.map_subtitle(cells, show, "work") for show in ("works", "share", "ratio")]

    assert subtitles[0] == "Works that name the risk, and their share of the application’s works. One can be in several cells."
    assert "with its 95% interval" in subtitles[1]
    assert "if application and risk were unrelated" in subtitles[2]
    assert "about 1 would be so by luck" in subtitles[2]


def test_empty_cell_is_explained_by_what_independence_would_give() -> None:
    """A gap only where five or more would be expected; the largest expectation first."""
    sentences = gap_findings.empty_cells([[make_cell(0, 20), make_cell(0, 75, column="risk:inaccuracy")], [make_cell(3, 75)] * 2], "work")

    assert sentences == [
        "**Inaccuracy in education**: nobody has looked: no work of 75; independence would give 7.5.",
        "**Opacity in education**: no work of 20; independence would give 2.0: too few to call it a gap.",
    ]


def test_cell_in_words_has_share_chance_and_who_studies_the_risk() -> None:
    """Each with its denominator or interval; under five is too few to judge."""
    assert gap_findings.cell(make_cell(40, 200, studied=12), "work") == (
        "**40 works**, 20% of 200 works in education (95% interval 15–26%). 20.0 expected if the two were unrelated: "
        "2.0 times as many (95% interval 1.54 to 2.60), commoner than chance explains. 12 study the risk, the rest only name it."
    )
    assert gap_findings.cell(make_cell(1, 19, studied=1), "work") == (
        "**1 work** of 19 works in education. 1.9 expected if the two were unrelated: too few to say more. "
        "Fewer than five: too few to judge. It studies the risk."
    )
    assert gap_findings.cell(make_cell(20, 200, total=200), "work").endswith(
        "One of the labels is carried by all works here: nothing to compare with."
    )
    assert gap_findings.cell(make_cell(0, 75), "work").startswith("Nobody has looked: no work of 75; independence would give 7.5.")


def test_cell_of_one_work_is_singular() -> None:
    """One of one; it studies the risk or only names it; of several, none studies it."""
    assert gap_findings.cell(make_cell(1, 1, studied=0), "work").startswith("**1 work** of 1 work in education.")
    assert gap_findings.cell(make_cell(1, 19, studied=0), "work").endswith(" It only names the risk.")
    assert gap_findings.cell(make_cell(2, 19, studied=0), "work").endswith(" None studies the risk: all only name it.")
    assert gap_findings.cell(make_cell(2, 19, studied=2), "work").endswith(" All study the risk.")


def test_few_works_where_chance_can_tell_are_judged() -> None:
    """Two where twenty would be expected are no accident: the sentence does not take back what it just said."""
    assert gap_findings.cell(make_cell(2, 200), "work").endswith("rarer than chance explains.")


def test_population_is_studied_and_not_a_place() -> None:
    """Inaccuracy is not "in clinicians"."""
    cell = make_cell(45, 267, row="population:clinicians_trainees", column="risk:inaccuracy")

    assert gap_findings.pair(cell) == "inaccuracy in studies of clinicians"
    assert "of 267 works on clinicians" in gap_findings.cell(cell, "work")


def test_sets_are_named_by_their_most_frequent_pair() -> None:
    """What is said is exact: this set and no other label."""
    found = overlaps(((EDUCATION,), 40), ((EDUCATION, ASSESSMENT), 12), rest=5, rest_sets=2)

    assert gap_findings.overlaps(found, "work") == "12 works join education and assessment"
    assert gap_findings.overlaps(overlaps(((EDUCATION,), 40)), "work") == "No work joins two of these labels"
    assert gap_findings.overlaps_subtitle(found, "work") == (
        "Works with exactly this set of labels: each of 57 stands in one bar only. 2 rarer sets with 5 works are not drawn."
    )
    assert gap_findings.label_set(found.sets[0], found, "work") == (
        "**40 works**, 70% of 57 with any of these labels: education, and no other of these labels."
    )
    assert gap_findings.label_set(found.sets[1], found, "work").endswith("education and assessment, all of them.")


def test_ladder_names_the_area_that_reached_patients_least() -> None:
    """Of areas with enough works of a known kind of study; too few are said to be too few."""
    areas = [ladder(EDUCATION, 1, 19, unknown=2), ladder(ASSESSMENT, 20, 321, unknown=51)]

    assert gap_findings.ladder(areas, "work") == "94% of assessment works reached neither patients in care nor a trial"
    assert gap_findings.ladder(areas[:1], "record") == "Too few records of a known kind of study for shares"
    assert gap_findings.ladder_subtitle(areas, "work").endswith("Left out: 53 works of unknown kind.")


def test_rung_in_words_says_what_it_means() -> None:
    """Count, share with its denominator, and the rung's meaning."""
    one = Ladder(ASSESSMENT, (Share(0, 321), *(Share(30, 321) for _ in RUNGS[1:])), Share(20, 321), 0)

    assert gap_findings.rung(one, RUNGS[-1], "work") == (
        "**30 works**, 9% of 321 in assessment whose kind of study is known (95% interval 7–13%): people assigned to conditions."
    )
    assert gap_findings.rung(one, RUNGS[0], "work") == (
        "No work of 321 in assessment reached this rung: argues, reviews or plans; no new data."
    )
