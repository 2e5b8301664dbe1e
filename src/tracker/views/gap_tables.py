"""The numbers of the gap map's page in other forms: lists of links, one sentence for who sees no figure, CSV to take away, keys."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from tracker.domain.taxonomy import Label
from tracker.views import html
from tracker.views.findings import lower
from tracker.views.gap_tiles import Scale, Tile
from tracker.views.gaps import SMALL_CELL, Cell
from tracker.views.ladder import RUNGS, Ladder, Rung
from tracker.views.ladder_chart import rung_text
from tracker.views.overlaps import Overlaps
from tracker.views.palettes import Palette
from tracker.views.statistics import Share
from tracker.views.tables import to_csv
from tracker.views.wording import any_of, count_in_words

_OPEN_LINES = 4  # more sentences wait behind their title

Cells = Sequence[Sequence[Cell]]
Lines = Sequence[tuple[str, str, str | None, bool]]  # name, number in plotly's HTML, address of its papers or None, too few to judge

_SHARE_COLUMNS = ["count", "of", "share", "low", "high"]


def heading(label: Label, n: int | None, width: int) -> str:
    """A row's or column's name in the map; with the denominator where shares are of it. Narrower labels begin with a dash."""
    lines = textwrap.wrap(f"– {label.short_name}" if label.parent else label.short_name, width, break_long_words=False)
    return "<br>".join(lines) if n is None else "<br>".join([*(f"<b>{line}</b>" for line in lines), f"n = {n:,}"])


def cell_lists(cells: Cells, tile: Callable[[Cell], Tile], link: Callable[[Cell], str | None], noun: str) -> str:
    """Every cell as a line under its group, as HTML; what a telephone shows in place of the map."""
    return "".join(
        _lines(
            f"{row[0].row.short_name}, n = {row[0].share.n:,}",
            [
                (
                    cell.column.short_name,
                    tile(cell).text,
                    link(cell) if cell.count else None,
                    tile(cell).is_hatched and not cell.can_compare,
                )
                for cell in row
            ],
            noun,
        )
        for row in cells
    )


def ladder_lists(ladders: Sequence[Ladder], link: Callable[[Ladder, Rung], str | None], noun: str) -> str:
    """Every rung as a line under its area, highest first, as HTML."""
    rungs = list(enumerate(RUNGS))[::-1]
    return "".join(
        _lines(
            f"{one.label.short_name}, n = {one.known:,}",
            [
                (rung.name, rung_text(one.rungs[at]), link(one, rung) if one.rungs[at].count else None, one.rungs[at].count < SMALL_CELL)
                for at, rung in rungs
            ],
            noun,
        )
        for one in ladders
    )


def overlap_list(found: Overlaps) -> str:
    """Every set as a line, as HTML."""
    lines: Lines = [(" + ".join(label.short_name for label in one.labels), f"<b>{one.count:,}</b>", None, False) for one in found.sets]
    return _lines("Exactly these labels", lines, "")


def folded(title: str, lists: str) -> str:
    """The lists behind a line that opens them, and open in place of the figure where the screen is narrow."""
    return (
        f'<div class="mh"><details class="in-lists wide-only"><summary>{html.escape(title)}</summary>{lists}</details>'
        f'<div class="in-lists narrow-only">{lists}</div></div>'
    )


def sentences(title: str, lines: Sequence[str], *, otherwise: str) -> str:
    """Sentences behind a line that opens them (a few stand open), as HTML; *otherwise* where there are none."""
    if not lines:
        return f'<div class="mh"><p class="mut sub">{html.escape(otherwise)}</p></div>'
    items = "".join(f"<li>{html.emphasised(line)}</li>" for line in lines)
    summary, state = f"<summary>{html.escape(title)}</summary>", " open" if len(lines) <= _OPEN_LINES else ""
    return f'<div class="mh"><details class="in-lists"{state}>{summary}<ul class="plain">{items}</ul></details></div>'


def key(scale: Scale, colours: Palette) -> str:
    """What the five grounds and the hatching mean, as HTML; nothing where the screen is too narrow for the map."""
    grounds = zip(colours.heat, scale.names, strict=True)
    steps = "".join(f'<span><i class="heat" style="--c:{ground}"></i>{html.escape(name)}</span>' for ground, name in grounds)
    return f'<div class="mh wide-only"><div class="key">{steps}<span><i class="hatch"></i>{html.escape(scale.hatched)}</span></div></div>'


def cells_in_words(cells: Cells, noun: str) -> str:
    """The map in one sentence."""
    flat = [f"{lower(cell.row)} and {lower(cell.column)} {cell.count:,}" for row in cells for cell in row]
    return f"Number of {noun}s with both: {'; '.join(flat)}."


def overlaps_in_words(found: Overlaps, noun: str) -> str:
    """The UpSet figure in one sentence."""
    sets = [f"{any_of([lower(label) for label in one.labels], 'and')} {one.count:,}" for one in found.sets]
    return f"{noun.capitalize()}s with exactly each set of labels: {'; '.join(sets)}."


def ladders_in_words(ladders: Sequence[Ladder], noun: str) -> str:
    """The ladder in one sentence."""
    areas = [
        f"{lower(one.label)}, of {one.known:,}: "
        + ", ".join(f"{rung.name.lower()} {share.count:,}" for rung, share in zip(RUNGS, one.rungs, strict=True))
        for one in ladders
    ]
    return f"{noun.capitalize()}s on each rung of evidence. {'; '.join(areas)}."


def cells_csv(cells: Cells) -> bytes:
    """One line a cell. ``expected`` if the two were unrelated; ``ratio`` and its interval are empty where that is below 5."""
    group, by = cells[0][0].row.facet, cells[0][0].column.facet
    names = [group, by, *_SHARE_COLUMNS, "expected", "ratio", "ratio_low", "ratio_high", "studied"]
    return to_csv(names, [_cell_line(cell) for row in cells for cell in row])


def overlaps_csv(found: Overlaps) -> bytes:
    """One line a set of labels, 0 or 1 for each, and the papers with exactly this set; the last lines sum what is not drawn."""
    lines = [[one.id, *(int(label in one.labels) for label in found.labels), one.count] for one in found.sets]
    blanks = [""] * len(found.labels)
    lines += [["(rarer sets)", *blanks, found.rest], ["(none of the labels)", *blanks, found.none]]
    return to_csv(["set", *(label.key for label in found.labels), "count"], lines)


def ladders_csv(ladders: Sequence[Ladder]) -> bytes:
    """One line an area and rung; ``of`` are the papers whose kind of study is known."""
    lines = [[one.label.id, rung.id, *_share_line(share)] for one in ladders for rung, share in zip(RUNGS, one.rungs, strict=True)]
    return to_csv(["application", "rung", *_SHARE_COLUMNS], lines)


def _cell_line(cell: Cell) -> list[object]:
    ratios: list[object] = ["", "", ""]
    if cell.can_compare:
        ratios = [f"{value:.3f}" for value in (cell.count / cell.expected, *cell.chance.interval(cell.count))]
    studied = "" if cell.studied is None else cell.studied
    return [cell.row.id, cell.column.id, *_share_line(cell.share), f"{cell.expected:.1f}", *ratios, studied]


def _share_line(share: Share) -> list[object]:
    return [share.count, share.n, f"{share.share:.4f}", f"{share.low:.4f}", f"{share.high:.4f}"]


def _lines(title: str, lines: Lines, noun: str) -> str:
    items = "".join(_line(title, *line, noun) for line in lines)
    return f"<h4>{html.escape(title)}</h4><ul>{items}</ul>"


def _line(group: str, name: str, number: str, address: str | None, is_few: bool, noun: str) -> str:
    """A name and its number; the number is the link, and says in full where it leads to who cannot see what stands around it."""
    shown = f"<span>{number.replace('<br>', ' ')}</span>"
    if address:
        where = html.escape(f"{name}, {group.partition(',')[0]}: show these {noun}s")
        shown = f'<a href="{html.escape(address)}" aria-label="{html.escape(_spoken(number))} {where}">{shown}</a>'
    few = ' <span class="mut">too few to judge</span>' if is_few and "too few" not in number else ""
    return f"<li><span>{html.escape(name)}{few}</span>{shown}</li>"


def _spoken(number: str) -> str:
    return number.replace("<b>", "").replace("</b>", "").replace("<br>", ", ")


def counted(count: int, noun: str) -> str:
    """The words of a link to papers."""
    return f"Open {'this' if count == 1 else 'these'} {count_in_words(count, noun)}"
