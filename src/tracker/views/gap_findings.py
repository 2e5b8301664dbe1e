"""The sentences of the gap map's page, written from the data: a title for each figure, and what a cell, a set or a rung says.

House rules as in :mod:`.findings`: each claim with its number, a fallback where nothing stands out, never a cause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tracker.views.findings import lower
from tracker.views.gap_tiles import RATIO, SHARE, WORKS
from tracker.views.gaps import SMALL_CELL, Cell
from tracker.views.ladder import RUNGS, Ladder, Rung
from tracker.views.overlaps import LabelSet, Overlaps
from tracker.views.statistics import TOO_FEW, Share
from tracker.views.wording import any_of, count_in_words, percent

_FEW = 10  # works in a cell: the lowest class of the map
_NAMED = 2  # pairs a sentence names; more are counted
_KINDS = {"risk": ("risk", "risks", "name"), "safeguard": ("call", "calls", "heed")}  # singular, plural, what works do to it

Cells = Sequence[Sequence[Cell]]


def page(cells: Cells, noun: str) -> str:
    """The sentence under the page's title: the emptiest pairs and the fullest."""
    flat = _flat(cells)
    if not any(cell.count for cell in flat):
        kind, _, verb = _KINDS[flat[0].column.facet]
        return f"No {noun} here {verb}s a {kind}."
    fewest = min(cell.count for cell in flat)
    emptiest = [f"**{pair(cell)}**" for cell in flat if cell.count == fewest]
    fullest = max(flat, key=lambda cell: cell.count)
    number = f"{fewest:,}" if fewest else "none"
    few = any_of(emptiest, "and") if len(emptiest) <= _NAMED else f"{len(emptiest)} pairs"
    each = " each" if len(emptiest) > 1 and fewest else ""
    return f"Fewest {noun}s: {few} ({number}{each}). The fullest pair, {pair(fullest)}, has {fullest.count:,}."


def map_title(cells: Cells, show: str, noun: str) -> str:
    """The heading of the map, for what it shows."""
    return _TITLES[show](cells, noun)


def map_subtitle(cells: Cells, show: str, noun: str) -> str:
    """What a number in the map is, of what, and what a reader must mind."""
    first = cells[0][0]
    kind, _, verb = _KINDS[first.column.facet]
    group = "population" if first.row.facet == "population" else "application"
    if show == WORKS:
        return f"{noun.capitalize()}s that {verb} the {kind}, and their share of the {group}’s {noun}s. One can be in several cells."
    if show == SHARE:
        return f"Share of the {group}’s {noun}s that {verb} the {kind}, with its 95% interval. Shares do not add up to 100%."
    luck = max(1, round(0.05 * sum(cell.can_compare for cell in _flat(cells))))
    return (
        f"{noun.capitalize()}s found ÷ expected if {group} and {kind} were unrelated, with 95% interval. "
        f"Bold: rarer or commoner than chance explains; about {luck} would be so by luck."
    )


def pair(cell: Cell) -> str:
    """A cell's name inside a sentence."""
    return f"{lower(cell.column)} in {'studies of ' if cell.row.facet == 'population' else ''}{lower(cell.row)}"


def empty_cells(cells: Cells, noun: str) -> list[str]:
    """A sentence for each empty cell, those first where chance alone would give most."""
    empty = sorted((cell for cell in _flat(cells) if not cell.count), key=lambda cell: -cell.expected)
    return [f"**{_upper(pair(cell))}**: {why_empty(cell, noun)}" for cell in empty]


def why_empty(cell: Cell, noun: str) -> str:
    """What it means that nothing is there."""
    looked = f"no {noun} of {cell.share.n:,}; independence would give {cell.expected:.1f}"
    if cell.can_compare:
        return f"nobody has looked: {looked}."
    return f"{looked}: too few to call it a gap."


def cell(one: Cell, noun: str) -> str:
    """One cell in words: count, share with its denominator, what chance would give, how many study the risk."""
    if not one.count:
        return f"{_upper(why_empty(one, noun))} The words of both labels were searched for in every title and abstract."
    of = f"{count_in_words(one.share.n, noun)} {'on' if one.row.facet == 'population' else 'in'} {lower(one.row)}"
    share = f", {percent(one.share.share)} of {of} ({_interval(one.share)})" if one.share.is_enough else f" of {of}"
    few = "" if one.can_compare else _few(one.count)
    return f"**{count_in_words(one.count, noun)}**{share}. {_against_chance(one, noun)}{few}{_studied(one)}"


def overlaps(found: Overlaps, noun: str) -> str:
    """The heading of the UpSet figure: the most frequent set of two labels or more."""
    if not found.joined:
        return f"No {noun} joins two of these labels"
    top = max(found.joined, key=lambda one: one.count)
    return f"{_upper(count_in_words(top.count, noun))} {'joins' if top.count == 1 else 'join'} {any_of(_names(top), 'and')}"


def overlaps_subtitle(found: Overlaps, noun: str) -> str:
    """How to read a bar, of how many, and what is not drawn."""
    are = "is" if found.rest_sets == 1 else "are"
    rest = f" {count_in_words(found.rest_sets, 'rarer set')} with {count_in_words(found.rest, noun)} {are} not drawn." if found.rest else ""
    return f"{noun.capitalize()}s with exactly this set of labels: each of {found.carrying:,} stands in one bar only.{rest}"


