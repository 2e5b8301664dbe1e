"""The program as a person types it: help, usage errors, exit codes, and one object for ``--json``."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tracker import cli
from tracker.commands import refresh
from tracker.errors import ConfigurationError, RefreshRunningError

pytestmark = pytest.mark.usefixtures("data_folder")


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    """The list names each command with one line; each explains itself."""
    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])
    overview = capsys.readouterr().out

    assert end.value.code == 0
    for name in cli.command_names():
        assert f"\n    {name}" in overview
        with pytest.raises(SystemExit) as end:
            cli.main([name, "--help"])
        assert end.value.code == 0
        assert f"usage: tracker {name}" in capsys.readouterr().out


def test_only_the_command_called_is_imported() -> None:
    """``tracker classify --help`` does not wait for SQLAlchemy, pandas or Streamlit."""
    words = "import sys; from tracker import cli\ntry: cli.main(['check', '--help'])\nexcept SystemExit: pass\n"
    script = words + "print(sorted({'streamlit', 'pandas', 'apscheduler', 'tracker.commands.schedule'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


def test_module_and_script_are_the_same_program() -> None:
    """``python -m tracker`` ends with the exit code of the command."""
    done = subprocess.run([sys.executable, "-m", "tracker", "nonsense"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "invalid choice: 'nonsense'" in done.stderr


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ConfigurationError("Wrong.", ["first", "second"]), 2, "tracker: Wrong.\n  - first\n  - second\n"),
        (RefreshRunningError("Another refresh is running."), 4, "tracker: Another refresh is running.\n"),
        (KeyboardInterrupt(), 130, "tracker: Stopped.\n"),
        (ZeroDivisionError("by zero"), 1, "tracker: An unexpected error stopped the command: ZeroDivisionError: by zero\n"),
    ],
)
def test_every_error_is_said_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, words: str
) -> None:
    """One sentence, or a list of faults, on stderr; nothing on stdout; the contract's exit code."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("tracker.commands.check.run", fail)

    assert cli.main(["check"]) == code
    assert capsys.readouterr() == ("", words)


def test_reader_that_leaves_early_is_no_error(data_folder: Path) -> None:
    """``tracker … | head -1`` ends quietly."""
    script = "import sys; from tracker import cli; from tracker.commands import _output\n"
    script += "import tracker.commands.check as c; c.run = lambda a: [_output.write_line('x' * 99) for _ in range(9999)] and 0\n"
    script += "sys.exit(cli.main(['check']))"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None

    process.stdout.readline()
    process.stdout.close()

    assert process.stderr.read() == b""
    assert process.wait() == 141
    process.stderr.close()


def test_status_of_a_fresh_tracker_has_the_contracts_fields(capsys: pytest.CaptureFixture[str]) -> None:
    """Before any refresh: nothing stored, no source asked, nothing running."""
    assert cli.main(["status", "--json"]) == 0

    status = json.loads(capsys.readouterr().out)
    assert (status["records"], status["works"], status["refreshing"]) == (0, 0, False)
    never = {"state": None, "last_success_at": None, "watermark": None}
    assert [{name: one[name] for name in never} for one in status["sources"].values()] == [never, never]


def test_status_in_words_says_that_nothing_was_asked_yet(capsys: pytest.CaptureFixture[str]) -> None:
    """A person reads sentences."""
    assert cli.main(["status"]) == 0

    out = capsys.readouterr().out
    assert "arxiv: never asked; no success yet" in out
    assert "No refresh has run yet." in out


def test_check_of_a_sound_tracker_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """And ends 0."""
    assert cli.main(["check"]) == 0

    assert "are in order" in capsys.readouterr().out


