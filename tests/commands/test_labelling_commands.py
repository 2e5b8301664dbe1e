"""``classify``, ``evaluate``, ``correct`` and ``rules``: the contract's shapes, and one clear sentence for what is wrong."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from tracker.cli import main
from tracker.data_files import read_taxonomy
from tracker.settings import default_data_dir, read_places

OWN_GOLD = Path(__file__).resolve().parents[1] / "fixtures" / "gold" / "own.jsonl"
PAPER = {
    "id": "own:1",
    "title": "ChatGPT as therapist 😀",
    "abstract": "The e\u0301 model hallucinates about mental health care.",
    "keywords": ["psychotherapy"],
}


def give(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """Put *text* on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="ascii"))


def test_classify_gives_a_line_for_a_line_in_order(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The contract's fields, with offsets that slice the text as given."""
    lines = [PAPER, {"id": "own:2", "title": None, "abstract": None}]
    give(monkeypatch, "\n\n".join(json.dumps(line) for line in lines).encode())

    assert main(["classify"]) == 0

    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["id"], first["in_scope"], second["id"], second["in_scope"]) == ("own:1", True, "own:2", False)
    assert first["taxonomy"] == second["taxonomy"] == read_taxonomy(read_places()).version
    assert "inaccuracy" in first["labels"]["risk"]
    for span in first["evidence"]:
        name, _, place = span["field"].partition(".")
        text = PAPER[name][int(place)] if place else PAPER[name]
        assert text[span["start"] : span["end"]] == span["text"]


def test_classify_writes_the_file_only_when_all_went_well(data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bad line leaves no half-written output."""
    given, written = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text(json.dumps(PAPER) + "\n{\n", encoding="utf-8")

    assert main(["classify", str(given), "-o", str(written)]) == 2

    assert "Line 2 of in.jsonl is not JSON" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"[]", "Line 1 of standard input is not an object"),
        (b'{"title": "x"}', "has no id"),
        (b'{"id": "a", "title": 3}', "has a title that is not text"),
        (b'{"id": "a", "keywords": [3]}', "has keywords that are not a list of texts"),
        (b'{"id": "\xff"}', "is not UTF-8"),
    ],
)
def test_classify_says_what_is_wrong_with_a_line(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: bytes, complaint: str
) -> None:
    """One sentence with the line's number, exit code 2, no traceback."""
    give(monkeypatch, line)

    assert main(["classify"]) == 2

    assert complaint in capsys.readouterr().err


def test_evaluate_prints_one_object_with_every_score(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Scope, facets, labels with n and intervals, confusion; the own papers are all right."""
    assert main(["evaluate", str(OWN_GOLD), "--json", "--no-baselines"]) == 0

    result = json.loads(capsys.readouterr().out)
    assert (result["scope"]["f1"], result["facets"]["risk"]["micro"]["f1"], result["facets"]["risk"]["macro_f1"]) == (1.0, 1.0, 1.0)
    assert result["papers"] == len(OWN_GOLD.read_text(encoding="utf-8").splitlines())
    assert set(result["facets"]["risk"]["labels"]["opacity"]) >= {"n", "precision", "recall", "f1", "f1_interval"}
    assert result["application_confusion"]["intervention"]["support_operations"] == 0


def test_evaluate_in_words_has_a_line_for_each_label(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For people at a terminal."""
    assert main(["evaluate", str(OWN_GOLD), "--no-baselines"]) == 0

    printed = capsys.readouterr().out
    assert "  human_neglect" in printed
    assert re.search(r"risk \(macro\) +F1 1\.00 \(0\.\d\d to 1\.00\)", printed)
    assert re.search(r"in scope +P 1\.00 \(1\.00 to 1\.00\)  R 1\.00 \(.*\)  F1 1\.00 \(.*\)  n \d+", printed)


@pytest.mark.parametrize(
    ("content", "complaint"), [("", "holds no papers"), ('{"id": "a", "in_scope": 1}', "Line 1 of gold.jsonl has no in_scope")]
)
def test_evaluate_refuses_what_is_not_gold(
    data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    """An empty or wrong file is said."""
    gold = tmp_path / "gold.jsonl"
    gold.write_text(content, encoding="utf-8")

    assert main(["evaluate", str(gold)]) == 2

    assert complaint in capsys.readouterr().err


def test_correct_without_a_verdict_says_how(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A half-typed command explains itself."""
    assert main(["correct", "arxiv:2401.00001"]) == 2

    assert "tracker correct arxiv:2401.00001 risk:opacity no" in capsys.readouterr().err


def test_rules_try_names_the_faults_of_a_changed_taxonomy(data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong file is not tried."""
    changed = tmp_path / "changed.yaml"
    changed.write_text(
        (default_data_dir() / "taxonomy.yaml").read_text(encoding="utf-8").replace('"black-box*"', '"black-(box*"', 1), encoding="utf-8"
    )

    assert main(["rules", "try", str(changed)]) == 2

    assert "a parenthesis is not closed" in capsys.readouterr().err


def test_rules_try_scores_both_taxonomies(data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same file twice: nothing would change, before and after are equal."""
    changed = shutil.copy(default_data_dir() / "taxonomy.yaml", tmp_path / "changed.yaml")

    assert main(["rules", "try", str(changed), "--gold", str(OWN_GOLD), "--json"]) == 0

    result = json.loads(capsys.readouterr().out)
    assert (result["changed"], result["gold_f1"]["risk"]) == (0, [1.0, 1.0])
