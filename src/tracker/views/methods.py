"""How the tracker works and how far to trust it, in words and HTML: live counts, limits, what each label means, what is asked."""

from __future__ import annotations

import numpy as np

from tracker.data_files import read_queries
from tracker.domain.taxonomy import Facet, Label
from tracker.errors import ConfigurationError
from tracker.settings import Settings
from tracker.views import html
from tracker.views.index import Index
from tracker.views.notices import SOURCE_NAMES
from tracker.views.rows import WORKS

HOW = """<div class="mh"><div class="prose">
<p>Every label is given by rules, and every rule shows its words. A rule is a list of phrases with a number of points; a label is
given when the points of the rules that match in title, abstract, keywords, index terms and publication types reach its threshold.
Words that mean something else (<q>risk of bias</q>, <q>years of education</q>) are masked first; some words forbid a label altogether.</p>
<p>The areas of application and the risks are those of Lawrence et al. 2024, <i>The opportunities and risks of large language models
in mental health</i> (<a href="https://arxiv.org/abs/2403.14814" target="_blank" rel="noopener noreferrer">arXiv 2403.14814</a>,
<a href="https://doi.org/10.2196/59479" target="_blank" rel="noopener noreferrer">doi 10.2196/59479</a>): education, assessment and
intervention; six risks; four calls for responsible development. Labels that go beyond the paper are marked as extensions.</p>
<p>A risk is <b>named</b> when its words occur and <b>studied</b> when the paper measures or examines it. A person's correction wins
over every rule and survives each new version of the taxonomy. No language model decides anything here.</p>
<p>Preprint and journal article are two records of one work. They are joined by shared identifiers, or by title and authors where
they share none; both stay readable.</p>
</div></div>"""

LIMITS = """<div class="mh"><div class="prose">
<p>Rules read title and abstract, not the paper. A paper that examines a risk only in its full text has no label for it.</p>
<p>Words are not judgements: a paper that names hallucination may be about avoiding it. Negation is caught only where a rule says so.</p>
<p>Coverage ends where arXiv and PubMed end: no PsyArXiv, no proceedings that neither lists. Papers in other languages are found by
their English title and abstract.</p>
<p>Counts of the last weeks are low: journals appear in PubMed days to weeks late. The month that is not over is hatched and part of
no trend.</p>
</div></div>"""


def flow(index: Index) -> str:
    """How many records came, how many are in scope, and how many works they describe."""
    columns, works = index.columns, index.rows(WORKS)
    in_scope = int(np.count_nonzero(columns.in_scope))
    work_count = int(np.count_nonzero(works.in_scope))
    per_source = ", ".join(
        f"{int(np.count_nonzero(columns.source == number)):,} {SOURCE_NAMES.get(source, source)}"
        for number, source in enumerate(columns.sources)
    )
    steps = [
        _step("Records stored", len(columns.ids)),
        f'<p class="mut">{html.escape(per_source)}<br>{len(columns.ids) - in_scope:,} out of scope by the rules</p>',
        _step("Records in scope", in_scope),
        f'<p class="mut">{max(0, in_scope - work_count):,} joined with another record of the same work</p>',
        _step("Works", work_count),
    ]
    return f'<div class="mh"><div class="flow">{"".join(steps)}</div></div>'


def glossary(facet: Facet) -> str:
    """The labels of one facet with their definitions; narrower ones under their parents."""
    about = f'<p class="mut">{html.escape(facet.definition)}</p>'
    return f'<div class="mh">{about}{"".join(_definition(label) for label in facet.labels.values())}</div>'


def queries(settings: Settings) -> dict[str, str]:
    """Source name → its query as it is sent; empty where the file cannot be read (``tracker check`` says why)."""
    try:
        found = read_queries(settings)
    except ConfigurationError:
        return {}
    return {SOURCE_NAMES.get(source, source): found.query_for(source) for source in settings.sources}


def _step(name: str, count: int) -> str:
    return f"<div><span>{name}</span><b>{count:,}</b></div>"


def _definition(label: Label) -> str:
    badge = html.badge(
        label.name, html.label_style(label.facet, label.parent or label.id), note="extension" if label.origin == "extension" else ""
    )
    notes = [label.definition, f"Includes: {label.includes}" if label.includes else "", f"Not: {label.excludes}" if label.excludes else ""]
    text = " ".join(html.escape(note) for note in notes if note)
    indent = ' style="margin-left:1.5rem"' if label.parent else ""
    return f'<div class="why"{indent}>{badge}<div>{text} <code>{html.escape(label.key)}</code></div></div>'
