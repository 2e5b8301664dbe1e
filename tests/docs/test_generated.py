"""Pages made from the code say what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_generated_pages_are_up_to_date() -> None:
    """The data dictionary, the taxonomy and the picture of the layers; ``python docs/generate.py`` writes them anew."""
    done = subprocess.run([sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")
