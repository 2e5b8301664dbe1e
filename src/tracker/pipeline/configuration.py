"""The files people write, read together so that one run names every fault in all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tracker.data_files import read_queries, read_taxonomy
from tracker.domain.classifier import Classifier
from tracker.domain.queries import Queries
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError, TrackerError
from tracker.pipeline.decide import Classify
from tracker.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a refresh works by."""

    taxonomy: Taxonomy
    queries: Queries

    def build_classify(self) -> Classify:
        """The labelling of a record: the taxonomy's."""
        return Classifier(self.taxonomy).classify_record


def read_configuration(settings: Settings) -> Configuration:
    """Taxonomy and queries. Raises ``ConfigurationError`` naming every fault in any of the files."""
    problems: list[str] = []
    taxonomy = gather(problems, lambda: read_taxonomy(settings))
    queries = gather(problems, lambda: read_queries(settings))
    if taxonomy is None or queries is None or problems:
        raise ConfigurationError("The files in the data folder are not right; correct them and start again.", problems)
    return Configuration(taxonomy=taxonomy, queries=queries)


def gather(faults: list[str], look: Callable[[], T]) -> T | None:
    """What *look* returns, or ``None`` with its faults added to *faults*."""
    try:
        return look()
    except ConfigurationError as error:
        faults += error.problems
    except TrackerError as error:
        faults.append(str(error))
    return None
