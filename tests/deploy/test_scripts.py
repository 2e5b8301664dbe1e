"""The two scripts of the daily run: what they write, and when they commit."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker import cli

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
AREAS = ("education", "assessment", "intervention")
DAY = 86_400
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a program in the clone as a committer of its own; returns what it says, fails if it fails."""
    name = {f"GIT_{role}_NAME": "Bot" for role in ("AUTHOR", "COMMITTER")}
    email = {f"GIT_{role}_EMAIL": "bot@example.org" for role in ("AUTHOR", "COMMITTER")}
    environment = os.environ | name | email | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def run_it(*words: str, **more: str) -> str:
        done = subprocess.run(words, cwd=tmp_path / "clone", env=environment | more, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run_it


@pytest.fixture
def clone(tmp_path: Path, run: Run) -> Path:
    """A clone with data, a feed and a digest, committed yesterday and pushed to a repository beside it."""
    folder = tmp_path / "clone"
    for name in ("data/snapshot.csv", "data/snapshot.json", "feed/all.xml", "digest/2026-W46.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("old\n")
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "origin.git")], check=True)
    run("git", "init", "--quiet", "--initial-branch=main")
    run("git", "remote", "add", "origin", str(tmp_path / "origin.git"))
    run("git", "add", ".")
    run("git", "commit", "--quiet", "-m", "First", GIT_COMMITTER_DATE=f"@{int(time.time()) - DAY} +0000")
    run("git", "push", "--quiet", "--set-upstream", "origin", "main")
    return folder


def count_pushed(run: Run) -> int:
    """How many commits the other repository has."""
    run("git", "fetch", "--quiet")
    return int(run("git", "rev-list", "--count", "origin/main"))


def commit(run: Run) -> str:
    """Run the script."""
    return run("bash", str(DEPLOY / "commit_if_changed.sh"))


@pytest.mark.parametrize("changed", ["data/snapshot.csv", "feed/all.xml", "feed/new.xml"])
def test_commit_pushes_changed_data_with_all_that_goes_with_them(clone: Path, run: Run, changed: str) -> None:
    """A changed snapshot or feed takes the about file and the digest along."""
    for name in (changed, "data/snapshot.json", "digest/2026-W47.md"):
        (clone / name).write_text("new\n")

    commit(run)

    subject, _, *files = run("git", "show", "--format=%s", "--name-only", "origin/main").split("\n")
    assert re.fullmatch(r"data: Refresh to \d{4}-\d\d-\d\d", subject)
    assert sorted(filter(None, files)) == sorted({changed, "data/snapshot.json", "digest/2026-W47.md"})


def test_commit_without_news_does_nothing(clone: Path, run: Run) -> None:
    """The about file and the digest always differ, by their dates; that alone is no news."""
    (clone / "data/snapshot.json").write_text("new\n")
    (clone / "digest/2026-W47.md").write_text("new\n")

    assert commit(run) == "Nothing changed; nothing committed.\n"
    assert count_pushed(run) == 1


def test_commit_keeps_the_schedule_alive(clone: Path, run: Run) -> None:
    """After a month without a commit there is one, so that the schedule is not turned off."""
    run("git", "commit", "--quiet", "--amend", "--no-edit", GIT_COMMITTER_DATE=f"@{int(time.time()) - 31 * DAY} +0000")
    run("git", "push", "--quiet", "--force")
    (clone / "data/snapshot.json").write_text("new\n")

    commit(run)

    assert count_pushed(run) == 2


def test_commit_leaves_other_files_alone(clone: Path, run: Run) -> None:
    """What else lies about is not committed."""
    (clone / "data/snapshot.csv").write_text("new\n")
    (clone / "stray.txt").write_text("new\n")

    commit(run)

    assert "stray.txt" not in run("git", "ls-tree", "-r", "--name-only", "origin/main")


def test_write_feeds_calls_the_program_for_each_area_and_the_week(tmp_path: Path) -> None:
    """Four feeds with their own addresses and one digest since Monday, each by a call the program accepts."""
    called = tmp_path / "called"
    script = f'#!/bin/sh\nfor word; do printf "%s\\t" "$word"; done >> {shlex.quote(str(called))}\necho >> {shlex.quote(str(called))}\n'
    (tmp_path / "tracker").write_text(script)
    (tmp_path / "tracker").chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    subprocess.run(["bash", str(DEPLOY / "write_feeds.sh"), "https://example.org/x"], cwd=tmp_path, env=environment, check=True)

    calls = [line.removesuffix("\t").split("\t") for line in called.read_text().splitlines()]
    parsed = [cli.build_parser(words).parse_args(words) for words in calls]
    assert [(one.filter, one.output, one.self_link) for one in parsed[:-1]] == [
        ("", "feed/all.xml", "https://example.org/x/feed/all.xml"),
        *((f"application={area}", f"feed/{area}.xml", f"https://example.org/x/feed/{area}.xml") for area in AREAS),
    ]
    assert re.fullmatch(r"digest/\d{4}-W\d\d\.md", parsed[-1].output)
    assert time.strptime(parsed[-1].since, "%Y-%m-%d").tm_wday == 0
    assert {path.name for path in tmp_path.iterdir()} >= {"feed", "digest"}
