"""The files people write, read together so that one run names every fault in all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tracker.data_files import read_corrections, read_links, read_queries, read_taxonomy
from tracker.domain.corrections import Corrections
from tracker.domain.links import PersonLink
from tracker.domain.queries import Queries
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError, TrackerError
from tracker.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a refresh works by; ``corrections`` and ``links`` are people's decisions, which win over the rules."""

    taxonomy: Taxonomy
    queries: Queries
    corrections: Corrections
    links: tuple[PersonLink, ...] = ()


def read_configuration(settings: Settings) -> Configuration:
    """All files people write. Raises ``ConfigurationError`` naming every fault in any of them."""
    problems: list[str] = []
    taxonomy = gather(problems, lambda: read_taxonomy(settings))
    queries = gather(problems, lambda: read_queries(settings))
    corrections = gather(problems, lambda: read_corrections(settings, taxonomy)) if taxonomy else None  # they are checked by it
    links = gather(problems, lambda: read_links(settings))
    if taxonomy is None or queries is None or corrections is None or links is None:
        raise ConfigurationError("The files in the data folder are not right; correct them and start again.", problems)
    return Configuration(taxonomy=taxonomy, queries=queries, corrections=corrections, links=links)


def gather(faults: list[str], look: Callable[[], T]) -> T | None:
    """What *look* returns, or ``None`` with its faults added to *faults*."""
    try:
        return look()
    except ConfigurationError as error:
        faults += error.problems
    except TrackerError as error:
        faults.append(str(error))
    return None
