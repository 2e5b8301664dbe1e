"""Reads the files in ``data/`` that people write: taxonomy, queries, corrections, links. Parsing is pure and stands in the domain."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tracker.domain.corrections import Corrections, parse_corrections
from tracker.domain.links import PersonLink, parse_links
from tracker.domain.queries import Queries, parse_queries
from tracker.domain.taxonomy import Taxonomy, parse_taxonomy
from tracker.errors import ConfigurationError
from tracker.settings import Settings


def read_taxonomy(settings: Settings) -> Taxonomy:
    """The taxonomy in force. Raises ``TaxonomyError`` with every fault at once."""
    return _parse_taxonomy(read_text(settings.taxonomy_path, "the taxonomy"), settings.taxonomy_path.name)


@lru_cache(maxsize=4)
def _parse_taxonomy(text: str, place: str) -> Taxonomy:
    """A process reads the same file again and again, and reading takes half a second; a taxonomy never changes."""
    return parse_taxonomy(text, place=place)


def read_corrections(settings: Settings, taxonomy: Taxonomy) -> Corrections:
    """Labels a person decided; none if there is no such file. Raises ``ConfigurationError`` with every fault at once."""
    if not settings.corrections_path.exists():
        return Corrections()
    text = read_text(settings.corrections_path, "the corrections")
    return parse_corrections(text, place=settings.corrections_path.name, taxonomy=taxonomy)


def read_queries(settings: Settings) -> Queries:
    """The searches, one per source. Raises ``ConfigurationError`` with every fault at once."""
    return parse_queries(read_text(settings.queries_path, "the queries"), place=settings.queries_path.name)


def read_links(settings: Settings) -> tuple[PersonLink, ...]:
    """What people said of pairs of records; none where there is no file. Raises ``ConfigurationError`` with every fault at once."""
    if not settings.links_path.exists():
        return ()
    return parse_links(read_text(settings.links_path, "the file of links"), place=settings.links_path.name)


def read_text(path: Path, what: str) -> str:
    """The text of a file people write. Raises ``ConfigurationError`` if it is missing, unreadable or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigurationError(f"{what} is missing: there is no {path}; restore it or set TRACKER_DATA_DIR.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{what} cannot be read: {path} ({error}).") from error
