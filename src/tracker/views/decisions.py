"""What people decided about labels, for the page on methods: how many decisions there are, and which the rules now agree with."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.domain.corrections import Correction
from tracker.domain.taxonomy import Taxonomy
from tracker.views import html
from tracker.views.objection import SCOPE_NAME
from tracker.views.paper import label_name, paper_address
from tracker.views.wording import count_in_words

HOW = "A person's word wins over the rules. Where the rules have come to say the same, the correction can be retired from the file."


def summary(rows: Sequence[Correction], agreed: Sequence[Correction]) -> str:
    """How many there are and how many the rules agree with; a sentence with ``**bold**`` numbers."""
    if not rows:
        return "No label was corrected by a person so far. “Wrong label?” on a paper's page is the way to do it."
    verb = "is" if len(agreed) == 1 else "are"
    return f"**{count_in_words(len(rows), 'correction')}** by people; **{len(agreed):,}** of them {verb} what the rules say today as well."


def agreed_table(agreed: Sequence[Correction], taxonomy: Taxonomy) -> str:
    """The corrections that may be retired, as HTML; empty if there is none."""
    lines = [html.table_line(_cells(row, taxonomy), numbers=0) for row in agreed]
    return html.table(("Paper", "Label", "Decided", "Who and when", "Why"), lines, numbers=0) if lines else ""


def _cells(row: Correction, taxonomy: Taxonomy) -> list[str]:
    name = label_name(row.facet, row.label, taxonomy) if row.facet in taxonomy.facets else SCOPE_NAME
    paper = f'<a href="{html.escape(paper_address(row.key))}">{html.escape(row.key)}</a>'
    said = [name, "yes" if row.verdict else "no", " · ".join(part for part in (row.who, row.when[:10]) if part), row.note]
    return [paper, *map(html.escape, said)]
