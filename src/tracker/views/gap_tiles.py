"""What stands in a cell of the gap map and on which ground: works, share, or observed ÷ expected.

Five grounds of one hue and not a gradient: a number must be readable on each. Hatched cells hold a handful.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.views.gaps import SMALL_CELL, Cell
from tracker.views.wording import percent

WORKS, SHARE, RATIO = "works", "share", "ratio"  # the values of ``show`` in the address
_COUNT_STEPS = (10, 25, 60, 100)  # lower ends of the grounds 2 to 5, in works; ten times as much for a corpus that outgrows them
_SHARE_STEPS = (0.02, 0.05, 0.1, 0.2)
_RATIO_STEPS = (0.5, 0.8, 1.25, 2.0)  # the middle ground is "about what chance gives"
_MUCH = 1000  # works in the fullest cell from which on the steps grow


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell as it is drawn: ``text`` in plotly's HTML, ``heat`` its ground (0 to 4)."""

    text: str
    heat: int
    is_hatched: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """How cells become tiles. ``steps`` are the lower ends of the grounds 2 to 5, ``names`` what the five grounds mean."""

    show: str
    steps: tuple[float, ...]
    names: tuple[str, ...]
    hatched: str

    def tile(self, cell: Cell) -> Tile:
        """The cell's text, ground and hatching."""
        value, text = _READINGS[self.show](cell)
        too_few = cell.is_small or (self.show == RATIO and not cell.can_compare) or (self.show == SHARE and not cell.share.is_enough)
        return Tile(text, sum(value >= step for step in self.steps), too_few)


def make_scale(show: str, cells: Iterable[Cell]) -> Scale:
    """The scale for *show* and these cells."""
    hatched = f"fewer than {SMALL_CELL}"
    if show == SHARE:
        return Scale(show, _SHARE_STEPS, _ranges([f"{step * 100:.0f}" for step in _SHARE_STEPS], "%"), f"{hatched} or too few for a share")
    if show == RATIO:
        return Scale(
            show, _RATIO_STEPS, _ranges([f"{step:g}" for step in _RATIO_STEPS], "×"), f"{hatched}, or fewer than 5 expected: too few to say"
        )
    top = max((cell.count for cell in cells), default=0)
    factor = 10 ** max(0, math.floor(math.log10(top / _MUCH)) + 1) if top else 1
    steps = [step * factor for step in _COUNT_STEPS]
    between = [f"{low:,}–{high - 1:,}" for low, high in pairwise(steps)]
    return Scale(show, tuple(steps), (f"under {steps[0]:,}", *between, f"{steps[-1]:,} or more"), hatched)


def _ranges(ends: Sequence[str], unit: str) -> tuple[str, ...]:
    between = (f"{low} to under {high}{unit}" for low, high in pairwise(ends))
    return (f"under {ends[0]}{unit}", *between, f"{ends[-1]}{unit} or more")


def _count(cell: Cell) -> tuple[float, str]:
    share = percent(cell.share.share) if cell.count and cell.share.is_enough else ""
    return cell.count, f"<b>{cell.count:,}</b>  {share}".rstrip()


def _share(cell: Cell) -> tuple[float, str]:
    if not cell.share.is_enough:
        return 0.0, "too few"
    ends = f"{cell.share.low * 100:.0f}–{cell.share.high * 100:.0f}%"
    return cell.share.share, f"<b>{percent(cell.share.share)}</b><br>{ends}"


def _ratio(cell: Cell) -> tuple[float, str]:
    """Bold where chance does not explain it."""
    if not cell.can_compare or cell.ratio is None:
        return 0.0, "–" if cell.chance.is_certain else "too few"
    low, high = cell.chance.interval(cell.count)
    ratio = f"{cell.ratio:.1f}×"
    head = f"<b>{ratio}</b>" if cell.is_rarer or cell.is_commoner else ratio
    return cell.ratio, f"{head}<br>{low:.2f}–{high:.2f}"


_READINGS: Mapping[str, Callable[[Cell], tuple[float, str]]] = {WORKS: _count, SHARE: _share, RATIO: _ratio}
