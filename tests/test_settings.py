"""Every setting: its default, a value of its own, and one sentence for each value that cannot be meant."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tracker.errors import ConfigurationError
from tracker.settings import Settings, default_data_dir, is_loopback, read_places, read_settings

ROOT = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"reader\.\w+\(\s*\"(\w+)\"")
DEFAULTS: dict[str, Any] = {
    "data_dir": default_data_dir(),
    "database_url": f"sqlite:///{default_data_dir() / 'tracker.db'}",
    "contact_email": None,
    "ncbi_api_key": None,
    "arxiv_url": "https://export.arxiv.org/api/query",
    "oai_url": "https://oaipmh.arxiv.org/oai",
    "eutils_url": "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
    "pace": 1.0,
    "sources": ("arxiv", "pubmed"),
    "refresh_policy": "open",
    "refresh_token": None,
    "refresh_cooldown_seconds": 600.0,
    "correction_policy": "off",
    "correction_token": None,
    "search_seconds": 10.0,
}
# What is set, the field it becomes, its value there.
GIVEN: list[tuple[dict[str, str], str, Any]] = [
    ({"TRACKER_DATA_DIR": "/srv/tracker"}, "data_dir", Path("/srv/tracker")),
    ({"TRACKER_DATA_DIR": "/srv/tracker"}, "database_url", "sqlite:////srv/tracker/tracker.db"),
    ({"TRACKER_DATABASE_URL": "postgresql://u@h/d"}, "database_url", "postgresql://u@h/d"),
    ({"TRACKER_CONTACT_EMAIL": " a@example.org "}, "contact_email", "a@example.org"),
    ({"NCBI_API_KEY": "k"}, "ncbi_api_key", "k"),
    ({"TRACKER_ARXIV_URL": "http://127.0.0.1:1/api"}, "arxiv_url", "http://127.0.0.1:1/api"),
    ({"TRACKER_ARXIV_URL": "http://127.0.0.1:1/api"}, "oai_url", None),
    ({"TRACKER_OAI_URL": "http://127.0.0.1:1/oai"}, "oai_url", "http://127.0.0.1:1/oai"),
    ({"TRACKER_EUTILS_URL": "http://127.0.0.1:1/e/"}, "eutils_url", "http://127.0.0.1:1/e"),
    ({"TRACKER_PACE": "2.5"}, "pace", 2.5),
    ({"TRACKER_SOURCES": "pubmed, pubmed"}, "sources", ("pubmed",)),
    ({"TRACKER_REFRESH": "off"}, "refresh_policy", "off"),
    ({"TRACKER_REFRESH": "token", "TRACKER_REFRESH_TOKEN": "t"}, "refresh_token", "t"),
    ({"TRACKER_REFRESH_COOLDOWN_SECONDS": "0"}, "refresh_cooldown_seconds", 0.0),
    ({"TRACKER_CORRECTIONS": "open"}, "correction_policy", "open"),
    ({"TRACKER_CORRECTIONS": "token", "TRACKER_CORRECTIONS_TOKEN": "t"}, "correction_token", "t"),
    ({"TRACKER_SEARCH_SECONDS": "0"}, "search_seconds", 0.0),
]
ADDRESSES = ("TRACKER_ARXIV_URL", "TRACKER_OAI_URL", "TRACKER_EUTILS_URL")
NUMBERS = ("TRACKER_PACE", "TRACKER_REFRESH_COOLDOWN_SECONDS", "TRACKER_SEARCH_SECONDS")
# What is set, and what is said of it.
WRONG: list[tuple[dict[str, str], str]] = [
    *(({name: value}, f"{name} is {value!r}, not an http or https address")
      for name in ADDRESSES for value in ("ftp://example.org", "example.org", "http://", "http://h:0", "http://h:x", "http://[1")),
    *(({name: value}, f"{name} is {value!r}, not a number of 0 or more")
      for name in NUMBERS for value in ("soon", "-1", "nan", "inf", "1e9")),
    *(({"TRACKER_CONTACT_EMAIL": value}, f"TRACKER_CONTACT_EMAIL is {value!r}, not an e-mail address")
      for value in ("me", "a b@example.org", "a@b\nX: y")),
    ({"TRACKER_PACE": "0.5", "TRACKER_ARXIV_URL": "http://localhost/a"},
     "TRACKER_PACE is 0.5, quicker than eutils.ncbi.nlm.nih.gov allows; below 1 is only for a server on this machine"),
    ({"TRACKER_SOURCES": "arxiv,scopus"}, "TRACKER_SOURCES names 'scopus'; known are arxiv, pubmed"),
    ({"TRACKER_REFRESH": "maybe"}, "TRACKER_REFRESH is 'maybe'; choose one of open, token, off"),
    ({"TRACKER_REFRESH": "token"}, "TRACKER_REFRESH is 'token' but TRACKER_REFRESH_TOKEN is not set; set it, or choose open or off"),
    ({"TRACKER_CORRECTIONS": "maybe"}, "TRACKER_CORRECTIONS is 'maybe'; choose one of off, open, token"),
    ({"TRACKER_CORRECTIONS": "token"},
     "TRACKER_CORRECTIONS is 'token' but TRACKER_CORRECTIONS_TOKEN is not set; set it, or choose open or off"),
]  # fmt: skip


def test_settings_without_an_environment_have_their_defaults() -> None:
    """Nothing has to be set."""
    assert {field.name: getattr(read_settings({}), field.name) for field in fields(Settings)} == DEFAULTS


@pytest.mark.parametrize("name", [name for given, _, _ in GIVEN for name in given])
def test_blank_setting_is_one_that_is_not_set(name: str) -> None:
    """A line left empty in a file of settings changes nothing."""
    assert read_settings({name: " "}) == read_settings({})


@pytest.mark.parametrize(("given", "field", "value"), GIVEN)
def test_setting_is_read(given: dict[str, str], field: str, value: Any) -> None:
    """Each name in the environment comes to the field that is its own."""
    assert getattr(read_settings(given), field) == value


@pytest.mark.parametrize(("given", "sentence"), WRONG)
def test_setting_that_cannot_be_meant_is_named_in_one_sentence(given: dict[str, str], sentence: str) -> None:
    """Which setting, what it says, what it should be; and nothing else is wrong."""
    with pytest.raises(ConfigurationError) as caught:
        read_settings(given)

    assert caught.value.problems == (sentence,)


def test_faults_are_reported_together() -> None:
    """Nobody corrects one only to hear of the next."""
    with pytest.raises(ConfigurationError) as caught:
        read_settings({"TRACKER_PACE": "soon", "TRACKER_SOURCES": "scopus", "TRACKER_REFRESH": "maybe"})

    assert {problem.split()[0] for problem in caught.value.problems} == {"TRACKER_PACE", "TRACKER_SOURCES", "TRACKER_REFRESH"}


def test_secrets_are_not_in_what_is_printed() -> None:
    """Passwords, keys and tokens stay out of logs that show the settings."""
    names = ("NCBI_API_KEY", "TRACKER_REFRESH_TOKEN", "TRACKER_CORRECTIONS_TOKEN")
    settings = read_settings(dict.fromkeys(names, "hush") | {"TRACKER_DATABASE_URL": "postgresql://u:hush@h/d"})

    assert "hush" not in repr(settings)


def test_places_are_read_where_another_setting_is_wrong() -> None:
    """A check of the data goes on."""
    places = read_places({"TRACKER_DATA_DIR": "/srv/tracker", "TRACKER_PACE": "soon"})

    assert (places.data_dir, places.pace) == (Path("/srv/tracker"), 1.0)


@pytest.mark.parametrize(
    ("url", "is_here"),
    [("http://localhost/a", True), ("http://127.9.9.9/a", True), ("http://[::1]:8/a", True), ("https://localhost.example.org", False),
     ("https://10.0.0.1", False), ("", False)],
)  # fmt: skip
def test_only_this_machine_is_loopback(url: str, is_here: bool) -> None:
    """Only there may requests follow each other more quickly."""
    assert is_loopback(url) is is_here


def test_every_setting_is_tested_and_documented() -> None:
    """A new one has a value here and a line in docs/configuration.md."""
    source = (ROOT / "src" / "tracker" / "settings.py").read_text(encoding="utf-8")
    names = set(NAMED.findall(source))
    documented = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert len(names) > 12
    assert names <= {name for given, _, _ in GIVEN for name in given}
    assert [name for name in sorted(names) if f"`{name}`" not in documented] == []
