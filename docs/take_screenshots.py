"""Take the pictures in ``docs/screenshots/``: seven pages, light and dark, on a wide screen and on a telephone.

``python docs/take_screenshots.py [PAGE ...]`` starts the app on a copy of the data that ship and photographs it with Chromium. The
network is not used: nothing is refreshed, and the browser may ask this machine alone. Needs ``requirements-dev.txt`` and Chromium;
the environment variable ``CHROMIUM`` names it where it is not on the path. The data folder is read from ``TRACKER_DATA_DIR``.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tracker.settings import default_data_dir
from tracker.views.shell import PAGES

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
THEMES = ("light", "dark")
SCREENS = {1440: (1000, 2560), 390: (844, 2532)}  # width: height of the screen, and how much of a page is shown at most; pixels
COLOURS, EXACT = 256, 128  # of a picture; so many of them its most frequent ones, the others rare ones
FAR = 24  # a rare colour is chosen if it differs so much from all chosen before it (the sum of the differences in red, green and blue)
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
WAIT_SECONDS = 120
STILL_MS = 1000  # a page on which nothing has changed for so long is drawn to its end
IS_STILL = f"""before => {{
  const app = document.querySelector('[data-testid="stApp"]'), main = document.querySelector('[data-testid="stMain"]');
  const title = main && main.querySelector('h1');
  const isBusy = !title || title.innerText === before || app.dataset.testScriptState !== 'notRunning'
    || document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]');
  const drawn = isBusy ? performance.now() : main.innerHTML.length + ' ' + main.scrollHeight;
  if (drawn !== window.lastDrawn) {{ window.lastDrawn = drawn; window.drawnAt = performance.now(); }}
  return !isBusy && performance.now() - window.drawnAt > {STILL_MS};
}}"""
GO = "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }"  # as Back does: without a new start


def main() -> None:
    """Take the pictures of the pages that are named, or of all."""
    parser = argparse.ArgumentParser(description="Take the pictures in docs/screenshots.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"one of {', '.join(PAGES)}; all if none is named")
    pages = parser.parse_args().pages or list(PAGES)
    if unknown := sorted(set(pages) - set(PAGES)):
        parser.error(f"no page is called {', '.join(unknown)}; the pages are {', '.join(PAGES)}")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for theme in THEMES:
            for width in SCREENS:
                take(browser, url, pages, theme, width)
        browser.close()
    print(f"{sum(file.stat().st_size for file in FOLDER.glob('*.png')) / 1e6:.1f} MB in {FOLDER}")


def find_chromium() -> str | None:
    """Where Chromium is; ``None`` for the one that Playwright may have installed."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The app's address while it runs on a copy of the data in *folder*. Raises ``RuntimeError`` if it does not answer."""
    shipped = Path(os.environ.get("TRACKER_DATA_DIR") or default_data_dir())
    data = shutil.copytree(shipped, folder / "data", ignore=shutil.ignore_patterns("*.db*"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TRACKER_", "STREAMLIT_"))}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port, "--server.headless", "true"]
    with (folder / "log").open("wb") as log:
        app = subprocess.Popen(command, cwd=ROOT, env=environment | {"TRACKER_DATA_DIR": str(data)}, stdout=log, stderr=log)  # noqa: S603
    try:
        await_answer(f"http://127.0.0.1:{port}/_stcore/health", folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(20)


def await_answer(url: str, log: Path) -> None:
    """Wait until the app answers. Raises ``RuntimeError`` with the end of its log if it does not."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            if answer.read() == b"ok":
                return
        time.sleep(0.2)
    raise RuntimeError(f"The app did not answer within {WAIT_SECONDS} s; its log ends: {log.read_text(errors='replace')[-2000:]}")


def take(browser: Browser, url: str, pages: list[str], theme: str, width: int) -> None:
    """One picture of each of *pages*."""
    context = browser.new_context(viewport={"width": width, "height": SCREENS[width][0]}, color_scheme=theme)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT_SECONDS * 1000)
    context.route(lambda asked: not asked.startswith(url), Route.abort)
    tab = context.new_page()
    before = ""
    for name in pages:
        path = "/" if name == "overview" else f"/{name}"
        if before:
            tab.evaluate(GO, path)
        else:
            tab.goto(url + path)
        tab.wait_for_function(IS_STILL, arg=before, polling=200)
        before = tab.locator("h1").first.inner_text()
        file = FOLDER / f"{name.replace('_', '-')}-{theme}-{width}.png"
        file.write_bytes(photograph(tab, width))
        print(file.relative_to(ROOT), f"{file.stat().st_size / 1000:.0f} kB", flush=True)
    context.close()


def photograph(tab: Page, width: int) -> bytes:
    """The page from its top, as high as it is and a picture may be, as PNG."""
    screen, most = SCREENS[width]
    height = tab.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
    tab.set_viewport_size({"width": width, "height": max(screen, min(height, most))})
    tab.wait_for_function(IS_STILL, polling=200)
    picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    tab.set_viewport_size({"width": width, "height": screen})
    written = io.BytesIO()
    reduce_colours(picture).save(written, "PNG", optimize=True)
    return written.getvalue()


def reduce_colours(picture: Image.Image) -> Image.Image:
    """The same with a palette. Pillow's own choice would give a rare colour, such as that of a dot, the hue of a frequent one."""
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    colours: list[tuple[int, ...]] = [colour for _, colour in counted if isinstance(colour, tuple)]
    chosen, rare = colours[:EXACT], colours[EXACT:]
    for colour in rare:
        if len(chosen) == COLOURS:
            break
        if all(sum(abs(one - other) for one, other in zip(colour, known, strict=True)) >= FAR for known in chosen):
            chosen.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in chosen for part in colour])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
