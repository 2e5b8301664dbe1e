"""Results to stdout, remarks to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any


def write_json(value: Mapping[str, Any]) -> None:
    """Exactly one JSON object, in ASCII so that no terminal's encoding can spoil it."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def write_line(text: str) -> None:
    """One line of a result."""
    sys.stdout.write(text + "\n")


def remark(text: str) -> None:
    """One line for the person at the keyboard, never part of the result."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
