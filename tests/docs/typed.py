"""What the documents tell people to type, and where each is run if no ``tracker`` command: the one list of what no test runs, and why.

A new command in a document fails tests/docs/test_typed.py until it stands here, or is run there.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELLS = ("", "sh", "bash")
PROGRAMS = "apt-get|bash|crontab|docker|git|journalctl|nginx|pg_dump|pip|psql|pytest|python|ruff|streamlit|systemctl|useradd"
INLINE = re.compile(rf"`((?:{PROGRAMS}) [^`]+)`")
MARK = "not run by a test"  # stands in every document with a command of NOT_RUN

# The file that runs it, and the words in that file by which it does.
RUN_BY = {
    "apt-get install chromium": (".ci/run", "missing+=(chromium)"),
    "bash .ci/run": (".github/workflows/tests.yml", "bash .ci/run"),
    "nginx -t": ("tests/deploy/test_proxy.py", '"nginx", "-t"'),
    "pip install -r requirements-dev.txt": (".ci/run", "pip install -q -r requirements-dev.txt"),
    "pip install -r requirements.txt": ("requirements-dev.txt", "-r requirements.txt"),
    'pip install "psycopg[binary]"': ("requirements.txt", "[postgresql]"),
    "pytest": (".ci/run", "&& pytest"),
    "pytest --cov=tracker": (".github/workflows/tests.yml", "--cov=tracker"),
    "python -m bench": ("tests/docs/test_benchmarks.py", '"-m", "bench"'),
    "python docs/generate.py": ("tests/docs/test_generated.py", '"generate.py"'),
    "streamlit run app.py": ("tests/browser/conftest.py", '"streamlit", "run", "app.py"'),
    "streamlit run app.py --server.headless=true --server.allowedHosts=tracker.example.org": (
        "tests/deploy/test_proxy.py",
        "streamlit run",
    ),
}

_HOST = "changes the machine; tests/deploy reads the files it puts in place"
_ELSEWHERE = "needs a database server of one's own; tests/store opens one by an address of the same form"
NOT_RUN = {
    "cp deploy/nginx.conf /etc/nginx/sites-available/tracker": _HOST,
    "ln -s /etc/nginx/sites-available/tracker /etc/nginx/sites-enabled/": _HOST,
    "systemctl reload nginx": _HOST,
    "useradd --system --home-dir /var/lib/mental-health-llm-tracker tracker": _HOST,
    "cp deploy/tracker-*.service deploy/tracker-refresh.timer /etc/systemd/system/": _HOST,
    "systemctl enable --now tracker-refresh.timer tracker-app.service": _HOST,
    "systemctl list-timers tracker-refresh.timer": _HOST,
    "journalctl -u tracker-refresh": _HOST,
    "crontab -e": _HOST,
    "docker compose -f deploy/compose.yaml up -d --build": "needs Docker and a network; tests/deploy reads both files",
    "pip install pip-audit": "needs a public service",
    "bash deploy/audit.sh": "needs a public service; tests/deploy/test_audit.py lets it ask a stand-in",
    "python docs/take_screenshots.py": "takes minutes, and pictures differ with the fonts of a machine",
    "export TRACKER_DATABASE_URL='postgresql+psycopg://tracker:…@db.example.org/tracker'": _ELSEWHERE,
    "export TRACKER_DATABASE_URL='postgresql+psycopg://tracker:…@db.example.org/tracker?sslmode=require'": _ELSEWHERE,
    "pg_dump -Fc tracker > tracker.dump": _ELSEWHERE,
}


def documents() -> list[Path]:
    """Every document with commands but docs/operations.md, whose blocks tests/docs/test_operations.py runs one and all."""
    folders = (ROOT, ROOT / "docs", ROOT / "deploy", ROOT / "data", ROOT / "bench")
    return sorted(path for folder in folders for path in folder.glob("*.md") if path.name != "operations.md")


def commands(path: Path) -> set[str]:
    """What *path* tells people to type, but ``tracker …``: a command each, without remarks."""
    text = path.read_text(encoding="utf-8")
    lines = [line for language, block in FENCED.findall(text) if language in SHELLS for line in block.splitlines()]
    lines += INLINE.findall(FENCED.sub("", text))
    parts = [part.strip() for line in lines for part in re.split(r"&&|;", line.partition(" #")[0])]
    return {part for part in parts if part and not part.startswith("tracker ") and "…" not in part.replace("tracker:…@", "")}
