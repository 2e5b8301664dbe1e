"""Words in pictures of figures: how wide they are, where a line ends, and plotly's little markup as SVG text.

Markup: ``<b>…</b>`` and ``<br>``, what our figures use; other tags stand as they are. Everything else is text and is escaped.
Widths are those of the font that comes along (Source Sans, renamed as its licence asks); a viewer without it uses one much like it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont

from tracker.views import html

FAMILY = "Source Sans 3, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif"
FONT_FOLDER = Path(__file__).with_name("fonts")
LINE = 1.3  # line height ÷ font size, as plotly has it
_MEASURED_AT = 64  # px; widths are scaled from here, so that one font object serves all sizes
_DROP = 0.34  # from the middle of a line down to where its letters stand, ÷ font size
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_BOLD = re.compile(r"(</?b>)")
_BREAK = re.compile(r"<br ?/?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How a text looks: ``size`` in px; ``anchor`` left, center or right of its x; ``valign`` top, middle or bottom of its y."""

    size: float
    colour: str
    anchor: str = "left"
    valign: str = "middle"
    is_bold: bool = False


def text_width(markup: str, size: float, *, is_bold: bool = False) -> float:
    """The width in px of the longest line."""
    widths = [sum(_advance(part, bold) for part, bold in _parts(line, is_bold)) for line in _BREAK.split(markup)]
    return max(widths) * size / _MEASURED_AT


def text_height(markup: str, size: float) -> float:
    """The height in px of all lines."""
    return len(_BREAK.split(markup)) * LINE * size


def wrap(words: str, size: float, width: float, *, is_bold: bool = False) -> list[str]:
    """Plain *words* in lines of at most *width* px; a single word that is wider is cut."""
    lines = [""]
    for word in words.split():
        for piece in _cut(word, size, width, is_bold):
            longer = f"{lines[-1]} {piece}".strip()
            if text_width(longer, size, is_bold=is_bold) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [line for line in lines if line]


def text_element(x: float, y: float, markup: str, style: TextStyle, *, is_plain: bool = False) -> str:
    """*markup* as one SVG ``text`` with a ``tspan`` a line; *is_plain*: it is text on one line, whatever it looks like."""
    lines = [markup] if is_plain else _BREAK.split(markup)
    step = LINE * style.size
    above = {"top": 0.5, "middle": -(len(lines) - 1) / 2, "bottom": -len(lines) + 0.5}[style.valign]
    first = y + above * step + _DROP * style.size
    runs = [html.escape_piece(line) if is_plain else _runs(line) for line in lines]
    spans = "".join(f'<tspan x="{x:.1f}" y="{first + number * step:.1f}">{run}</tspan>' for number, run in enumerate(runs))
    weight = ' font-weight="700"' if style.is_bold else ""
    anchor = _ANCHORS.get(style.anchor, "start")
    return f'<text font-size="{style.size:g}" fill="{html.escape(style.colour)}" text-anchor="{anchor}"{weight}>{spans}</text>'


def _runs(line: str) -> str:
    """One line with its bold parts; white space inside is kept by ``xml:space`` of the root."""
    return "".join(
        f'<tspan font-weight="700">{html.escape_piece(part)}</tspan>' if bold else html.escape_piece(part)
        for part, bold in _parts(line, False)
    )


def _parts(line: str, is_bold: bool) -> list[tuple[str, bool]]:
    bold, parts = is_bold, []
    for piece in _BOLD.split(line):
        if piece in ("<b>", "</b>"):
            bold = piece == "<b>" or is_bold
        elif piece:
            parts.append((piece, bold))
    return parts


def _cut(word: str, size: float, width: float, is_bold: bool) -> list[str]:
    pieces = [word]
    while text_width(pieces[-1], size, is_bold=is_bold) > width and len(pieces[-1]) > 1:
        fits = max(1, int(len(pieces[-1]) * width / text_width(pieces[-1], size, is_bold=is_bold)) - 1)
        pieces[-1:] = [pieces[-1][:fits], pieces[-1][fits:]]
    return pieces


def _advance(text: str, is_bold: bool) -> float:
    return float(_font("Bold" if is_bold else "Regular").getlength(text))


@cache
def _font(weight: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_FOLDER / f"TrackerSans-{weight}.ttf", _MEASURED_AT)
