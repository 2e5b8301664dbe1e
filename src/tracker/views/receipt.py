"""What goes with a download: a file name that says what it holds, and a receipt that lets somebody else get the same rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.domain.taxonomy import Taxonomy
from tracker.pipeline.table import FACETS_WITH_FLAGS
from tracker.views import html
from tracker.views.exports import FORMATS
from tracker.views.filters import NAMES
from tracker.views.index import Selection
from tracker.views.wording import count_in_words, instant_in_words

DATA_DICTIONARY: Mapping[str, str] = {
    "key": "Our key of the record, or of a work's best record: arxiv:…, pubmed:…, or doi:… where only the DOI is known.",
    "source": "Where the records come from: arxiv, pubmed; for a work all of them, the best record's first.",
    "arxiv_id": "arXiv identifier without its version.",
    "pmid": "PubMed identifier.",
    "doi": "DOI in lower case, without address.",
    "title": "Title as the source gives it.",
    "authors": "Given and family names in the source's order, joined by “; ”.",
    "venue": "Journal, or arXiv.",
    "published": "First public date at the precision that is known: YYYY, YYYY-MM or YYYY-MM-DD; for a work the earliest.",
    "published_precision": "year, month or day; empty if there is no date.",
    "updated": "arXiv: when this version was submitted; PubMed: when the record was revised (UTC).",
    "version": "arXiv's version number.",
    "is_preprint": "1 if there is no journal version, else 0; for a single record, 1 if it is a preprint itself.",
    "status": "current, corrected, withdrawn or retracted; for a work the worst of its records.",
    "url": "The paper's page at its source.",
    "work": "Key of the work: a preprint and its article share it.",
    "application": "Areas of application, as label ids joined by “; ”; a second-level label stands beside its parent.",
    "risk": "Risks of language models that title or abstract name.",
    "safeguard": "Signals of responsible development.",
    "condition": "Conditions the paper is about.",
    "population": "People the paper is about.",
    "study": "Kind of study.",
    "model": "Model families that are named.",
    "evidence": "Why: label, matched words, field with half-open offsets in code points, rule; then which labels are studied.",
    "first_seen_at": "When the tracker first had it (UTC).",
    "taxonomy": "Version of the taxonomy that gave the labels.",
}

_LONGEST_SLUG = 40
_HASH_LENGTH = 4  # enough to tell a folder's files apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a download comes from: the address it was made at, the program's version, the day the data speak of (in words, empty if
    unknown), and a sentence on each source's last success and on what is only a sample."""

    link: str
    version: str
    as_of: str
    sources: Sequence[str]


def file_name(selection: Selection, format_name: str, *, on: date) -> str:
    """``llm-mh_2026-11-23_intervention_n412_3f9a.csv``: day, filter, rows, and four signs that change with filter and data.

    ASCII letters, digits, ``_``, ``-`` and ``.`` only, whatever was searched for.
    """
    filters = selection.filters
    said = "-".join(_slug(value) for name in NAMES for value in _telling(name, filters.values(name)))
    identity = f"{filters.to_query()}|{selection.index.data_version}"
    digest = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:_HASH_LENGTH]
    middle = said[:_LONGEST_SLUG].strip("-") or "all"
    return f"llm-mh_{on:%Y-%m-%d}_{middle}_n{selection.count}_{digest}{FORMATS[format_name].suffix}"


def write_receipt(selection: Selection, taxonomy: Taxonomy, origin: Origin, *, file: str, now: datetime) -> str:
    """The receipt as plain text: filter, link, counts, sources and their state, taxonomy, how to cite, terms, columns."""
    noun = selection.unit.removesuffix("s")
    sections: dict[str, Sequence[str]] = {
        "File": [file],
        "Rows": [f"{count_in_words(selection.count, noun)} of {selection.total:,}, one row a {noun}, newest first"],
        "Filter": [selection.filters.in_words(taxonomy)],
        "Link": [origin.link],
        "Made": [instant_in_words(now)],
        "Data": origin.sources,
        "Taxonomy": [f"{taxonomy.version}; labels are given by rules from title, abstract and index terms, not by people"],
        "How to cite": [_citation(taxonomy, origin, now)],
        "Terms": [
            "Metadata of arXiv are CC0. Metadata of PubMed are courtesy of the U.S. National Library of Medicine.",
            "Abstracts are left out unless asked for, and then only those that may be passed on are given.",
        ],
        "Columns (CSV)": [f"{name}: {text}" for name, text in data_dictionary(taxonomy)],
    }
    return "Mental-Health LLM Tracker: receipt\n\n" + "\n".join(
        f"{title}\n" + "".join(f"  {line}\n" for line in lines) for title, lines in sections.items()
    )


def data_dictionary(taxonomy: Taxonomy) -> list[tuple[str, str]]:
    """Every CSV column in its order, with what it holds."""
    labels = [label for facet in FACETS_WITH_FLAGS for label in taxonomy.facets[facet].labels.values()]
    flags = [(label.key, f"1 if the paper has the label “{label.name}”, else 0.") for label in labels]
    return [*DATA_DICTIONARY.items(), *flags]


def dictionary_table(taxonomy: Taxonomy) -> str:
    """The same as a table for the screen."""
    lines = [
        html.table_line([f"<code>{html.escape(name)}</code>", html.escape(text)], numbers=0) for name, text in data_dictionary(taxonomy)
    ]
    return html.table(("Column", "What it holds"), lines, numbers=0)


def _citation(taxonomy: Taxonomy, origin: Origin, now: datetime) -> str:
    data = f"data of {origin.as_of}, " if origin.as_of else ""
    return f"Mental-Health LLM Tracker {origin.version} ({now.year}); {data}taxonomy {taxonomy.version}; {origin.link}"


def _telling(name: str, values: Sequence[str]) -> list[str]:
    """Labels, dates and words speak for themselves; a switch needs its name."""
    return [f"{name}-{value}" if name in ("preprints", "retracted", "scope", "count", "since", "strength") else value for value in values]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")
