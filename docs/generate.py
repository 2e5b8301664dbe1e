"""Write the pages of ``docs/`` that are made from the code: the data dictionary, the taxonomy, the picture of the layers.

python docs/generate.py           writes them
python docs/generate.py --check   names those that are out of date and ends with code 1
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tracker.data_files import read_taxonomy
from tracker.domain.scheme import Facet, Label, Scored
from tracker.domain.taxonomy import Taxonomy
from tracker.settings import Settings, default_data_dir
from tracker.views.receipt import data_dictionary

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PACKAGE = ROOT / "src" / "tracker"
MADE = "<!-- Made by docs/generate.py; change the source it names and run that. -->\n\n"

# The picture: name → column, row (0 is the top) and what it does.
BOXES = {
    "pages": (0, 0, "what people see"),
    "commands": (1, 0, "the program"),
    "api": (2, 0, "notebooks"),
    "views": (1, 1, "filters, index, frames, figures, files"),
    "pipeline": (1, 2, "harvest → decide → classify → write"),
    "sources": (0, 3, "arXiv, PubMed"),
    "store": (2, 3, "SQLite, PostgreSQL"),
    "domain": (1, 4, "pure rules: records, taxonomy, matching"),
}
WIDTH, HEIGHT, ACROSS, DOWN = 270, 64, 320, 130
_STYLE = (
    "text{font-family:system-ui,sans-serif;fill:#1d2733}.n{font-size:17px;font-weight:600}.d{font-size:12.5px;fill:#56606b}"
    "rect{fill:#fdfcfa;stroke:#44525f;stroke-width:1.5}path{stroke:#9aa5b1;fill:none;stroke-width:1.5}"
)


def main() -> int:
    """Write or check; the exit code."""
    made = pages()
    stale = [name for name, text in made.items() if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/{name} is out of date; run python docs/generate.py")
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(made[name], encoding="utf-8")
        print(f"docs/{name} written")
    return 0


def pages() -> dict[str, str]:
    """File name → text of every page that is made."""
    taxonomy = read_taxonomy(Settings(data_dir=default_data_dir(), database_url="sqlite://"))
    return {"data_dictionary.md": dictionary_page(taxonomy), "taxonomy.md": taxonomy_page(taxonomy), "architecture.svg": layers_picture()}


def dictionary_page(taxonomy: Taxonomy) -> str:
    """Every column of the CSV file."""
    lines = [f"| `{name}` | {_cell(text)} |" for name, text in data_dictionary(taxonomy)]
    intro = (
        "# Data dictionary\n\nThe columns of `tracker export --format csv`, of the app's CSV download and of `data/snapshot.csv`, in "
        "their order.\nText is UTF-8; lists are joined by `; `; an empty cell means that it is not given.\n\n"
        "| column | what it holds |\n|---|---|\n"
    )
    return MADE + intro + "\n".join(lines) + "\n"


def taxonomy_page(taxonomy: Taxonomy) -> str:
    """Every facet and label with its definition, where it comes from, and how many rules decide it."""
    head = (
        f"# Taxonomy {taxonomy.version}\n\nMade from [`data/taxonomy.yaml`](../data/taxonomy.yaml), where the rules stand "
        "([how they are written](taxonomy_language.md)).\nLabels *after Lawrence et al. 2024* are our reading of the paper, not its words; "
        "*extensions* are ours.\n\n"
        f"**Scope:** published in {taxonomy.scope.earliest_year} or later, and enough points for each of: "
        f"{', '.join(signal.id for signal in taxonomy.scope.signals)}.\n"
    )
    return MADE + head + "".join(_facet(facet) for facet in taxonomy.facets.values())


def layers_picture() -> str:
    """The packages and the imports between them, read from the code, as SVG."""
    lines = [_arrow(start, end) for start, end in sorted(_imports())]
    boxes = [_box(name) for name in BOXES]
    size = (3 * ACROSS - (ACROSS - WIDTH) + 20, 4 * DOWN + HEIGHT + 20)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" role="img" aria-label="Packages and their imports">\n'
        f"<style>{_STYLE}</style>\n"
        '<defs><marker id="m" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" style="fill:#9aa5b1;stroke:none"/></marker></defs>\n'
        f'<rect width="{size[0]}" height="{size[1]}" style="stroke:none"/>\n' + "\n".join([*lines, *boxes]) + "\n</svg>\n"
    )


def _facet(facet: Facet) -> str:
    rows = "".join(_label(label) for label in facet.labels.values())
    return f"\n## {facet.name}\n\n{_cell(facet.definition)}\n\n| label | what it means | from | rules |\n|---|---|---|---|\n{rows}"


def _label(label: Label) -> str:
    notes = [
        label.definition,
        f"*Includes:* {label.includes}" if label.includes else "",
        f"*Not:* {label.excludes}" if label.excludes else "",
    ]
    origin = "after Lawrence et al. 2024" if label.origin == "paper" else "extension"
    name = f"{'↳ ' if label.parent else ''}**{label.name}**<br>`{label.key}`"
    return f"| {name} | {_cell(' '.join(note for note in notes if note))} | {origin} | {_rules(label)} |\n"


def _rules(label: Label) -> str:
    if label.parts:
        return f"{len(label.parts)} of its parent's"
    scored: Scored = label
    return ", ".join(
        f"{len(rules)} {word}{'' if len(rules) == 1 else 's'}"
        for rules, word in ((scored.rules, "rule"), (scored.masks, "mask"), (scored.vetoes, "veto"))
        if rules
    ).replace("vetos", "vetoes")


def _imports() -> set[tuple[str, str]]:
    """(from, to) for every package that imports from another."""
    files = [*((path, _package(path)) for path in PACKAGE.rglob("*.py")), *((path, "pages") for path in (ROOT / "pages").glob("*.py"))]
    found: set[tuple[str, str]] = set()
    for path, package in [*files, (ROOT / "app.py", "pages")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        targets = {name.split(".")[1] for name in names if name.startswith("tracker.")}
        found |= {(package, target) for target in targets if package in BOXES and target in BOXES and target != package}
    return found


def _package(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "commands" if first in ("cli", "__main__") else first


def _place(name: str) -> tuple[int, int]:
    column, row, _ = BOXES[name]
    return 10 + column * ACROSS, 10 + row * DOWN


def _box(name: str) -> str:
    x, y = _place(name)
    middle = x + WIDTH // 2
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/><text class="n" x="{middle}" y="{y + 27}" text-anchor="middle">'
        f'{name}</text><text class="d" x="{middle}" y="{y + 48}" text-anchor="middle">{BOXES[name][2]}</text>'
    )


def _arrow(start: str, end: str) -> str:
    """From the lower edge of one box to the upper edge of another; bowed where boxes lie between."""
    (x1, y1), (x2, y2) = _place(start), _place(end)
    x1, x2, y1 = x1 + WIDTH // 2, x2 + WIDTH // 2, y1 + HEIGHT
    if y2 <= y1:
        raise SystemExit(f"{start} imports {end}, which stands beside or above it")
    bow = (WIDTH // 2 + 25) * (-1 if (BOXES[end][1] + BOXES[start][1]) % 2 else 1) if x1 == x2 and y2 - y1 > DOWN else 0
    middle = f"{x1 + bow} {y1 + 30} {x2 + bow} {y2 - 30}"
    return f'<path d="M{x1} {y1} C{middle} {x2} {y2}" marker-end="url(#m)"/>'


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
