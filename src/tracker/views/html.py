"""Our own HTML, for what Streamlit has no element for, and the one way for text from outside to get into it.

Text from outside (titles, authors, abstracts, venues, words searched for, messages of services) passes through :func:`escape` or
:func:`escape_piece` and nothing else. Marked text is cut at the evidence offsets *first*, as received, and each piece is escaped
then: the other way round the offsets would shift. Every colour is a class of ``style.css``, chosen by our own ids; a link is only
built from an address that :mod:`tracker.domain.identifiers` made.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FACET_CLASSES = {"risk": "risk", "safeguard": "call"}
AREA_CLASSES = frozenset({"education", "assessment", "intervention"})
STATE_SHAPES = {  # the shape repeats the colour: circle, circle, triangle, square, ring
    "complete": "complete",
    "unchanged": "unchanged",
    "incomplete": "short",
    "failed": "failed",
    "skipped": "skipped",
}
_BLANKS = frozenset("\t\n\r")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co"})  # control, format (zero width, bidirectional), surrogates, private use
_COMBINING = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_COMBINING_RUN = re.compile(f"({_COMBINING}{{4}}){_COMBINING}+")  # more than four accents on one letter climb over the lines


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text to be marked: half-open in code points. ``name`` is the label in words, ``style`` its class."""

    start: int
    end: int
    name: str
    style: str
    is_strong: bool = True


def visible(text: str) -> str:
    """*text* without characters that show nothing or turn the reading direction; white space stays.

    >>> visible("a\\u202eb\\x00c")
    'abc'
    """
    seen = "".join(char for char in text if char in _BLANKS or unicodedata.category(char) not in _INVISIBLE)
    return _COMBINING_RUN.sub(r"\1", seen)


def one_line(text: str) -> str:
    """Text from outside on one line, for cells that show plain text."""
    return " ".join(visible(text).split())


def escape(text: str) -> str:
    """Text from outside as one line of HTML text, safe in an element and in a quoted attribute.

    >>> escape("  <b>$5 &\\n more</b>")
    '&lt;b&gt;$5 &amp; more&lt;/b&gt;'
    """
    return html.escape(one_line(text), quote=True)


def escape_piece(text: str) -> str:
    """The same for a piece of a longer text: white space stays as it is."""
    return html.escape(visible(text), quote=True)


def label_style(facet: str, area: str) -> str:
    """The class of a label: its colour, the badge's shape and the underline. *area* is the level-1 label it belongs to."""
    if facet == "application" and area in AREA_CLASSES:
        return area
    return FACET_CLASSES.get(facet, "plain")


def badge(name: str, style: str, *, note: str = "") -> str:
    """A label as a badge; *note* stands small behind the name (``studied``, ``by hand``)."""
    small = f" <small>{escape(note)}</small>" if note else ""
    return f'<span class="badge c-{style}"><i></i>{escape(name)}{small}</span>'


def link(text: str, url: str | None) -> str:
    """*text* as a link to an outside page, or as text where there is no address."""
    if url is None:
        return escape(text)
    if not url.startswith("https://"):
        raise ValueError(f"{url!r} is not an https address; build links with tracker.domain.identifiers")
    return f'<a href="{html.escape(url, quote=True)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'


def merge_marks(marks: Iterable[Mark], length: int) -> list[Mark]:
    """Marks that neither overlap nor leave the text, in order.

    Of overlapping marks the strong one wins, then the longer; neighbours of one label that touch become one.
    """
    kept: list[Mark] = []
    inside = (mark for mark in marks if 0 <= mark.start < mark.end <= length)
    for mark in sorted(inside, key=lambda one: (not one.is_strong, one.start - one.end, one.start)):
        if all(mark.end <= other.start or other.end <= mark.start for other in kept):
            kept.append(mark)
    merged: list[Mark] = []
    for mark in sorted(kept, key=lambda one: one.start):
        last = merged[-1] if merged else None
        if last and last.end == mark.start and (last.name, last.style) == (mark.name, mark.style):
            merged[-1] = Mark(last.start, mark.end, mark.name, mark.style, last.is_strong or mark.is_strong)
        else:
            merged.append(mark)
    return merged


def limit_marks(marks: Sequence[Mark], *, each: int = 2) -> list[Mark]:
    """At most *each* marks per label, strong ones and early ones first; more would drown the text."""
    seen: dict[str, int] = {}
    kept = []
    for mark in sorted(marks, key=lambda one: (not one.is_strong, one.start)):
        seen[mark.name] = seen.get(mark.name, 0) + 1
        if seen[mark.name] <= each:
            kept.append(mark)
    return kept


def marked(text: str, marks: Iterable[Mark]) -> str:
    """*text* with its evidence marked: colour, underline style and a tag in words all say which label.

    >>> marked("a <b> c", [Mark(2, 5, "Opacity", "risk")])
    'a <mark class="c-risk">&lt;b&gt;<sup>Opacity</sup></mark> c'
    """
    pieces, at = [], 0
    for mark in merge_marks(marks, len(text)):
        pieces.append(escape_piece(text[at : mark.start]))
        words = escape_piece(text[mark.start : mark.end])
        pieces.append(f'<mark class="c-{mark.style}">{words}<sup>{escape(mark.name)}</sup></mark>')
        at = mark.end
    pieces.append(escape_piece(text[at:]))
    return "".join(pieces)


def state_mark(state: str | None) -> str:
    """The small shape that stands beside a state's word; a ring for ``None``."""
    return f'<i class="st st-{STATE_SHAPES.get(state or "", "skipped")}"></i>'


def heading(title: str, subtitle: str = "", *, level: int = 3, narrow: str = "") -> str:
    """A block's heading: a finding (``**bold**`` numbers allowed) and a muted line under it, *narrow* in its place on narrow screens."""
    wide = "mut sub wide-only" if narrow else "mut sub"
    under = f'<p class="{wide}">{emphasised(subtitle)}</p>' if subtitle else ""
    under += f'<p class="mut sub narrow-only">{emphasised(narrow)}</p>' if narrow else ""
    return f'<div class="head"><h{level}>{emphasised(title)}</h{level}>{under}</div>'


def emphasised(sentence: str) -> str:
    """A sentence of ours with ``**bold**`` parts; everything else in it is text.

    >>> emphasised("**5** of <9>")
    '<b>5</b> of &lt;9&gt;'
    """
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(sentence))


def escape_markdown(text: str) -> str:
    """Text from outside as literal markdown, for widget labels, which take nothing else.

    >>> escape_markdown("$5 **b**")
    '\\\\$5 \\\\*\\\\*b\\\\*\\\\*'
    """
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~<>$:&\"'=^@/])", r"\\\1", one_line(text))


def code_words(sentence: str) -> str:
    """A sentence of ours with words between backticks set as code; everything else in it is text."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence))


def table(names: Sequence[str], lines: Iterable[str], *, numbers: int) -> str:
    """A table of :func:`table_line` rows, the last *numbers* columns figures; a wide one scrolls in its own box."""
    first = len(names) - numbers
    heads = "".join(f'<th scope="col"{" class=num" if at >= first else ""}>{escape(name)}</th>' for at, name in enumerate(names))
    body = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return f'<div class="mh"><div class="scroll" tabindex="0">{body}</div></div>'


def table_line(cells: Sequence[str], *, numbers: int) -> str:
    """A row whose last *numbers* cells are figures. The cells are HTML already."""
    first = len(cells) - numbers
    return (
        "<tr>" + "".join(f'<td class="num">{cell}</td>' if at >= first else f"<td>{cell}</td>" for at, cell in enumerate(cells)) + "</tr>"
    )