def label_set(one: LabelSet, found: Overlaps, noun: str) -> str:
    """One bar in words."""
    share = f", {percent(one.count / found.carrying)} of {found.carrying:,} with any of these labels" if found.carrying >= TOO_FEW else ""
    alone = "and no other of these labels" if len(one.labels) < len(found.labels) else "all of them"
    return f"**{count_in_words(one.count, noun)}**{share}: {any_of(_names(one), 'and')}, {alone}."


def ladder(ladders: Sequence[Ladder], noun: str) -> str:
    """The heading of the evidence ladder: where the smallest part reached patients in care or a trial."""
    known = [one for one in ladders if one.top.is_enough]
    if not known:
        return "Too few works of a known kind of study for shares".replace("works", f"{noun}s")
    least = min(known, key=lambda one: one.top.share)
    return f"{percent(1 - least.top.share)} of {lower(least.label)} {noun}s reached neither patients in care nor a trial"


def ladder_subtitle(ladders: Sequence[Ladder], noun: str) -> str:
    """What the shares are of, and what is left out."""
    unknown = sum(one.unknown for one in ladders)
    left_out = f" Left out: {count_in_words(unknown, noun)} of unknown kind." if unknown else ""
    return f"Share of each area’s {noun}s with a known kind of study (n). One can stand on several rungs.{left_out}"


def rung(one: Ladder, at: Rung, noun: str) -> str:
    """One rung of one area in words."""
    share = one.rungs[RUNGS.index(at)]
    if not share.count:
        return f"No {noun} of {share.n:,} in {lower(one.label)} reached this rung: {at.meaning}."
    of = f"{share.n:,} in {lower(one.label)} whose kind of study is known"
    part = f", {percent(share.share)} of {of} ({_interval(share)})" if share.is_enough else f" of {of}"
    return f"**{count_in_words(share.count, noun)}**{part}: {at.meaning}.{_few(share.count)}"


def _works_title(cells: Cells, noun: str) -> str:
    """In which group the most labels are hardly looked at."""
    by_group = [(sum(cell.count < _FEW for cell in row), row[0].row) for row in cells]
    count, label = max(by_group, key=lambda item: item[0])
    several = _KINDS[cells[0][0].column.facet][1]
    if not count:
        return f"Every pair has at least ten {noun}s"
    named = f"{count} of {len(cells[0])} {several}" if count < len(cells[0]) else f"All {count} {several}"
    return f"{named} {'has' if count == 1 else 'have'} fewer than ten {noun}s in {lower(label)}"


def _share_title(cells: Cells, noun: str) -> str:
    enough = [cell for cell in _flat(cells) if cell.share.is_enough]
    if not enough:
        return "Too few for shares"
    top = max(enough, key=lambda cell: cell.share.share)
    return f"The largest share: {pair(top)}, {percent(top.share.share)} of {count_in_words(top.share.n, noun)}"


def _ratio_title(cells: Cells, noun: str) -> str:
    known = [cell for cell in _flat(cells) if cell.can_compare]
    if not known:
        return "Too few to say of any pair whether chance explains it"
    rare = [cell for cell in known if cell.is_rarer]
    if not rare:
        return f"None of {len(known)} pairs with enough {noun}s is rarer than chance explains"
    least = min(rare, key=lambda cell: cell.count / cell.expected)
    return f"Rarest against chance: {pair(least)}, {count_in_words(least.count, noun)} where {least.expected:.1f} would be expected"


_TITLES: Mapping[str, Callable[[Cells, str], str]] = {WORKS: _works_title, SHARE: _share_title, RATIO: _ratio_title}


def _against_chance(one: Cell, noun: str) -> str:
    expected = f"{one.expected:.1f} expected if the two were unrelated"
    if one.chance.is_certain:
        return f"One of the labels is carried by all {noun}s here: nothing to compare with."
    if not one.can_compare:
        return f"{expected}: too few to say more."
    low, high = one.chance.interval(one.count)
    verdict = "chance may explain it"
    if one.is_rarer or one.is_commoner:
        verdict = f"{'rarer' if one.is_rarer else 'commoner'} than chance explains"
    return f"{expected}: {one.count / one.expected:.1f} times as many (95% interval {low:.2f} to {high:.2f}), {verdict}."


def _studied(one: Cell) -> str:
    if one.studied is None:
        return ""
    if one.count == 1:
        return " It studies the risk." if one.studied else " It only names the risk."
    if one.studied in (0, one.count):
        return " All study the risk." if one.studied else " None studies the risk: all only name it."
    return f" {one.studied} {'studies' if one.studied == 1 else 'study'} the risk, the rest only name it."


def _few(count: int) -> str:
    return " Fewer than five: too few to judge." if count < SMALL_CELL else ""


def _interval(share: Share) -> str:
    return f"95% interval {share.low * 100:.0f}–{share.high * 100:.0f}%"


def _names(one: LabelSet) -> list[str]:
    return [lower(label) for label in one.labels]


def _flat(cells: Cells) -> list[Cell]:
    return [cell for row in cells for cell in row]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
