"""What every test shares: CI turns a skip for something missing into a failure; the environment holds no tracker settings."""

from __future__ import annotations

import os
from typing import Any, NoReturn

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

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
    """The browser's tests come first: they take half of the time by themselves."""
    items.sort(key=lambda item: not _needs_browser(item.nodeid))


class _ByFile(LoadScopeScheduling):
    """Files are shared out to processes, the browser's all to one (groups by mark are lost with pytest 9.2 and pytest-xdist 3.8)."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if _needs_browser(nodeid) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """One server and one Chromium at a time, whatever the number of processes."""
    return _ByFile(config, log)


def _needs_browser(nodeid: str) -> bool:
    return nodeid.startswith("tests/browser/")


def skip_or_fail(reason: str) -> NoReturn:
    """Skip on a user's machine; in CI, where everything must be there, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)
