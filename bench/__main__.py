"""The benchmarks' one entry point: lists them, or runs one.

    python -m bench                     what there is
    python -m bench NAME [ARGUMENTS]    the same as python bench/NAME.py [ARGUMENTS]

What each answers and how long it takes: README.md here.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HELPERS = ("__main__", "usual_app")  # not run by themselves


def benchmarks() -> dict[str, Path]:
    """Name → what Python runs for it: a file, or a folder with a ``__main__``."""
    files = {path.stem: path for path in HERE.glob("*.py") if path.stem not in HELPERS}
    folders = {path.parent.name: path.parent for path in HERE.glob("*/__main__.py")}
    return dict(sorted((files | folders).items()))


def first_line(place: Path) -> str:
    """What the docstring of a benchmark says first."""
    source = place / "__main__.py" if place.is_dir() else place
    return (ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def main(arguments: list[str]) -> int:
    """Exit code of the benchmark; 2 for a name that is none."""
    known = benchmarks()
    if not arguments:
        print("\n".join(f"{name:14} {first_line(place)}" for name, place in known.items()))
        return 0
    name, *rest = arguments
    if name not in known:
        print(f"{name!r} is not a benchmark; known are {', '.join(known)}", file=sys.stderr)
        return 2
    return subprocess.run([sys.executable, str(known[name]), *rest], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
