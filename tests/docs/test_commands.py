"""Every ``tracker …`` in the documents is run as it stands there, on the data that ship and without a network.

Other commands are those of test_typed.py, which knows where each is run, and of docs/operations.md, which test_operations.py runs.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tracker import cli
from tracker.settings import default_data_dir

ROOT = Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^```(?:sh)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(tracker [^`]+)`")
OWN_GOLD = ROOT / "tests" / "fixtures" / "gold" / "own.jsonl"
# What stands for what a reader fills in.
FILLED_IN = {
    "KEY": "arxiv:2403.14814",
    "FACET:LABEL": "risk:opacity",
    "yes|no": "no",
    "TEXT": "why",
    "FILE": "data/taxonomy.yaml",
    "COPY.yaml": "data/taxonomy.yaml",
    "GOLD.jsonl": str(OWN_GOLD),
    "LABELLED.jsonl": str(OWN_GOLD),
    "arxiv:2401.00001": "arxiv:2403.14814",
}
NO_NETWORK = 3  # what a refresh ends with here
STAYS = ("schedule",)  # does not end by itself: parsed here, run in tests/commands/test_schedule.py


def documented() -> list[str]:
    """Every different command, with what a reader fills in filled in."""
    found: set[str] = set()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").glob("*.md"), *(ROOT / "data").glob("*.md")]:
        text = path.read_text(encoding="utf-8")
        lines = [line.partition(" #")[0] for block in FENCED.findall(text) for line in block.splitlines() if line.startswith("tracker ")]
        found |= {" ".join(one.split()) for one in [*lines, *INLINE.findall(FENCED.sub("", text))]}
    return sorted(" ".join(FILLED_IN.get(word, word) for word in command.split(" ")) for command in found if "…" not in command)


def names(command: str) -> bool:
    """Whether it only names a command (``tracker snapshot load``): the words stand in a sentence, not for typing."""
    return command.count(" ") < 3 and command.split()[1] in ("snapshot", "correct", "rules", "schedule", "bench") and "-" not in command


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the shipped data, from which no service can be reached."""
    shutil.copytree(default_data_dir(), tmp_path / "data", ignore=shutil.ignore_patterns("*.db*", "*.lock"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TRACKER_ARXIV_URL", "http://127.0.0.1:9/api/query")
    monkeypatch.setenv("TRACKER_EUTILS_URL", "http://127.0.0.1:9/entrez/eutils")
    monkeypatch.setenv("TRACKER_PACE", "0.001")
    monkeypatch.setattr(cli, "is_harvesting", lambda: False)  # a thread that ends a moment later would end the test run with it
    return tmp_path


@pytest.mark.parametrize("command", [one for one in documented() if not names(one)])
def test_documented_command_runs(place: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It does what it says there, or ends with the code of a refresh that reached nobody."""
    words = shlex.split(command)[1:]
    if words[0] in STAYS:
        cli.build_parser(words).parse_args(words)
        return

    code = cli.main(words)

    assert code == (NO_NETWORK if words[0] == "refresh" else 0), capsys.readouterr().err


def test_documents_name_commands_that_there_are() -> None:
    """A name in a sentence is that of a command; and commands were found at all."""
    found = documented()

    assert {one.split()[1] for one in found} <= set(cli.command_names())
    assert len(found) > 15
