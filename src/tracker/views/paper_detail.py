"""One paper in full: marked title and abstract, why it has its labels, what was masked, links, and the records of its work.

Evidence counts in the code points of the text as received, so text is cut first and escaped then (:func:`html.marked`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracker.domain import identifiers
from tracker.domain.corrections import SCOPE, Correction
from tracker.domain.record import AbstractState, EvidenceSpan, Record, Suppressed
from tracker.domain.taxonomy import Rule, Taxonomy
from tracker.pipeline.entry import Entry
from tracker.store.base import StoredRecord
from tracker.views import html
from tracker.views.notices import SOURCE_NAMES
from tracker.views.paper import authors, badges, find_label, label_badge, label_name, label_style, venue, warnings
from tracker.views.wording import any_of, count_in_words, date_in_words
from tracker.views.work_life import record_name

_SHOWN_AUTHORS = 12
_SHOWN_WORDS = 4  # quotations of one rule
_MARKED_FACETS = ("application", "risk", "safeguard")  # marking the other facets as well would drown the text
_STUDIED = 2
_KEY = (
    '<div class="key"><span><mark class="c-education">solid: application</mark></span><span><mark class="c-risk">dashed: risk</mark></span>'
    '<span><mark class="c-call">double: call</mark></span></div>'
)


def head(entry: Entry, taxonomy: Taxonomy) -> str:
    """Marked title, authors, date, venue, links and badges."""
    record = entry.record
    when = date_in_words(entry.published)
    kind = "preprint" if record.is_preprint else "article"
    facts = " · ".join(html.escape(part) for part in (when, venue(record), kind) if part)
    return (
        f'<div class="mh detail">{warnings(entry)}<h1>{_marked(entry.best, "title", taxonomy) or "(no title)"}</h1>'
        f"<p>{html.escape(authors(record, _SHOWN_AUTHORS)) or 'Authors not given'}</p>"
        f'<p class="mut">{facts} · {links(record)}</p><div>{badges(entry.labels, taxonomy)}</div></div>'
    )


def links(record: Record) -> str:
    """The paper at its sources, built from the ids that pass; *no link* if none does."""
    found = [
        (f"arXiv {record.arxiv_id}", identifiers.arxiv_url(record.arxiv_id, record.version) if record.arxiv_id else None),
        (f"PubMed {record.pmid}", identifiers.pubmed_url(record.pmid) if record.pmid else None),
        (f"doi {record.doi}", identifiers.doi_url(record.doi) if record.doi else None),
    ]
    return " · ".join(html.link(text, url) for text, url in found if url) or "no link"


def abstract(entry: Entry, taxonomy: Taxonomy) -> str:
    """The marked abstract with its key, of the best record that has one; or in one sentence why there is none here."""
    stored = next((one for one in entry.records if one.record.abstract), entry.best)
    record = stored.record
    if record.abstract:
        notice = f'<p class="mut src">{html.escape(record.abstract_copyright)}</p>' if record.abstract_copyright else ""
        under = "Marked: the words that gave a label. Colour, underline style and tag all say which."
        if stored is not entry.best:
            under = f"From {record_name(record.key)}; {record_name(entry.record.key)} has none here. {under}"
        text = f'<div class="abstract">{_marked(stored, "abstract", taxonomy)}</div>'
        return f'<div class="mh">{html.heading("Abstract", under)}{text}{notice}<p>&nbsp;</p>{_KEY}</div>'
    if record.abstract_state is AbstractState.WITHHELD:
        said = (
            "Abstracts belong to their authors or publishers and are not part of the sample that ships; the words that gave the labels are."
        )
        said += " The next refresh brings the abstract; until then read it at the source."
    else:
        said = f"{SOURCE_NAMES.get(record.source, record.source)} has no abstract of this paper; its labels rest on the title."
    return f'<div class="mh">{html.heading("Abstract")}<p class="mut prose">{html.escape(said)} {links(record)}</p></div>'


def why(entry: Entry, taxonomy: Taxonomy, decisions: Sequence[Correction] = ()) -> str:
    """Per label: the badge, whether named or studied, and the words that gave it with field, rule and points; then what people
    decided against. *decisions* are the corrections of the entry's records, where they are at hand: who said it, and why."""
    rules = {rule.id: rule for rule in taxonomy.rules()}
    said = {row.label_key: _decided(row) for row in decisions}
    blocks = "".join(_why(entry, facet, name, taxonomy, rules, said) for facet, labels in entry.labels.items() for name in labels)
    blocks += _taken(entry, taxonomy, said)
    nothing = '<p class="mut why">No label was given.</p>'
    labelling = entry.best.labelling
    version = html.escape(f"Given by taxonomy {labelling.taxonomy}." if labelling.taxonomy else "")
    scope = html.escape(labelling.scope_reason)
    title = html.heading("Why these labels", "Each label is given by rules; each rule shows its words.")
    return f'<div class="mh">{title}{blocks or nothing}{_masked(entry, taxonomy)}<p class="mut src why">{scope} {version}</p></div>'


