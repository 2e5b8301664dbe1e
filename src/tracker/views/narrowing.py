"""A cell of a figure as the filters that show exactly its papers, where the filter language can say them.

Labels of one facet are joined by OR. So "these filters, and this label too" can be said where the facet is still free, where the
label is one of those asked for, and where only narrower labels of it are: every paper with a narrower label carries the wider one.
Where a filter already asks for other labels of the facet it cannot be said, and nothing is pretended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracker.domain.taxonomy import Taxonomy
from tracker.views.filters import Filters


def narrow(filters: Filters, wanted: Mapping[str, Sequence[str]], taxonomy: Taxonomy) -> Filters | None:
    """*filters*, and for each facet of *wanted* at least one of its labels (ids); ``None`` if the language cannot say it."""
    narrowed: Filters | None = filters
    for facet, labels in wanted.items():
        narrowed = _narrow_facet(narrowed, facet, labels, taxonomy) if narrowed else None
    return narrowed


def address(filters: Filters | None) -> str | None:
    """The list of exactly these papers, relative to any page of the app; ``None`` stays ``None``."""
    return None if filters is None else f"papers?{filters.to_query()}"


def _narrow_facet(filters: Filters, facet: str, labels: Sequence[str], taxonomy: Taxonomy) -> Filters | None:
    given, known = set(filters.values(facet)), taxonomy.facets[facet].labels
    if not given or given >= set(labels):
        return filters.having(facet, labels)
    within = {name for name in given if name in labels or (name in known and known[name].parent in labels)}
    return filters if within == given else None
