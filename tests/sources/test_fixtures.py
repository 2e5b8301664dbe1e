"""Recorded answers are there to be read."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FIXTURES = sorted(str(path.relative_to(TESTS / "fixtures")) for path in (TESTS / "fixtures").rglob("*") if path.is_file())


@pytest.mark.parametrize("name", FIXTURES)
def test_fixture_is_used_by_a_test(name: str) -> None:
    """A fixture no test names proves nothing and misleads who looks for the one that does."""
    assert any(Path(name).name in path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py"))
