"""The sources there are: a new one is a file of its own and one line here."""

from __future__ import annotations

from collections.abc import Callable

from tracker.errors import ConfigurationError
from tracker.sources.arxiv import ArxivSource
from tracker.sources.base import Source, SourceOptions
from tracker.sources.pubmed import PubmedSource

__all__ = ["SOURCES", "SourceOptions", "open_source"]

SOURCES: dict[str, Callable[[SourceOptions], Source]] = {
    "arxiv": ArxivSource,
    "pubmed": PubmedSource,
}


def open_source(name: str, options: SourceOptions) -> Source:
    """The source called *name*. Raises ``ConfigurationError`` if there is none."""
    if name not in SOURCES:
        raise ConfigurationError(f"There is no source {name!r}; known are {', '.join(SOURCES)}.")
    return SOURCES[name](options)
