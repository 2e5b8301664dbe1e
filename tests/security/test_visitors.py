"""What a visitor can do and see: pages with any address, a limit on downloads, and nothing of how the tracker is set up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app_pages.conftest import _shared, filled, open_page, said
from hostile_corpus import HOSTILE
from small_corpus import ASSESSMENT, HARVESTED_AT
from tracker.cli import main
from tracker.errors import BusyError
from tracker.settings import Settings
from tracker.store import open_store
from tracker.store.base import HarvestState, Store
from tracker.views.exports import FORMATS
from tracker.views.filters import NAMES
from tracker.views.shell import PAGES
from tracker.views.turns import DOWNLOADS
from tracker.views.widgets import address, downloads, news

__all__ = ["_shared", "filled"]  # fixtures

NASTY = [*HOSTILE.values(), "1", "-1", "9" * 30, "1e999", "in", "reading", "0x10", "../../etc/passwd", "%", "x" * 1000]
SENTINEL = "s3nt1nel"
SECRETS = {
    "NCBI_API_KEY": f"{SENTINEL}-api-key",
    "TRACKER_REFRESH": "token",
    "TRACKER_REFRESH_TOKEN": f"{SENTINEL}-refresh",
    "TRACKER_CORRECTIONS": "token",
    "TRACKER_CORRECTIONS_TOKEN": f"{SENTINEL}-corrections",
    "TRACKER_CONTACT_EMAIL": f"{SENTINEL}@example.org",
    "TRACKER_ARXIV_URL": f"http://user:{SENTINEL}@127.0.0.1:9/api/query",
    "TRACKER_EUTILS_URL": f"http://user:{SENTINEL}@127.0.0.1:9/entrez/eutils",
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("filled")
def test_page_takes_any_address(name: str) -> None:
    """Every parameter that any page knows, and some that none does, with values nobody meant: sentences, no traceback."""
    own = (*address.PAGE_NAMES, *address.GAP_NAMES, *address.TREND_NAMES)
    values = {one: NASTY[at % len(NASTY) :: len(NASTY) // 2] for at, one in enumerate((*NAMES, *own))}

    app = open_page(name, **values, unknown=NASTY[:3], embed_options="x" * 1000)

    assert not app.exception
    assert "Left out of the filters" in said(app)


@pytest.mark.parametrize(
    "values",
    [
        {"risk": "x" * 100_000},
        {"q": "(" * 100_000},
        {"q": ["depression"] * 900},  # of more than 1,000 parameters Streamlit reads none
        {"risk": [f"w{number}" for number in range(900)]},
        {"risk": ",".join(f"w{number}" for number in range(20_000))},
        {"paper": "arxiv:" + "9" * 100_000},
        {"paper": "\x00' OR 1=1 --"},
        {"sort": "x" * 100_000, "view": "x" * 100_000, "page": "9" * 100_000},
        {"list": "x" * 100_000},
    ],
    ids=lambda values: next(iter(values)),
)
@pytest.mark.usefixtures("filled")
def test_list_of_papers_takes_a_long_address(values: dict[str, Any]) -> None:
    """A hundred thousand signs break nothing, and the answer is no longer than a page."""
    app = open_page("papers", application="assessment", **values)

    assert not app.exception
    assert len(said(app)) < 200_000 + 3 * max(len(str(value)) for value in values.values())
    if "paper" not in values and "list" not in values:
        assert f"<b>{ASSESSMENT}</b> of" in said(app) or "q" in values


def test_download_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With two files being made and two readers waiting, the next one is told so; nothing is read for it."""
    view: Any = SimpleNamespace(filters=None)

    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(DOWNLOADS.turn())
        monkeypatch.setattr(DOWNLOADS, "_places", SimpleNamespace(acquire=lambda blocking: False))
        with pytest.raises(BusyError, match="Too many files are being made at this moment"):
            downloads._content(view, cast(Any, None), "csv")
        with pytest.raises(BusyError):
            news._digest(view, cast(Any, None))
        monkeypatch.undo()


@pytest.mark.usefixtures("filled")
def test_refused_download_is_said_on_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, in a sentence with what to do; the button's own words are Streamlit's."""
    offered: list[Any] = []
    monkeypatch.setattr(downloads.st, "download_button", lambda label, write, **_: offered.append(write))
    monkeypatch.setattr(DOWNLOADS, "_places", SimpleNamespace(acquire=lambda blocking: False))
    app = open_page("papers", application="assessment")

    with pytest.raises(BusyError):
        offered[0]()

    sentence = "The last download was not made. Too many files are being made at this moment; wait a little and press the button again."
    assert sentence not in said(app)
    assert sentence in said(app.run())
    assert sentence not in said(app.run())


@pytest.fixture
def secretive(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The small corpus under settings that are full of secrets, after a refresh that failed with one in its words."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with closing(open_store(filled.database_url)) as store:
        store.save_harvest_state(HarvestState(source="arxiv", state="failed", last_run_at=HARVESTED_AT, last_success_at=HARVESTED_AT))
        yield store


def shown(name: str, **values: str) -> str:
    """All that a page sends to the browser, buttons, inputs and all."""
    app = open_page(name, **values)
    assert not app.exception
    return "\n".join([repr(app), said(app), *(str(element.proto) for element in app.main), *(str(one.proto) for one in app.sidebar)])


def test_pages_show_nothing_of_the_settings(secretive: Store, filled: Settings) -> None:
    """Neither keys, tokens and addresses nor the contact; no path of this machine, no database."""
    pages = "\n".join([*(shown(name) for name in PAGES), shown("papers", paper="arxiv:2401.00003")])

    assert SENTINEL not in pages
    assert str(filled.data_dir) not in pages
    assert filled.database_url.removeprefix("sqlite:///") not in pages


def test_refresh_writes_no_secret(secretive: Store, filled: Settings, capsys: pytest.CaptureFixture[str], caplog: Any) -> None:
    """A refresh that reaches nobody, its report, its log, the job it leaves and the status: all without secrets."""
    codes = [main(["refresh", "--json"]), main(["status"]), main(["status", "--json"]), main(["check"])]

    out, err = capsys.readouterr()
    assert codes == [3, 0, 0, 0]
    assert SENTINEL not in out + err + caplog.text + repr(secretive.load_jobs()) + repr(secretive.load_harvest_states())


def test_files_hold_nothing_of_the_settings(secretive: Store, filled: Settings, tmp_path: Any, capfdbinary: Any) -> None:
    """Every export, the feed and the digest; and no file says where it was made."""
    assert [main(["export", "--format", name if name != "excel" else "csv"]) for name in FORMATS] == [0] * len(FORMATS)
    assert main(["feed", "-o", "-"]) == main(["digest", "--since", f"{HARVESTED_AT - timedelta(days=1):%Y-%m-%d}", "-o", "-"]) == 0
    assert main(["snapshot", "save", str(tmp_path / "snapshot.csv")]) == 0

    files = capfdbinary.readouterr().out + (tmp_path / "snapshot.csv").read_bytes() + (tmp_path / "snapshot.json").read_bytes()
    assert len(files) > 50_000
    assert SENTINEL.encode() not in files
    assert str(filled.data_dir).encode() not in files
