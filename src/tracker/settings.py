"""The settings of one run; the only place that reads the environment.

Names and defaults are the contract's. Everything wrong is reported at once.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tracker.errors import ConfigurationError

ARXIV_URL = "https://export.arxiv.org/api/query"
OAI_URL = "https://oaipmh.arxiv.org/oai"
EUTILS_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
REFRESH_POLICIES = ("open", "token", "off")
CORRECTION_POLICIES = ("off", "open", "token")  # the first is the default: who may change the data decides so on purpose
KNOWN_SOURCES = ("arxiv", "pubmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Validated settings. Secrets (``ncbi_api_key`` and the tokens) are kept out of ``repr``, logs and the database."""

    data_dir: Path
    database_url: str = field(repr=False)
    contact_email: str | None = None
    ncbi_api_key: str | None = field(default=None, repr=False)
    arxiv_url: str = ARXIV_URL
    oai_url: str | None = OAI_URL
    eutils_url: str = EUTILS_URL
    pace: float = 1.0
    sources: tuple[str, ...] = KNOWN_SOURCES
    refresh_policy: str = "open"
    refresh_token: str | None = field(default=None, repr=False)
    refresh_cooldown_seconds: float = 600.0
    correction_policy: str = "off"
    correction_token: str | None = field(default=None, repr=False)
    search_seconds: float = 10.0  # 0: as long as it takes

    @property
    def taxonomy_path(self) -> Path:
        """The taxonomy in force."""
        return self.data_dir / "taxonomy.yaml"

    @property
    def queries_path(self) -> Path:
        """The searches, one per source, in the source's own language."""
        return self.data_dir / "queries.yaml"

    @property
    def snapshot_path(self) -> Path:
        """The dataset that ships."""
        return self.data_dir / "snapshot.csv"

    @property
    def corrections_path(self) -> Path:
        """Labels a person decided."""
        return self.data_dir / "corrections.csv"

    @property
    def links_path(self) -> Path:
        """Pairs of records a person declared the same work, or not."""
        return self.data_dir / "links.csv"


def is_loopback(url: str) -> bool:
    """Whether *url* points at this machine; only there may the pace be quickened."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in *environment* (the process's own by default). Raises ``ConfigurationError`` with every fault at once."""
    values = {name: value.strip() for name, value in (os.environ if environment is None else environment).items()}
    reader = _Reader(values)
    settings = _settings(reader)
    if reader.problems:
        raise ConfigurationError("The settings are not right; correct them and start again.", reader.problems)
    return settings


def _settings(reader: _Reader) -> Settings:
    """Every setting, in its place; the reader keeps what is wrong."""
    data_dir = Path(reader.text("TRACKER_DATA_DIR") or default_data_dir()).expanduser().absolute()
    arxiv_url = reader.url("TRACKER_ARXIV_URL", ARXIV_URL)
    eutils_url = reader.url("TRACKER_EUTILS_URL", EUTILS_URL).rstrip("/")
    # A test server that stands in for the API does not speak OAI-PMH; the second road then needs an address of its own.
    oai_url = reader.url("TRACKER_OAI_URL", OAI_URL if arxiv_url == ARXIV_URL else "") or None
    refresh_policy, refresh_token = reader.policy("TRACKER_REFRESH", REFRESH_POLICIES)
    correction_policy, correction_token = reader.policy("TRACKER_CORRECTIONS", CORRECTION_POLICIES)
    return Settings(
        data_dir=data_dir,
        database_url=reader.text("TRACKER_DATABASE_URL") or f"sqlite:///{data_dir / 'tracker.db'}",
        contact_email=reader.email("TRACKER_CONTACT_EMAIL"),
        ncbi_api_key=reader.text("NCBI_API_KEY") or None,
        arxiv_url=arxiv_url,
        oai_url=oai_url,
        eutils_url=eutils_url,
        pace=reader.pace("TRACKER_PACE", [url for url in (arxiv_url, eutils_url, oai_url) if url]),
        sources=reader.names("TRACKER_SOURCES", KNOWN_SOURCES),
        refresh_policy=refresh_policy,
        refresh_token=refresh_token,
        refresh_cooldown_seconds=reader.number("TRACKER_REFRESH_COOLDOWN_SECONDS", 600.0),
        correction_policy=correction_policy,
        correction_token=correction_token,
        search_seconds=reader.number("TRACKER_SEARCH_SECONDS", 10.0),
    )


def read_places(environment: Mapping[str, str] | None = None) -> Settings:
    """Data folder and database of *environment*, all else at its default: for a check that goes on where another setting is wrong."""
    values = os.environ if environment is None else environment
    return read_settings({name: values[name] for name in ("TRACKER_DATA_DIR", "TRACKER_DATABASE_URL") if name in values})


def default_data_dir() -> Path:
    """The repository's ``data/``, from whatever folder the program is run."""
    return Path(__file__).resolve().parents[2] / "data"


class _Reader:
    """Reads single values and collects what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self._values.get(name, "")

    def url(self, name: str, default: str) -> str:
        value = self.text(name) or default
        if value:
            try:
                parts = urlsplit(value)
                sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            except ValueError:
                sound = False
            if not sound:
                self.problems.append(f"{name} is {value!r}, not an http or https address")
                return default
        return value

    def email(self, name: str) -> str | None:
        value = self.text(name)
        if value and ("@" not in value or not value.isprintable() or " " in value):
            self.problems.append(f"{name} is {value!r}, not an e-mail address")
        return value or None

    def number(self, name: str, default: float) -> float:
        value = self.text(name)
        try:
            number = float(value) if value else default
        except ValueError:
            number = -1.0
        if not 0 <= number < 1e9:
            self.problems.append(f"{name} is {value!r}, not a number of 0 or more")
            return default
        return number

    def pace(self, name: str, urls: list[str]) -> float:
        pace = self.number(name, 1.0)
        public = [url for url in urls if not is_loopback(url)]
        if pace < 1 and public:
            hosts = ", ".join(sorted({urlsplit(url).hostname or "" for url in public}))
            self.problems.append(f"{name} is {pace:g}, quicker than {hosts} allows; below 1 is only for a server on this machine")
        return pace

    def names(self, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(part.strip() for part in (self.text(name) or ",".join(known)).split(",") if part.strip()))
        self.problems += [f"{name} names {one!r}; known are {', '.join(known)}" for one in names if one not in known]
        return names

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        value = self.text(name) or known[0]
        if value not in known:
            self.problems.append(f"{name} is {value!r}; choose one of {', '.join(known)}")
            return known[0]
        return value

    def policy(self, name: str, known: tuple[str, ...]) -> tuple[str, str | None]:
        """Who may do something from the app, and the token in ``…_TOKEN`` that says so where the policy is ``token``."""
        policy, token = self.choice(name, known), self.text(f"{name}_TOKEN") or None
        if policy == "token" and not token:
            self.problems.append(f"{name} is 'token' but {name}_TOKEN is not set; set it, or choose open or off")
        return policy, token
