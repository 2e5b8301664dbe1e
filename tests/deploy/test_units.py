"""What runs the tracker by itself is right as far as a machine without those services can tell: systemd, cron, Docker, Actions."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from apscheduler.triggers.cron import CronTrigger

from conftest import skip_or_fail
from tracker import cli

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
WORKFLOW = ROOT / ".github" / "workflows" / "refresh.yml"
HOME = "/opt/mental-health-llm-tracker"
UNITS = ("tracker-refresh.service", "tracker-refresh.timer", "tracker-app.service")


def read_yaml(path: Path) -> dict[Any, Any]:
    """A YAML file as plain data."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def read_unit(name: str) -> configparser.ConfigParser:
    """A systemd unit; of repeated names the last."""
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / name, encoding="utf-8")
    return unit


def parse(command: str) -> None:
    """Let the real program read the arguments of ``tracker …``; wrong ones end the test."""
    words = shlex.split(command)[1:]
    cli.build_parser(words).parse_args(words)


def steps() -> list[dict[str, Any]]:
    """The steps of the workflow."""
    found: list[dict[str, Any]] = read_yaml(WORKFLOW)["jobs"]["refresh"]["steps"]
    return found


def commands_of_workflow() -> list[str]:
    """Every ``tracker …`` in its steps, without redirections, shell variables as plain words."""
    lines = "\n".join(step.get("run", "") for step in steps()).replace("\\\n", " ").splitlines()
    found = [match[0] for line in lines if (match := re.search(r"\btracker (?!-db)[^|>&]*", line))]
    return [re.sub(r"\s\d+$", "", command).replace("$FULL", "--full").replace("$RUNNER_TEMP", "/x").strip() for command in found]


# -- systemd and cron -----------------------------------------------------------------------------------------------------


