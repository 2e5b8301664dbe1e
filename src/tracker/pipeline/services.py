"""Which service a source asks, and how, under given settings."""

from __future__ import annotations

from tracker.domain.queries import Queries
from tracker.settings import Settings
from tracker.sources.base import Source, SourceOptions
from tracker.sources.registry import open_source


def address_of(source: str, settings: Settings) -> str:
    """The address of *source*'s service."""
    return {"arxiv": settings.arxiv_url, "pubmed": settings.eutils_url}[source]


def open_source_for(settings: Settings, queries: Queries, source: str) -> Source:
    """*source*, ready to harvest at the settings' address and pace."""
    search = queries.search_for(source)
    options = SourceOptions(
        url=address_of(source, settings),
        oai_url=settings.oai_url,
        oai_sets=search.oai_sets,
        is_match=search.is_match,
        pace=settings.pace,
        contact_email=settings.contact_email,
        api_key=settings.ncbi_api_key,
        reads_aside=True,
    )
    return open_source(source, options)
