"""The audit of dependencies: what it asks about, and that a service out of reach is no good news."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ASKED = '#!/bin/sh\necho "$@" >"$ASKED.arguments"\nfor last; do :; done\ncp "$last" "$ASKED"\nexit 1\n'


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_is_valid(path: Path) -> None:
    """By the schema of GitHub's workflow files."""
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]

    done = subprocess.run(schema, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_audit_asks_about_every_installed_package_but_this_one(tmp_path: Path) -> None:
    """With their versions, strictly; its exit code is the audit's own."""
    (tmp_path / "pip-audit").write_text(ASKED)
    (tmp_path / "pip-audit").chmod(0o755)
    folders = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": folders, "ASKED": str(tmp_path / "asked")}

    done = subprocess.run(["bash", str(ROOT / "deploy" / "audit.sh")], env=environment, capture_output=True, text=True, check=False)

    asked = (tmp_path / "asked").read_text()
    assert done.returncode == 1, done.stderr
    assert "streamlit==" in asked
    assert "sqlalchemy==" in asked.lower()
    assert "mental" not in asked
    assert "--strict" in (tmp_path / "asked.arguments").read_text()


def test_audit_runs_every_week() -> None:
    """On a day, at an odd minute, with the script that a person runs by hand."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "audit.yml").read_text(encoding="utf-8"))

    assert workflow[True]["schedule"] == [{"cron": "43 5 * * 1"}]  # YAML 1.1 reads "on" as true
    assert workflow["jobs"]["audit"]["steps"][-1]["run"] == "bash deploy/audit.sh"
