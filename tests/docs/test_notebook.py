"""The notebook in docs/ runs on the data that ship, and shows no error."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tracker.settings import default_data_dir

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "notebook.ipynb"


def code_cells() -> list[dict[str, Any]]:
    """Its cells of code, in order."""
    return [cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def test_notebook_was_run_and_shows_what_it_gives_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell runs on the shipped data, and the values it shows are those of today."""
    for name in ("taxonomy.yaml", "queries.yaml", "snapshot.csv", "snapshot.json"):
        shutil.copy(default_data_dir() / name, tmp_path / name)
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path))
    names: dict[str, Any] = {}

    for cell in code_cells():
        *statements, last = ast.parse("".join(cell["source"])).body
        exec(compile(ast.Module(statements, []), "notebook", "exec"), names)
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "notebook", "exec"), names)
            continue
        value = eval(compile(ast.Expression(last.value), "notebook", "eval"), names)
        with pd.option_context("display.max_columns", 20, "display.width", 80):  # as in a notebook
            text = repr(value)
        shown = ["".join(output["data"]["text/plain"]) for output in cell["outputs"] if "data" in output]
        assert shown == ([] if value is None else [text]) or isinstance(value, (tuple, list))  # those are wrapped to the screen


def test_notebook_holds_no_error() -> None:
    """It was run to its end."""
    assert all(cell["execution_count"] for cell in code_cells())
    assert [output for cell in code_cells() for output in cell["outputs"] if output["output_type"] == "error"] == []
