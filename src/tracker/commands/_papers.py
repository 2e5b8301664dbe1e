"""Papers as JSON Lines: one object a line with ``id``, ``title``, ``abstract`` and perhaps ``keywords`` and ``mesh``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tracker.errors import ConfigurationError

Paper = dict[str, Any]
_TEXTS = ("title", "abstract")
_LISTS = ("keywords", "mesh", "publication_types")


@contextmanager
def open_lines(path: Path | None) -> Iterator[tuple[BinaryIO, str]]:
    """The bytes of *path* (standard input for ``None``) and its name in messages. Raises ``ConfigurationError`` if it cannot be read."""
    if path is None:
        yield sys.stdin.buffer, "standard input"
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error.strerror}); name a file of JSON Lines, or none for standard input."
        ) from error
    with stream:
        yield stream, path.name


def read_papers(lines: BinaryIO, name: str) -> Iterator[tuple[int, Paper]]:
    """Line number (from 1) and paper, one line at a time; blank lines are skipped.

    Raises ``ConfigurationError`` at the first line that is not a paper. Text is passed on exactly as written.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _paper(line, f"Line {number} of {name}")


def _paper(line: bytes, place: str) -> Paper:
    try:
        paper = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{place} is not UTF-8 text (byte {error.start + 1}); save the file as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{place} is not JSON ({error}); write one object a line.") from error
    fault = _fault(paper)
    if fault:
        raise ConfigurationError(f"{place} {fault}.")
    return {key: value for key, value in paper.items() if value is not None}


def _fault(paper: object) -> str:
    """What is wrong with *paper*, as the rest of a sentence; empty if nothing is."""
    if not isinstance(paper, dict):
        return 'is not an object; write {"id": …, "title": …, "abstract": …}'
    if not isinstance(paper.get("id"), str) or not paper["id"]:
        return 'has no id; give each paper a text of its own as "id"'
    for name in _TEXTS:
        if not isinstance(paper.get(name), str | None):
            return f"has a {name} that is not text; write text or null"
    for name in _LISTS:
        if not _is_text_list(paper.get(name)):
            return f"has {name} that are not a list of texts; write a list, one text, or null"
    return ""


def _is_text_list(value: object) -> bool:
    return value is None or isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
