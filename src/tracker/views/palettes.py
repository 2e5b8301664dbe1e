"""Colours of figures. Those of the three areas pass 3:1 on both grounds; the rest depends on the theme.

Okabe and Ito's hues for the areas: people with any kind of colour blindness can tell them apart. Every colour in a figure has a
second sign beside it: a name, a symbol, a hatch.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from itertools import chain
from typing import Any

AREA_COLOURS = {"education": "#0072B2", "assessment": "#D55E00", "intervention": "#009E73"}  # Okabe-Ito, 3:1 on both grounds
AREA_SYMBOLS = {"education": "circle", "assessment": "square", "intervention": "diamond"}
PLAIN = "#7C8894"
CALL = "#9A7400"
GRID = "rgba(128,128,128,.22)"
GHOST = "rgba(128,128,128,.38)"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours that depend on the theme. ``heat`` and ``heat_text`` are the five classes of the gap map and their text."""

    ink: str
    ground: str
    text: str
    muted: str
    risk: str
    heat: tuple[str, str, str, str, str]
    heat_text: tuple[str, str, str, str, str]
    thin: str


_LIGHT = Palette(
    ink="#44525F", ground="#FDFCFA", text="#1D2733", muted="#56606B", risk="#803E79",
    heat=("#F6EDF4", "#E8D0E2", "#D3A9CA", "#8A4683", "#561A54"),
    heat_text=("#1D2733", "#1D2733", "#1D2733", "#FFFFFF", "#FFFFFF"), thin="rgba(68,82,95,.08)",
)  # fmt: skip
_DARK = Palette(
    ink="#AAB4BE", ground="#12171C", text="#E9E7E2", muted="#A9B2BC", risk="#D08BC2",
    heat=("#241C2A", "#3B2540", "#57335A", "#B87BB0", "#E6B6DA"),
    heat_text=("#E9E7E2", "#E9E7E2", "#E9E7E2", "#1A1020", "#1A1020"), thin="rgba(170,180,190,.10)",
)  # fmt: skip


def palette(*, is_dark: bool) -> Palette:
    """The colours for one theme."""
    return _DARK if is_dark else _LIGHT


def printed(value: Any) -> Any:
    """A figure's own JSON (or a part of it) with the colours of the dark theme replaced by those of the light one, for paper."""
    if isinstance(value, dict):
        return {name: printed(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [printed(one) for one in value]
    return _ON_PAPER.get(value, value) if isinstance(value, str) else value


def _flat(colours: Palette) -> list[str]:
    return list(chain.from_iterable([one] if isinstance(one, str) else one for one in astuple(colours)))


_ON_PAPER = dict(zip(_flat(_DARK), _flat(_LIGHT), strict=True))
