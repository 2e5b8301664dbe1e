"""What the trends show: by which groups, per which period, as works or as shares. No Streamlit, no figures, no sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.taxonomy import Label, Taxonomy
from tracker.views.frames import main_labels
from tracker.views.notices import SOURCE_NAMES
from tracker.views.palettes import AREA_COLOURS, AREA_SYMBOLS, CALL, Palette
from tracker.views.periods import MONTH, QUARTER, YEAR, Periods

COUNTS, SHARES = "works", "share"
CHOICES: Mapping[str, Mapping[str, str]] = {  # name in the address → value → word on the button; the first is the default
    "period": {QUARTER: "Quarter", MONTH: "Month", YEAR: "Year"},
    "values": {COUNTS: "Number", SHARES: "Share"},
    "by": {"application": "Application", "risk": "Risk", "safeguard": "Call", "source": "Source"},
}
FEWEST_PERIODS = 3  # complete ones that make a line
MOST_GHOSTS = 4  # panels; behind one of more of them the others would be a tangle
_PAPER = "paper"  # where the founding paper's labels come from


@dataclass(frozen=True, slots=True)
class Group:
    """One panel: ``key`` is ``facet:label`` or ``source:name``; colour and symbol are its marks'."""

    key: str
    name: str
    colour: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The numbers of one group per period; ``None`` where a share would rest on too few. ``band`` holds intervals of shares, else
    nothing. The values after the first ``complete`` are of the period that is open."""

    group: Group
    values: tuple[float | None, ...]
    complete: int
    band: tuple[tuple[float, float] | None, ...] = ()


def groups(by: str, taxonomy: Taxonomy, sources: Sequence[str], colours: Palette) -> list[Group]:
    """The groups of one view, in taxonomy order."""
    if by == "source":
        return [Group(f"source:{source}", SOURCE_NAMES.get(source, source), colours.ink, "circle") for source in sources]
    labels = calls(taxonomy) if by == "safeguard" else main_labels(taxonomy, by, outside=False)
    return [label_group(label, colours) for label in labels]


def label_group(label: Label, colours: Palette) -> Group:
    """A label as a group."""
    if label.facet == "application":
        return Group(label.key, label.short_name, AREA_COLOURS.get(label.id, colours.ink), AREA_SYMBOLS.get(label.id, "circle"))
    facets = {"risk": (colours.risk, "circle"), "safeguard": (CALL, "diamond")}
    return Group(label.key, label.short_name, *facets.get(label.facet, (colours.ink, "circle")))


def calls(taxonomy: Taxonomy) -> list[Label]:
    """The founding paper's four calls for responsible development; our own additions are not among them."""
    return [label for label in main_labels(taxonomy, "safeguard") if label.origin == _PAPER]


def make_panel(periods: Periods, group: Group, values: str) -> Panel:
    """The panel of one group, as numbers of works or as the share of the period's works."""
    if values == COUNTS:
        return Panel(group, periods.counts[group.key], periods.complete)
    shares = periods.shares(group.key)
    found = tuple(one.share * 100 if one.is_enough else None for one in shares)
    band = tuple((one.low * 100, one.high * 100) if one.is_enough else None for one in shares[: periods.complete])
    return Panel(group, found, periods.complete, band)


def middle(start: date, grain: str) -> date:
    """A day in the middle of the period, where its point stands."""
    months = {MONTH: 0, QUARTER: 1, YEAR: 6}[grain]
    return date(start.year, start.month + months, 15 if grain != YEAR else 1)