def work_records(entry: Entry) -> str:
    """Every record of the work in a table: preprint and article are two records of one work."""
    lines = [_record_line(stored.record) for stored in entry.records]
    title = html.heading(f"{count_in_words(len(entry.records), 'record')} of this work")
    return f'<div class="mh">{title}</div>' + html.table(("Version", "Where", "Published", "State", "Link"), lines, numbers=0)


def _record_line(record: Record) -> str:
    kind = "Preprint" if record.is_preprint else "Article"
    version = f"{kind}, version {record.version}" if record.version else kind
    cells = [html.escape(part) for part in (version, venue(record), date_in_words(record.published), record.status.value)]
    return html.table_line([*cells, links(record)], numbers=0)


def marks(spans: Sequence[EvidenceSpan], field: str, taxonomy: Taxonomy) -> list[html.Mark]:
    """The marks of one field. Words that speak for a label and for a narrower one are marked for the narrower."""
    rules = {rule.id: rule for rule in taxonomy.rules()}
    found: dict[tuple[int, int, str], tuple[int, html.Mark]] = {}
    for span in spans:
        facet, _, name = span.label.partition(":")
        if span.field == field and facet in _MARKED_FACETS:
            label, rule = find_label(taxonomy, facet, name), rules.get(span.rule)
            is_strong = bool(rule and label and rule.weight >= label.threshold)
            mark = html.Mark(span.start, span.end, label_name(facet, name, taxonomy), label_style(facet, name, taxonomy), is_strong)
            place, level = (span.start, span.end, facet), label.level if label else 1
            if place not in found or level > found[place][0]:
                found[place] = level, mark
    return html.limit_marks(html.merge_marks((mark for _, mark in found.values()), 10**9))


def _marked(stored: StoredRecord, field: str, taxonomy: Taxonomy) -> str:
    text = stored.record.title if field == "title" else stored.record.abstract or ""
    return html.marked(text, marks(stored.labelling.evidence, field, taxonomy))


def _why(entry: Entry, facet: str, name: str, taxonomy: Taxonomy, rules: Mapping[str, Rule], decided: Mapping[str, str]) -> str:
    key = f"{facet}:{name}"
    strength = "studied" if facet == "risk" and entry.labels[facet][name] == _STUDIED else ""
    note = "human" if key in entry.human else strength
    person = decided.get(key, "") if note == "human" else ""
    label = find_label(taxonomy, facet, name)
    is_narrow = label is not None and label.parent is not None
    own = [(span, source) for span, source in entry.evidence if span.label == key and (is_narrow or _owner(span) == (facet, name))]
    badge = label_badge(facet, name, taxonomy, note=note) + _carriers(entry, facet, name)
    if own:
        return f'<div class="why">{badge}{_quotations(own, rules, several=len(entry.records) > 1)}{person}</div>'
    through = dict.fromkeys(label_name(*_owner(span), taxonomy) for span, _ in entry.evidence if span.label == key)
    said = f"through {', '.join(through)}" if through else "decided by a person" if note == "human" else "no words kept"
    return f'<div class="why">{badge} <span class="mut">{html.escape(said)}</span>{person}</div>'