def test_check_names_every_fault_of_every_kind_at_once(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings, taxonomy, queries, shipped data: one run shows them all, each with its place."""
    monkeypatch.setenv("TRACKER_PACE", "fast")
    monkeypatch.setenv("TRACKER_REFRESH", "sometimes")
    (data_folder / "taxonomy.yaml").write_text("facets: 3\n", encoding="utf-8")
    (data_folder / "queries.yaml").unlink()
    (data_folder / "snapshot.csv").write_text("key\n", encoding="utf-8")

    assert cli.main(["check"]) == 2

    said = capsys.readouterr().err
    for place in ("TRACKER_PACE", "TRACKER_REFRESH", "taxonomy.yaml", "queries.yaml", "snapshot.csv, row 1"):
        assert place in said


def test_refresh_refuses_to_start_with_a_broken_taxonomy(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every fault is named, and not even a database is made."""
    (data_folder / "taxonomy.yaml").write_text("facets: 3\n", encoding="utf-8")

    assert cli.main(["refresh", "--json"]) == 2

    out, said = capsys.readouterr()
    assert out == ""
    assert "taxonomy.yaml" in said
    assert not (data_folder / "tracker.db").exists()


def test_refresh_without_network_says_which_service_and_ends_3(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence per service, nothing lost, and still one JSON object."""
    assert cli.main(["refresh", "--json"]) == 3

    report = json.loads(capsys.readouterr().out)
    assert {one["state"] for one in report["sources"].values()} == {"failed"}
    assert all("127.0.0.1" in one["error"] for one in report["sources"].values())
    assert report["records"] == 0


def test_program_that_calls_main_is_not_ended_by_it(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the command's own process leaves without waiting for a request under way."""
    monkeypatch.setattr(cli, "is_harvesting", lambda: True)
    monkeypatch.setattr("os._exit", lambda code: pytest.fail(f"ended with {code}"))

    assert cli.main(["status"]) == 0


@pytest.mark.parametrize(("trigger", "steps"), [("app", [refresh.BEHIND_READERS]), ("cli", []), ("schedule", [])])
def test_refresh_from_the_app_lets_its_readers_come_first(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, trigger: str, steps: list[int]
) -> None:
    """It runs beside the server that they use; one by hand or by the schedule has the machine's own precedence."""
    taken: list[int] = []
    monkeypatch.setattr("os.nice", taken.append)

    cli.main(["refresh", "--trigger", trigger])

    assert taken == steps


def test_pace_below_one_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A public service is never asked faster than it allows."""
    monkeypatch.setenv("TRACKER_ARXIV_URL", "https://example.org/api/query")

    assert cli.main(["refresh"]) == 2
    assert "quicker than example.org allows" in capsys.readouterr().err


def test_unknown_source_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """Said with the names there are."""
    with pytest.raises(SystemExit) as end:
        cli.main(["refresh", "--source", "arxive"])

    assert end.value.code == 2
    assert "'arxiv', 'pubmed'" in capsys.readouterr().err


def test_snapshot_goes_out_and_comes_back(data_folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Save and load from the command line."""
    path = tmp_path / "out.csv"

    assert cli.main(["snapshot", "save", str(path), "--sample", "none"]) == 0
    assert cli.main(["snapshot", "load", str(path)]) == 0

    assert capsys.readouterr().out == f"0 records written to {path}\n0 records added from {path}\n"
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["sample"] == "none"


def test_reclassify_reports_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """As one object."""
    assert cli.main(["reclassify", "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert {name: report[name] for name in ("records", "changed", "kept")} == {"records": 0, "changed": 0, "kept": 0}


@pytest.mark.parametrize("words", [[], ["--every", "24h", "--cron", "17 6 * * *"]])
def test_schedule_wants_exactly_one_time(words: list[str]) -> None:
    """Neither is no schedule, both are two."""
    with pytest.raises(SystemExit) as end:
        cli.main(["schedule", *words])

    assert end.value.code == 2


@pytest.mark.parametrize("words", [["--every", "soon"], ["--cron", "17 6 * *"]])
def test_schedule_says_at_the_start_that_a_time_cannot_be_read(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Not when it should have run."""
    assert cli.main(["schedule", *words]) == 2
    assert words[1] in capsys.readouterr().err


def test_refresh_takes_one_heap_where_the_c_library_has_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """GNU's is told so; another one, or none that can be found, is left alone, and nothing fails."""
    monkeypatch.setattr(sys, "platform", "linux")
    told: list[tuple[int, int]] = []
    for library in (SimpleNamespace(mallopt=lambda what, value: told.append((what, value))), object()):
        monkeypatch.setattr(ctypes, "CDLL", lambda _, library=library: library)
        refresh._share_one_heap()
    monkeypatch.delattr(ctypes, "CDLL")
    refresh._share_one_heap()

    assert told == [(refresh.M_ARENA_MAX, 1)]
