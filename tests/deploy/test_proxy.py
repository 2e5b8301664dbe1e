"""The proxy in front of a public dashboard: nginx reads its configuration, and the app answers to the proxy's name."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from conftest import skip_or_fail
from tracker.settings import default_data_dir

ROOT = Path(__file__).resolve().parents[2]
WITHIN_SECONDS = 60


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def certificate(folder: Path) -> None:
    """A certificate and its key, for nobody."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tracker.example.org", "-days", "1",
         "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")], check=True, capture_output=True,
    )  # fmt: skip


def test_nginx_accepts_the_configuration(tmp_path: Path) -> None:
    """``nginx -t`` has nothing to say; only ports and the certificate's place are the test's own."""
    if not shutil.which("nginx") or not shutil.which("openssl"):
        skip_or_fail("nginx and openssl are not installed here")
    certificate(tmp_path)
    own = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").replace("/etc/letsencrypt/live/tracker.example.org", str(tmp_path))
    own = re.sub(r"listen \d+", lambda _: f"listen 127.0.0.1:{free_port()}", own)
    paths = "".join(f"{name}_temp_path {tmp_path}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{own}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")

    done = subprocess.run(["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert not re.search(r"\[(warn|error|emerg)\]", done.stderr.replace('[warn] the "user" directive', "")), done.stderr


def test_app_starts_as_behind_the_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command of docs/deploy.md, on a port of the test's own: healthy to who asks by the proxy's name."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^streamlit run .*$", text, re.MULTILINE)
    shutil.copytree(default_data_dir(), tmp_path / "data", ignore=shutil.ignore_patterns("*.db*", "*.lock"))
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "data"))
    port = free_port()

    app = subprocess.Popen([sys.executable, "-m", *shlex.split(command), f"--server.port={port}"], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        assert wait_for_health(f"http://127.0.0.1:{port}/_stcore/health") == "ok"
    finally:
        app.terminate()
        app.wait(timeout=30)


def wait_for_health(url: str) -> str:
    """What the app says of itself, once it answers; empty if it never does."""
    for _ in range(WITHIN_SECONDS * 10):
        try:
            return requests.get(url, headers={"Host": "tracker.example.org"}, timeout=10).text
        except requests.ConnectionError:
            time.sleep(0.1)
    return ""
