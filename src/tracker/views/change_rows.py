"""A changed paper as a row of *What's new*, as HTML: the paper, and under it what differs from before.

Words that went are struck through (``del``), words that came are underlined (``ins``): no difference is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracker.domain.differences import Difference, Piece, Relabel, compare_words
from tracker.domain.taxonomy import Taxonomy
from tracker.views import html
from tracker.views.change_details import STRENGTHS, ChangedEntry, LabelChange, cause_in_words, field_in_words
from tracker.views.paper import label_badge, row, venue
from tracker.views.wording import date_in_words

_IN_WORDS = frozenset({"title", "abstract", "authors"})  # fields compared word by word; the others are short
_LONGEST_SAME = 16  # words between two differences; more are cut in the middle
_TAGS = {"same": "", "removed": "del", "added": "ins"}


def rows(changed: Iterable[ChangedEntry], name: str, taxonomy: Taxonomy, *, query: str = "") -> str:
    """The papers of the list *name* (one of ``changes.LISTS``) one under the other, each with what changed in it."""
    lines = "".join(row(one.entry, taxonomy, query=query, under=_under(one, name, taxonomy)) for one in changed)
    return f'<div class="mh"><div class="rows">{lines}</div></div>'


def differences(found: Iterable[Difference]) -> str:
    """One line a field; short fields before → after, texts with their words marked."""
    return "".join(f'<p class="diff"><b>{_capital(field_in_words(one.field))}:</b> {_difference(one)}</p>' for one in found)


def words(before: str, after: str) -> str:
    """The two texts laid over each other.

    >>> words("a small test", "a larger test")
    'a <del>small</del> <ins>larger</ins> test'
    """
    return " ".join(_piece(piece) for piece in compare_words(before, after))


def _under(changed: ChangedEntry, name: str, taxonomy: Taxonomy) -> str:
    if name == "retracted":
        before = changed.status_before
        return _line(f"Was {before} before" if before else "Already so when first seen")
    if name == "published":
        return _line(_published(changed))
    if name == "versions":
        return "".join(differences(change.differences) for change in changed.texts)
    if name == "relabelled":
        return "".join(_relabelled(change, taxonomy) for change in changed.labels)
    return ""


def _published(changed: ChangedEntry) -> str:
    """Where the preprint and the article appeared; in records the row is the article alone."""
    records = [stored.record for stored in changed.entry.records]
    places = [f"{venue(one)}, {date_in_words(one.published)}" for one in sorted(records, key=lambda one: not one.is_preprint)]
    return f"{' → '.join(places)}" if len(places) > 1 else "The article of a preprint known before"


def _relabelled(change: LabelChange, taxonomy: Taxonomy) -> str:
    parts = [_relabel(one, taxonomy) for one in change.relabels]
    if change.entered_scope is not None:
        parts.append("Now in scope" if change.entered_scope else "Now out of scope")
    return f'<p class="diff">{" · ".join(parts)} <span class="mut">({html.escape(cause_in_words(change))})</span></p>'


def _relabel(relabel: Relabel, taxonomy: Taxonomy) -> str:
    facet, _, label = relabel.label.partition(":")
    before, after = (STRENGTHS.get(strength, "not given") for strength in (relabel.before, relabel.after))
    return f"{label_badge(facet, label, taxonomy)}{before} → {after}"


def _difference(one: Difference) -> str:
    if one.field in _IN_WORDS and one.before and one.after:
        return words(one.before, one.after)
    return " → ".join(_tagged("del" if at == 0 else "ins", text) if text else "none" for at, text in enumerate((one.before, one.after)))


def _piece(piece: Piece) -> str:
    return _tagged(_TAGS[piece.kind], piece.text) if piece.kind != "same" else html.escape(" ".join(_cut(piece.text.split())))


def _cut(same: list[str]) -> Iterator[str]:
    """Words that stayed: some at each end are enough to find the place."""
    half = _LONGEST_SAME // 2
    yield from (same if len(same) <= _LONGEST_SAME else (*same[:half], "…", *same[-half:]))


def _tagged(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>"


def _line(sentence: str) -> str:
    return f'<p class="diff">{html.escape(sentence)}.</p>'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
