"""Pages made from the code say what the code says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_generated_pages_are_up_to_date() -> None:
    """The data dictionary, the taxonomy and the picture of the layers; ``python docs/generate.py`` writes them anew."""
    done = subprocess.run([sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_readme_shows_the_numbers_of_the_scorecard() -> None:
    """Who measures anew writes the README's table anew: F1 in-sample, and on papers not read while rules were written."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    card = json.loads((ROOT / "docs" / "scorecard.json").read_text(encoding="utf-8"))
    shown = [
        re.findall(r"\d\.\d\d", line) for line in readme.splitlines() if re.match(r"\| (in scope|application|risk|safeguard),? ", line)
    ]
    seen, unread = card["evaluation"], card["development"]["extended_set"]["part_not_read"]
    version = re.search(r"F1, [\d-]+, taxonomy ([\d.]+\d);", readme)
    assert version
    of_unread = unread[f"f1_{version[1]}"]
    facets = seen["facets"]
    pairs = [
        [seen["scope"]["f1"], of_unread["scope"]],
        [facets["application"]["micro_paper_three"]["f1"], of_unread["application_paper_three_micro"]],
        [facets["risk"]["micro"]["f1"], facets["risk"]["macro_f1"], of_unread["risk_micro"], of_unread["risk_macro"]],
        [facets["safeguard"]["micro"]["f1"], of_unread["safeguard_micro"]],
    ]

    assert shown == [[f"{number:.2f}" for number in line] for line in pairs]
    assert f"{card['evaluation']['papers']} gold papers" in readme
    assert f"{unread['papers']} further papers" in readme