def test_units_are_accepted_by_systemd(tmp_path: Path) -> None:
    """systemd's own verifier finds nothing to say; the programs they start are stood in for."""
    (tmp_path / "bin").mkdir()
    for program in ("tracker", "streamlit"):
        (tmp_path / "bin" / program).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / program).chmod(0o755)
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8").replace(f"{HOME}/.venv/bin", str(tmp_path / "bin"))
        (tmp_path / name).write_text(text, encoding="utf-8")
    if not shutil.which("systemd-analyze"):
        skip_or_fail("systemd-analyze is not installed here; the tests below look at the units' structure")

    verify = ["systemd-analyze", "verify", *(str(tmp_path / name) for name in UNITS)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_refresh_unit_runs_one_refresh_that_may_meet_another() -> None:
    """Once per start, as a user without rights; code 4 (another refresh runs) is no failure, code 3 is one."""
    service = read_unit("tracker-refresh.service")["Service"]

    parse(service["ExecStart"])
    assert service["ExecStart"] == f"{HOME}/.venv/bin/tracker refresh"
    assert (service["Type"], service["User"], service["SuccessExitStatus"]) == ("oneshot", "tracker", "4")
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("true", "strict")


def test_app_and_refresh_share_one_database() -> None:
    """Both units name the same file, in the folder systemd makes for them."""
    line = "Environment=TRACKER_DATABASE_URL=sqlite:////var/lib/mental-health-llm-tracker/tracker.db"

    for name in ("tracker-refresh.service", "tracker-app.service"):
        assert line in (DEPLOY / name).read_text(encoding="utf-8").splitlines()
        assert read_unit(name)["Service"]["StateDirectory"] == "mental-health-llm-tracker"


def test_timer_starts_the_refresh_every_day_and_makes_up_for_missed_runs() -> None:
    """The timer's name is the service's; it is persistent and spreads its starts."""
    timer = read_unit("tracker-refresh.timer")

    assert (timer["Timer"]["OnCalendar"], timer["Timer"]["Persistent"]) == ("*-*-* 06:17:00 UTC", "true")
    assert timer["Timer"]["RandomizedDelaySec"] == "10min"
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_crontab_line_is_one_cron_accepts() -> None:
    """Five fields at an odd minute, no per cent sign (cron's line end), and a command the program understands."""
    [line] = [line for line in (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    fields = line.split(maxsplit=5)

    CronTrigger.from_crontab(" ".join(fields[:5]), timezone="UTC")
    assert int(fields[0]) % 5
    assert "%" not in line
    assert fields[5].startswith(f"cd {HOME} && .venv/bin/tracker refresh ")
    subprocess.run(["sh", "-n", "-c", fields[5]], check=True)


# -- Docker ---------------------------------------------------------------------------------------------------------------


def instructions() -> list[list[str]]:
    """The Dockerfile's instructions as words, continued lines joined, comments left out."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_image_is_slim_and_runs_without_rights_with_a_health_check() -> None:
    """The last user is not root, and health is asked where Streamlit answers it."""
    lines = instructions()
    users = [words[1] for words in lines if words[0] == "USER"]
    [health] = [" ".join(words) for words in lines if words[0] == "HEALTHCHECK"]

    assert lines[0][1].endswith("-slim")
    assert users == ["tracker"]
    assert "http://127.0.0.1:8501/_stcore/health" in health
    script = health.partition('"-c", "')[2].removesuffix('"]')
    compile(script, "HEALTHCHECK", "exec")


def test_image_holds_what_the_program_needs_and_nothing_local() -> None:
    """All that is copied is in the repository, let through by the ignore file; the database and secrets are not."""
    copied = [source.removeprefix("./") for words in instructions() if words[0] == "COPY" for source in words[1:-1]]
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()

    assert {"app.py", "pages", "src", "data", ".streamlit", "requirements.txt"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {f"!{name}" for name in copied} <= set(ignore)
    assert {"*", "data/tracker.db*"} <= set(ignore)


def test_compose_file_is_valid(tmp_path: Path) -> None:
    """By the Compose specification's schema, by podman-compose's reading (which runs nothing), and by Docker's where it is installed."""
    path = str(DEPLOY / "compose.yaml")
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path]

    done = subprocess.run(schema, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "podman").write_text("#!/bin/sh\necho podman version 5.0.0\n")
    (tmp_path / "podman").chmod(0o755)
    config = [sys.executable, "-m", "podman_compose", "-f", path, "config"]
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    read = subprocess.run(config, capture_output=True, text=True, check=False, env=env)
    assert read.returncode == 0, read.stderr
    assert set(yaml.safe_load(read.stdout)["services"]) == {"app", "scheduler"}
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0:
        subprocess.run(["docker", "compose", "-f", path, "config", "--quiet"], check=True)


def test_app_and_scheduler_share_image_and_volume_and_have_no_rights() -> None:
    """Two services, one database; only the volume can be written; the scheduler's command is one the program knows."""
    compose = read_yaml(DEPLOY / "compose.yaml")
    app, scheduler = compose["services"]["app"], compose["services"]["scheduler"]

    for service in (app, scheduler):
        assert service["volumes"] == ["database:/var/lib/tracker"]
        assert (service["read_only"], service["cap_drop"], service["image"]) == (True, ["ALL"], "mental-health-llm-tracker")
    assert app["ports"] == ["127.0.0.1:8501:8501"]
    assert (ROOT / "deploy" / app["build"]["context"] / app["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert scheduler["command"] == ["tracker", "schedule", "--cron", "17 6 * * *"]
    parse(shlex.join(scheduler["command"]))
    assert set(compose["volumes"]) == {"database"}


# -- Actions --------------------------------------------------------------------------------------------------------------


def test_workflow_is_valid() -> None:
    """By the schema of GitHub's workflow files; each script is one bash can read."""
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]

    done = subprocess.run(schema, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    for step in steps():
        subprocess.run(["bash", "-n"], input=step.get("run", ""), text=True, check=True)


def test_workflow_runs_daily_once_at_a_time_and_by_hand() -> None:
    """An odd minute, one run at a time, the two switches, and the right to write for the one job that needs it."""
    workflow = read_yaml(WORKFLOW)
    triggers = workflow[True]  # YAML 1.1 reads "on" as true

    minute = triggers["schedule"][0]["cron"].split()[0]
    assert int(minute) % 5
    assert set(triggers["workflow_dispatch"]["inputs"]) == {"full", "dry_run"}
    assert workflow["concurrency"] == {"group": "refresh", "cancel-in-progress": False}
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["refresh"]["permissions"] == {"contents": "write"}
    assert workflow["defaults"]["run"]["shell"] == "bash"


def test_workflow_commits_last_and_only_after_check_and_test() -> None:
    """Refresh, then check, then test, then feeds, then commit; a failing step stops what follows, a dry run commits nothing."""
    runs = [step.get("run", "") for step in steps()]
    order = ("tracker refresh", "tracker snapshot compare", "pytest", "write_feeds.sh", "commit_if_changed.sh")

    places = [next(number for number, run in enumerate(runs) if words in run) for words in order]

    assert places == sorted(places)
    assert "--report" in runs[places[1]]
    assert steps()[places[-1]]["if"] == "${{ !inputs.dry_run }}"
    for step in steps()[places[0] : places[-1]]:
        assert "continue-on-error" not in step
        assert "always()" not in step.get("if", "") or step["uses"].startswith("actions/cache/save")


def test_workflow_puts_no_outside_value_into_a_script() -> None:
    """Inputs and names reach scripts as variables, never as text: they could hold commands."""
    assert [step["name"] for step in steps() if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("command", commands_of_workflow())
def test_workflow_calls_the_program_rightly(command: str) -> None:
    """Every ``tracker …`` in the workflow is one that the program's own parser accepts."""
    parse(command)


def test_workflow_calls_all_it_should() -> None:
    """The commands above are really found."""
    found = {" ".join(command.split()[1:3]) for command in commands_of_workflow()}

    assert {"check", "refresh --json", "reclassify", "snapshot save", "snapshot compare", "status"} <= found
