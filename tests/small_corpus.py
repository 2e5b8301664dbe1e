"""A few papers of our own making, with labels given by hand: enough for every page to have something to show.

In scope are 22 works: 7 education, 6 assessment (2 of them name inaccuracy), 9 intervention.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakes import make_labelling, make_record
from tracker.domain.dates import PartialDate
from tracker.domain.record import AbstractState, EvidenceSpan, Labelling, Record, Status, Suppressed
from tracker.settings import Settings, default_data_dir
from tracker.store import open_store
from tracker.store.base import Change, Decision, HarvestState

HARVESTED_AT = datetime(2026, 11, 20, 6, 17, tzinfo=UTC)
HOSTILE_KEY = "arxiv:2606.00001"
HOSTILE_TITLE = (
    '</div><script>window.hacked=1</script><img src=x onerror="window.hacked=1"> $5 to $10 **bold** '
    "[x](javascript:window.hacked=1) ![t](http://127.0.0.1:9/pixel.png) :red[red] \u202eleft <form action=//evil>"
)
WITHHELD_KEY = "arxiv:2606.00002"
RETRACTED_KEY = "pubmed:38000002"
WORKS, ASSESSMENT, INACCURATE_ASSESSMENT = 22, 6, 2
ABSTRACTS = {
    "education": "A language model plays patients to train counsellors.",
    "assessment": "A language model screens posts for depression.",
    "intervention": "A chatbot built on a language model offers emotional support.",
}
WORDS = {"education": "train counsellors", "assessment": "screens", "intervention": "emotional support"}
RISKS = ((), ("inaccuracy",), ("unethical_services",))
ERRORS = {"inaccuracy": "It hallucinates.", "unethical_services": "Privacy is at risk."}

Paper = tuple[Record, Labelling]


def make_papers() -> list[Paper]:
    """Eighteen preprints of 2024 and 2025, and the odd ones: retracted, undated, hostile, withheld, out of scope."""
    kinds = [(area, risks) for _ in range(2) for area in ABSTRACTS for risks in RISKS]
    article: dict[str, Any] = {"source": "pubmed", "venue": "Journal of Examples", "authors": ("Cy Third",)}
    outside = make_record(key="arxiv:2606.00003", title="Compilers", abstract="We speed up a compiler.")
    return [
        *(_preprint(number, area, risks) for number, (area, risks) in enumerate(kinds)),
        _paper("education", (), key="pubmed:38000001", title="Lessons on chatbots", doi="10.1000/xyz1", **article),
        _paper("intervention", ("inaccuracy",), key=RETRACTED_KEY, title="Taken back", status=Status.RETRACTED, **article),
        _paper(
            "intervention", (), key=HOSTILE_KEY, title=HOSTILE_TITLE, authors=("<b>Eve</b>",), published=PartialDate.parse("2026-06-01")
        ),
        _paper("intervention", (), key=WITHHELD_KEY, title="A voice in the night", published=None, abstract_state=AbstractState.WITHHELD),
        (outside, make_labelling(in_scope=False, labels={}, evidence=())),
    ]


def make_data_dir(folder: Path) -> Settings:
    """A data folder with the taxonomy and the queries in force, and a database in it yet to be made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("taxonomy.yaml", "queries.yaml"):
        shutil.copy(default_data_dir() / name, folder / name)
    return Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'tracker.db'}")


def fill(settings: Settings, papers: Iterable[Paper], *, is_harvested: bool = True) -> None:
    """Store *papers*; *is_harvested*: as harvests of both sources that were complete."""
    decisions = [Decision(record, Change.NEW, labelling) for record, labelling in papers]
    store = open_store(settings.database_url)
    try:
        for source in ("arxiv", "pubmed"):
            store.save_page([one for one in decisions if one.record.source == source], now=HARVESTED_AT, source=source)
            if is_harvested:
                store.save_harvest_state(_complete(source))
    finally:
        store.close()


def _complete(source: str) -> HarvestState:
    return HarvestState(source=source, state="complete", watermark=HARVESTED_AT, last_success_at=HARVESTED_AT, last_run_at=HARVESTED_AT)


def _preprint(number: int, area: str, risks: tuple[str, ...]) -> Paper:
    published = PartialDate.parse(f"{2024 + number // 9}-{number % 9 + 1:02}")
    authors = (f"Author{number} One", f"Author{number} Two")
    return _paper(area, risks, key=f"arxiv:2401.{number:05}", title=f"Study {number}: {area}", published=published, authors=authors)


def _paper(area: str, risks: tuple[str, ...], **changes: Any) -> Paper:
    text = " ".join([ABSTRACTS[area], *(ERRORS[risk] for risk in risks)])
    is_withheld = changes.get("abstract_state") is AbstractState.WITHHELD
    record = make_record(**({"abstract": None if is_withheld else text} | changes))
    start = text.index(WORDS[area])
    span = EvidenceSpan(f"application:{area}", "abstract", start, start + len(WORDS[area]), WORDS[area], f"{area}.s1")
    masked = Suppressed("risk:opacity", "all.black_box", "abstract", 0, 1, text[0])
    labels = {"application": {area: 2}} | ({"risk": dict.fromkeys(risks, 1)} if risks else {})
    return record, make_labelling(labels=labels, evidence=(span,), suppressed=(masked,) if risks else ())
