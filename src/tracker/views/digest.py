"""What changed since a day, as a Markdown page to read, mail or commit: five lists with their counts, and how the sources stand.

Text from outside is escaped: whatever a title holds, it stays a title. Abstracts are not quoted, only how much of them changed.
The same data give the same text: no clock. Memory does not grow with the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from tracker.domain.differences import Difference, Relabel, compare_words
from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.status import STATE_WORDS, sample_in_force
from tracker.store.base import HarvestState, Store
from tracker.views.change_details import STRENGTHS, ChangedEntry, LabelChange, cause_in_words, field_in_words, stream_changed
from tracker.views.changes import LISTS, TITLES, Changes, quiet_in_words
from tracker.views.html import escape_markdown
from tracker.views.notices import SOURCE_NAMES
from tracker.views.wording import count_in_words, date_in_words, instant_in_words

LISTED = 100  # papers of each list; the rest is counted, and listed by the dashboard

_SHOWN_FACETS = ("application", "risk", "safeguard")
_SHOWN_AUTHORS = 3


def write_digest(stream: IO[bytes], changes: Changes, store: Store, taxonomy: Taxonomy, sources: Sequence[str]) -> None:
    """Write the digest of *changes* to a binary *stream*, UTF-8. *sources* are those in use, in their order."""
    states = store.load_harvest_states()
    for line in _head(changes, taxonomy, sample_in_force(store.load_about(), states)):
        stream.write(f"{line}\n".encode())
    if changes.is_quiet:
        stream.write(f"{quiet_in_words(changes, states, sources)}\n\n".encode())
    for name in LISTS:
        for line in _list(changes, name, store, taxonomy):
            stream.write(f"{line}\n".encode())
    for line in ("## Sources", "", *(_source(source, states.get(source)) for source in sources)):
        stream.write(f"{line}\n".encode())


def _head(changes: Changes, taxonomy: Taxonomy, sample: str | None) -> Iterator[str]:
    filters = changes.lists["new"].filters
    yield f"# What is new in mental-health LLM research since {date_in_words(changes.since.date())}"
    yield ""
    yield f"Counted: {escape_markdown(filters.in_words(taxonomy))}. Taxonomy {escape_markdown(taxonomy.version)}."
    yield ""
    if sample:
        yield from (f"**A sample, not the field:** {escape_markdown(sample)}", "")
    if not changes.is_quiet:
        yield from (changes.in_words(bold="**"), "")
    if changes.details_only:
        yield from (f"{count_in_words(changes.details_only, 'more record')} changed only in details such as index terms.", "")


def _list(changes: Changes, name: str, store: Store, taxonomy: Taxonomy) -> Iterator[str]:
    count = changes.count(name)
    yield from (f"## {TITLES[name]}: {count:,}" if count else f"## {TITLES[name]}: none", "")
    for changed in stream_changed(changes, name, store, stop=LISTED):
        yield from _item(changed, name, taxonomy)
    if count > LISTED:
        yield f"- … and {count - LISTED:,} more: the page *What's new* lists them all."
    if count:
        yield ""


def _item(changed: ChangedEntry, name: str, taxonomy: Taxonomy) -> Iterator[str]:
    """The paper, and under it what is said of it in the list *name*."""
    entry = changed.entry
    title = escape_markdown(entry.record.title) or "(no title)"
    linked = f"[{title}](<{entry.record.url}>)" if entry.record.url else title
    warning = f"**{', '.join(entry.warnings)}:** " if entry.warnings else ""
    facts = [_authors(entry.record.authors), escape_markdown(entry.record.venue or ""), date_in_words(entry.published)]
    yield f"- {warning}{linked}  "
    yield f"  {' · '.join(fact for fact in facts if fact)}"
    yield from (f"  - {note}" for note in _notes(changed, name, taxonomy))


def _notes(changed: ChangedEntry, name: str, taxonomy: Taxonomy) -> list[str]:
    if name == "retracted":
        return [_status(changed)]
    if name == "versions":
        return [_difference(one) for change in changed.texts for one in change.differences]
    if name == "relabelled":
        return [_relabelled(change, taxonomy) for change in changed.labels]
    return _labels(changed, taxonomy)


def _status(changed: ChangedEntry) -> str:
    before = changed.status_before
    return f"{changed.entry.status.value}; {f'was {before} before' if before else 'already so when first seen'}"


def _labels(changed: ChangedEntry, taxonomy: Taxonomy) -> list[str]:
    """The labels of the first level on one line; none, no line."""
    labels = ((facet, label) for facet in _SHOWN_FACETS for label in changed.entry.labels.get(facet, ()))
    known = (taxonomy.facets[facet].labels.get(label) for facet, label in labels)
    names = [escape_markdown(label.short_name or label.name) for label in known if label and label.level == 1]
    return [" · ".join(names)] if names else []


def _difference(difference: Difference) -> str:
    field = field_in_words(difference.field)
    if difference.field == "abstract":
        return f"abstract: {_amount(difference)}"
    if difference.field == "authors":
        return f"authors: {_listed(difference.before)} → {_listed(difference.after)}"
    return f"{field}: {escape_markdown(difference.before or 'none')} → {escape_markdown(difference.after or 'none')}"


def _amount(difference: Difference) -> str:
    """How many words of a text went and came."""
    counts = {"removed": 0, "added": 0}
    for piece in compare_words(difference.before or "", difference.after or ""):
        if piece.kind != "same":
            counts[piece.kind] += len(piece.text.split())
    return f"{count_in_words(counts['removed'], 'word')} removed, {count_in_words(counts['added'], 'word')} added"


def _relabelled(change: LabelChange, taxonomy: Taxonomy) -> str:
    parts = [_relabel(one, taxonomy) for one in change.relabels]
    if change.entered_scope is not None:
        parts.append("now in scope" if change.entered_scope else "now out of scope")
    return f"{'; '.join(parts)} ({escape_markdown(cause_in_words(change))})"


def _relabel(relabel: Relabel, taxonomy: Taxonomy) -> str:
    name = _name(relabel.label, taxonomy)
    if not relabel.before:
        return f"added {name}"
    if not relabel.after:
        return f"removed {name}"
    return f"{name}: {STRENGTHS[relabel.before]} → {STRENGTHS[relabel.after]}"


def _name(label: str, taxonomy: Taxonomy) -> str:
    """The label's short name; its id where the taxonomy no longer has it."""
    facet, _, label_id = label.partition(":")
    known = taxonomy.facets[facet].labels.get(label_id) if facet in taxonomy.facets else None
    return escape_markdown(known.short_name or known.name if known else label)


def _authors(authors: Sequence[str]) -> str:
    more = f" and {len(authors) - _SHOWN_AUTHORS} more" if len(authors) > _SHOWN_AUTHORS else ""
    return escape_markdown(", ".join(authors[:_SHOWN_AUTHORS])) + more


def _listed(authors: str | None) -> str:
    return _authors(authors.split("; ")) if authors else "none"


def _source(source: str, state: HarvestState | None) -> str:
    words = STATE_WORDS.get(state.state if state else None, "state unknown")
    success = instant_in_words(state.last_success_at if state else None)
    return f"- **{SOURCE_NAMES.get(source, source)}**: {words}; last complete: {success}"