def _taken(entry: Entry, taxonomy: Taxonomy, decided: Mapping[str, str]) -> str:
    """The labels, and scope, that a person said the paper does not have."""
    blocks = []
    for key in entry.human:
        facet, _, name = key.partition(":")
        if facet == SCOPE and not any(stored.labelling.in_scope for stored in entry.records):
            blocks.append(f'<div class="why"><b>Out of scope</b> <span class="mut">decided by a person</span>{decided.get(key, "")}</div>')
        elif facet != SCOPE and name not in entry.labels.get(facet, {}):
            badge = label_badge(facet, name, taxonomy, note="human")
            blocks.append(f'<div class="why">Not {badge} <span class="mut">decided by a person</span>{decided.get(key, "")}</div>')
    return "".join(blocks)


def _decided(row: Correction) -> str:
    """Who decided it, when, and why, as far as they said."""
    who_when = " · ".join(part for part in (row.who, row.when[:10]) if part)
    note = f"<q>{html.escape(row.note)}</q> " if row.note else ""
    return f'<div>{note}<span class="mut">{html.escape(who_when)}</span></div>' if note or who_when else ""


def _carriers(entry: Entry, facet: str, name: str) -> str:
    """The records of a work of several that carry the label."""
    keys = [stored.record.key for stored in entry.records if name in stored.labelling.labels.get(facet, {})]
    names = html.escape(any_of([record_name(key) for key in keys], "and"))
    return f' <span class="mut src">from {names}</span>' if len(entry.records) > 1 else ""


def _quotations(spans: Sequence[tuple[EvidenceSpan, str]], rules: Mapping[str, Rule], *, several: bool) -> str:
    """One line a rule: its different words, the fields, its id and points; of *several* records also whose words they are."""
    by_rule: dict[str, list[tuple[EvidenceSpan, str]]] = {}
    for span, source in spans:
        by_rule.setdefault(span.rule, []).append((span, source))
    lines = []
    for rule, found in by_rule.items():
        words = list(dict.fromkeys(span.text.casefold() for span, _ in found))
        quoted = ", ".join(f"<q>{html.escape(word)}</q>" for word in words[:_SHOWN_WORDS])
        more = f" and {len(words) - _SHOWN_WORDS} more" if len(words) > _SHOWN_WORDS else ""
        fields = ", ".join(dict.fromkeys(span.field.replace("_", " ") for span, _ in found))
        others = f" of {any_of([record_name(key) for key in dict.fromkeys(key for _, key in found)], 'and')}" if several else ""
        points = f" · {rules[rule].weight:g} point{'' if rules[rule].weight == 1 else 's'}" if rule in rules else ""
        where = html.escape(fields + others)
        lines.append(f'<div>{quoted}{more} <span class="mut">· {where} · <code>{html.escape(rule)}</code>{points}</span></div>')
    return "".join(lines)


def _masked(entry: Entry, taxonomy: Taxonomy) -> str:
    """What would have been a label but for a rule; said also when there was nothing."""
    found: list[Suppressed] = [one for stored in entry.records for one in stored.labelling.suppressed]
    if not found:
        return '<p class="mut why">Nothing was masked in this text.</p>'
    lines = []
    for one in found:
        facet, _, name = one.label.partition(":")
        words = f"<q>{html.escape(one.text)}</q>"
        lines.append(
            f"<div>Would also be {label_badge(facet, name, taxonomy)}, but {words} ({html.escape(one.field)}) speaks against it: "
            f"<code>{html.escape(one.by)}</code></div>"
        )
    return f'<div class="why"><b>Not counted</b>{"".join(lines)}</div>'


def _owner(span: EvidenceSpan) -> tuple[str, str]:
    """Facet and label whose rule the span is: rule ids begin with their label's."""
    facet, _, name = span.label.partition(":")
    owner = span.rule.partition(".")[0]
    return facet, owner if "." in span.rule and owner else name
