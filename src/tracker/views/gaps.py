"""Where research stands and where it is missing: two facets crossed, the evidence ladder, label sets that occur together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tracker.domain.taxonomy import Label, Taxonomy
from tracker.views.frames import main_labels
from tracker.views.index import Selection, any_label
from tracker.views.statistics import Share

SMALL_CELL = 5  # below it a cell is too small to judge

PATIENTS = "population:patients"
_PEOPLE = ("study:observational_survey", "study:qualitative_user")
RUNGS: Mapping[str, tuple[str, ...]] = {  # lowest first; a paper stands once, on the highest rung that one of its labels gives it
    "Opinion or review": ("study:perspective_policy", "study:review", "study:protocol"),
    "Model or benchmark": ("study:benchmark_dataset", "study:model_method", "study:llm_evaluation"),
    "Simulated patients": ("study:simulation",),
    "People asked": _PEOPLE,
    "Clinical sample": (),  # people asked who are patients in care: see _rung_masks
    "Clinical trial": ("study:trial",),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Papers with both labels. ``share`` is of the papers with the row's label; ``expected`` if the two were unrelated."""

    row: Label
    column: Label
    share: Share
    expected: float

    @property
    def count(self) -> int:
        """Papers with both labels."""
        return self.share.count

    @property
    def ratio(self) -> float | None:
        """Observed ÷ expected; ``None`` where none is expected."""
        return self.count / self.expected if self.expected else None

    @property
    def is_small(self) -> bool:
        """Whether there are too few to judge."""
        return self.count < SMALL_CELL


@dataclass(frozen=True, slots=True)
class Ladder:
    """Papers of one area by the highest rung they reached, in the order of ``RUNGS``; ``unknown`` ones name no kind of study."""

    label: Label
    rungs: tuple[Share, ...]
    unknown: int

    @property
    def known(self) -> int:
        """Papers whose kind of study is known: the denominator of the shares."""
        return sum(rung.count for rung in self.rungs)


@dataclass(frozen=True, slots=True)
class LabelSets:
    """Papers with exactly these labels of those asked for, most frequent first; ``rest`` are in sets beyond the limit, ``none`` in none."""

    sets: tuple[tuple[tuple[Label, ...], int], ...]
    rest: int
    none: int


def cross(selection: Selection, rows: Sequence[Label], columns: Sequence[Label]) -> list[list[Cell]]:
    """A list of cells for each of *rows*, one cell for each of *columns*."""
    totals = [selection.label_count(column.key) for column in columns]
    return [_cross_row(selection, row, columns, totals) for row in rows]


def find_widest_gap(selection: Selection, taxonomy: Taxonomy) -> Cell | None:
    """The risk that the papers of an area name least, by its share of them; ``None`` if no area has enough papers.

    Over the founding paper's three areas and six risks. Of equal shares the one in the larger area.
    """
    areas, risks = main_labels(taxonomy, "application", outside=False), main_labels(taxonomy, "risk")
    cells = [cell for row in cross(selection, areas, risks) for cell in row if cell.share.is_enough]
    return min(cells, key=lambda cell: (cell.share.share, -cell.share.n), default=None)


def find_ladders(selection: Selection, areas: Sequence[Label]) -> list[Ladder]:
    """The evidence ladder of each of *areas*: what kind of study its papers came to."""
    highest = np.full(len(selection.rows), -1, np.int8)
    for number, mask in enumerate(_rung_masks(selection)):
        highest[mask] = number
    ladders = []
    for area in areas:
        reached = highest[selection.label_mask(area.key)]
        counts = np.bincount(reached[reached >= 0], minlength=len(RUNGS)).tolist()
        known = sum(counts)
        ladders.append(Ladder(area, tuple(Share(count, known) for count in counts), len(reached) - known))
    return ladders


def find_label_sets(selection: Selection, labels: Sequence[Label], *, limit: int = 15) -> LabelSets:
    """Which of *labels* occur together, as exact sets: each paper is counted once."""
    codes = np.zeros(len(selection.rows), np.int64)
    for bit, label in enumerate(labels):
        codes[selection.with_label(label.key)] |= 1 << bit
    found, counts = np.unique(codes[selection.mask], return_counts=True)
    sizes = dict(zip(found.tolist(), counts.tolist(), strict=True))
    none = sizes.pop(0, 0)
    ranked = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    sets = tuple((tuple(label for bit, label in enumerate(labels) if code >> bit & 1), count) for code, count in ranked[:limit])
    return LabelSets(sets, sum(count for _, count in ranked[limit:]), none)


def _cross_row(selection: Selection, row: Label, columns: Sequence[Label], totals: Sequence[int]) -> list[Cell]:
    mask = selection.label_mask(row.key)
    size = int(np.count_nonzero(mask))
    counts = [int(np.count_nonzero(mask[selection.with_label(column.key)])) for column in columns]
    expected = [size * total / selection.count if selection.count else 0.0 for total in totals]
    return [Cell(row, column, Share(count, size), chance) for column, count, chance in zip(columns, counts, expected, strict=True)]


def _rung_masks(selection: Selection) -> list[np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    masks = [any_label(selection.rows, list(labels)) for labels in RUNGS.values()]
    masks[list(RUNGS).index("Clinical sample")] = any_label(selection.rows, list(_PEOPLE)) & any_label(selection.rows, [PATIENTS])
    return masks
