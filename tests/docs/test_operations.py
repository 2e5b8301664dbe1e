"""The recipes of docs/operations.md, run as they stand there, one after the other, on a tracker of their own without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import small_corpus
from tracker.store.opening import open_store

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHORT = 3  # the exit code of a refresh that reached nobody: here there is no network


def recipe(heading: str) -> list[str]:
    """The blocks of shell under a heading."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    part = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return BLOCK.findall(part)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A clone with a tracker's data, two states of its taxonomy, and no way out."""
    upstream, here = tmp_path / "upstream", tmp_path / "here"
    settings = small_corpus.make_data_dir(upstream / "data")
    (upstream / "requirements.txt").write_text("", encoding="utf-8")
    (upstream / ".gitignore").write_text("data/tracker.db*\n*.db\n", encoding="utf-8")
    _git(upstream, "init", "-q", "-b", "main")
    _commit(upstream, "First")
    taxonomy = settings.taxonomy_path.read_text(encoding="utf-8")
    settings.taxonomy_path.write_text(re.sub(r"^version: .*$", 'version: "2099.9"', taxonomy, flags=re.MULTILINE), encoding="utf-8")
    _commit(upstream, "Second")
    _git(tmp_path, "clone", "-q", str(upstream), str(here))
    small_corpus.fill(
        small_corpus.Settings(data_dir=here / "data", database_url=f"sqlite:///{here / 'data' / 'tracker.db'}"), small_corpus.make_papers()
    )
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, line in {
        "tracker": f'exec {sys.executable} -m tracker "$@"',
        "python": f'exec {sys.executable} "$@"',
        "pip": "exit 0",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    return here


def run(place: Path, block: str, *, code: int = 0) -> str:
    """Run a block in a shell that stops at the first error; what it printed."""
    outside = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    env = outside | {
        "PATH": f"{place.parent / 'bin'}:{os.environ['PATH']}",
        "TRACKER_DATA_DIR": str(place / "data"),
        "TRACKER_ARXIV_URL": "http://127.0.0.1:9/api/query",
        "TRACKER_EUTILS_URL": "http://127.0.0.1:9/entrez/eutils",
        "TRACKER_PACE": "0.001",
    }
    done = subprocess.run(["sh", "-e", "-c", block], cwd=place, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def count(place: Path) -> int:
    """How many records are in the database."""
    with closing(open_store(f"sqlite:///{place / 'data' / 'tracker.db'}")) as store:
        assert store.check() == []
        return store.count_records()


def test_state_is_told(place: Path) -> None:
    """*Is it well?*"""
    [block] = recipe("Is it well?")

    assert "arxiv" in run(place, block)


def test_backup_is_whole_and_brings_everything_back(place: Path) -> None:
    """*Back up* while somebody reads, lose the database, *Restore*."""
    before = count(place)
    [back_up], [restore] = recipe("Back up"), recipe("Restore")
    with closing(open_store(f"sqlite:///{place / 'data' / 'tracker.db'}")):
        run(place, back_up)
    (place / "data" / "tracker.db").write_bytes(b"damaged" * 1000)

    run(place, restore)

    assert count(place) == before


def test_upgrade_keeps_the_data(place: Path) -> None:
    """*Upgrade*: the program starts, and everything is there."""
    before = count(place)
    [block] = recipe("Upgrade")

    run(place, block)

    assert count(place) == before


def test_taxonomy_is_changed_and_rolled_back(place: Path) -> None:
    """*Change the taxonomy, and roll it back*: each time everything is labelled by the file that is there."""
    change, roll_back = recipe("Change the taxonomy, and roll it back")

    assert "taxonomy 2099.9" in run(place, change)
    assert "taxonomy 2099.9" not in run(place, roll_back)


def test_tracker_is_rebuilt_from_nothing(place: Path) -> None:
    """*Rebuild from nothing*: a new database; without a network the refresh says with its code that nobody answered."""
    [block] = recipe("Rebuild from nothing")

    run(place, block, code=SHORT)

    assert (place / "tracker-old.db").exists()
    assert count(place) == 0


def test_every_recipe_is_run() -> None:
    """A new heading with commands has a test here."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    headings = [part.partition("\n")[0] for part in text.split("\n## ")[1:] if BLOCK.search(part)]

    assert headings == ["Is it well?", "Back up", "Restore", "Upgrade", "Change the taxonomy, and roll it back", "Rebuild from nothing"]


def _git(folder: Path, *arguments: str) -> None:
    if not shutil.which("git"):
        pytest.skip("git is not installed here")
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def _commit(folder: Path, message: str) -> None:
    _git(folder, "add", "-A")
    _git(folder, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", message)
