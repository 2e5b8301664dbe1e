"""Every command in the documents is run by a test, or stands with its reason in the one list of those that are not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import make_url

from docs import typed
from postgresql_server import Server
from tracker.settings import default_data_dir
from tracker.store import open_store

BENCH = re.compile(r"python (bench/\S+)")
TESTS = re.compile(r"pytest (tests/.+)")
TYPED = {command for path in typed.documents() for command in typed.commands(path)}
BENCHMARKS = sorted(command for command in TYPED if BENCH.match(command))
PYTEST = sorted(command for command in TYPED if TESTS.match(command))


@cache
def shown_help(script: Path, *kind: str) -> str:
    """What ``--help`` prints."""
    return subprocess.run([sys.executable, str(script), *kind, "--help"], cwd=typed.ROOT, capture_output=True, text=True, check=True).stdout


def block(document: str, language: str) -> str:
    """The first block in *language* of a document."""
    text = (typed.ROOT / document).read_text(encoding="utf-8")
    return next(body for found, body in typed.FENCED.findall(text) if found == language)


def test_commands_are_run_or_named_with_a_reason() -> None:
    """Nobody adds a command that nothing tries, and the lists hold nothing that stands in no document."""
    assert TYPED - {*BENCHMARKS, *PYTEST} == {*typed.RUN_BY, *typed.NOT_RUN}
    assert {*typed.RUN_BY}.isdisjoint(typed.NOT_RUN)


@pytest.mark.parametrize("command", typed.RUN_BY)
def test_command_is_run_where_the_list_says(command: str) -> None:
    """The file named is there, and does it."""
    name, words = typed.RUN_BY[command]

    assert words in (typed.ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", typed.documents(), ids=lambda path: path.name)
def test_reader_is_told_of_commands_that_no_test_runs(path: Path) -> None:
    """The words stand in the documents that have such commands, and in no other."""
    assert (typed.MARK in path.read_text(encoding="utf-8")) == (not typed.commands(path).isdisjoint(typed.NOT_RUN))


@pytest.mark.parametrize("command", PYTEST)
def test_tests_that_documents_name_are_there(command: str) -> None:
    """They are part of this very run."""
    found = TESTS.match(command)
    assert found

    assert [name for name in found[1].split() if not (typed.ROOT / name).exists()] == []


@pytest.mark.parametrize("command", BENCHMARKS)
def test_benchmarks_that_documents_name_know_their_options(command: str) -> None:
    """They take minutes to hours and are not run; the file is there, and its own help names each option."""
    found = BENCH.match(command)
    assert found
    script, options = typed.ROOT / found[1], set(re.findall(r"--[a-z-]+", command)) - {"--help"}

    assert script.exists() or found[1] == "bench/NAME.py"
    if options:
        kind = [word for word in command.split()[2:3] if word.isalpha()]
        assert [option for option in sorted(options) if option not in shown_help(script, *kind)] == []


def test_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the data that ship: the block as it stands there, to the file it writes."""
    shutil.copytree(default_data_dir(), tmp_path / "data", ignore=shutil.ignore_patterns("*.db*", "*.lock"))
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    exec(compile(block("README.md", "python"), "README.md", "exec"), {})

    assert (tmp_path / "intervention.csv").read_bytes().count(b"\n") > 100


def test_sql_of_the_documents_makes_a_database_for_the_tracker(postgresql: Server) -> None:
    """As it stands there, on a server of the tests' own: the role can open the database, which gets its tables."""
    statements = [line for line in block("docs/postgresql.md", "sql").splitlines() if line.strip()]
    try:
        for statement in statements:
            postgresql.run(statement)
        url = make_url(postgresql.url("tracker", user="tracker"))
        with closing(open_store(url.render_as_string(hide_password=False))) as store:
            assert store.check() == []
    finally:
        postgresql.run("DROP DATABASE IF EXISTS tracker")
        postgresql.run("DROP ROLE IF EXISTS tracker")
