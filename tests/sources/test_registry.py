"""Sources are opened by name."""

from __future__ import annotations

import pytest

from tracker.errors import ConfigurationError
from tracker.sources.registry import SOURCES, SourceOptions, open_source


@pytest.mark.parametrize("name", SOURCES)
def test_source_goes_by_its_name(name: str) -> None:
    """The registry's name is the one in keys and reports; nothing is asked yet."""
    source = open_source(name, SourceOptions(url="http://127.0.0.1:1/"))

    assert source.name == name
    assert source.traffic.requests == 0


def test_unknown_source_is_named_with_those_there_are() -> None:
    """A typo is answered with the choice."""
    with pytest.raises(ConfigurationError, match="There is no source 'arxvi'; known are arxiv, pubmed"):
        open_source("arxvi", SourceOptions(url="http://127.0.0.1:1/"))
