"""What every test shares: CI turns a skip for something missing into a failure; the environment holds no tracker settings."""

from __future__ import annotations

import os

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


def skip_or_fail(reason: str) -> None:
    """Skip on a user's machine; in CI, where everything must be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)
