"""What every test shares: CI turns a skip for something missing into a failure; the environment holds no tracker settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from postgresql_server import postgresql, postgresql_server

__all__ = ["postgresql", "postgresql_server"]  # fixtures: one server a session, whoever asks for it

# A deadline measures the machine, not the code: a busy one must not fail a test.
settings.register_profile("tracker", deadline=None)
settings.load_profile("tracker")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("TRACKER_") or name == "NCBI_API_KEY"]:
        monkeypatch.delenv(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shared out to processes by file, the browser's tests all to one, and first: they take half of the time by themselves."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group("browser" if _needs_browser(item) else str(item.path)))
    items.sort(key=lambda item: not _needs_browser(item))


def _needs_browser(item: pytest.Item) -> bool:
    return Path(__file__).parent / "browser" in item.path.parents


def skip_or_fail(reason: str) -> None:
    """Skip on a user's machine; in CI, where everything must be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)
