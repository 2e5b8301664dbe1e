"""How well records are matched on real titles that the rules were not tuned on.

    python bench/identity_real.py ARXIV.jsonl.gz [--pubmed PUBMED.jsonl.gz]

The files hold one record a line (``arxiv_id`` or ``pmid``, ``title``, ``authors``, ``published``, ``doi``); they are not part of the
project. (1) Recall: real preprints against copies changed the way journals and indexes change them, at random. (2) Precision: all
real records against each other; every merge without a common identifier is printed to be judged by eye, and once more as if each
preprint could be an article, which lifts the rule that keeps two preprints apart.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from fakes import make_record
from tracker.domain.dates import PartialDate
from tracker.domain.matching import Profile, Verdict, compare, is_identifier, match_keys, profile
from tracker.domain.record import Record

DESIGNS = (
    "A Randomized Clinical Trial",
    "Cross-Sectional Survey Study",
    "Mixed Methods Evaluation",
    "Observational Study",
    "Infodemiology Study",
    "Qualitative Interview Study",
    "Pilot Randomized Controlled Trial",
    "Scoping Review of the Literature",
)
SPELLINGS = (("ization", "isation"), ("izing", "ising"), ("avior", "aviour"), ("odeling", "odelling"))
WORDS = {
    "New": "Novel",
    "Framework": "Approach",
    "Towards": "Toward",
    "Evaluating": "Assessing",
    "Evaluation": "Assessment",
    "Exploring": "Examining",
}


def with_design(title: str, rng: random.Random) -> str:
    """A study design for the subtitle, or after the title."""
    head, _, tail = title.partition(": ")
    return f"{head if tail and len(head.split()) >= 5 else title}: {rng.choice(DESIGNS)}"


def with_typo(title: str, rng: random.Random) -> str:
    """Two letters exchanged."""
    place = rng.randrange(4, len(title) - 3)
    return title[:place] + title[place + 1] + title[place] + title[place + 2 :]


def without_subtitle(title: str, _: random.Random) -> str:
    """The head alone, if it says something."""
    head, _, tail = title.partition(": ")
    return head if tail and len(head.split()) >= 6 else title


def in_britain(title: str, _: random.Random) -> str:
    """British spelling."""
    for american, british in SPELLINGS:
        title = title.replace(american, british)
    return title


def reworded(title: str, _: random.Random) -> str:
    """Some words for others that say the same."""
    return " ".join(WORDS.get(word, word) for word in title.split())


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "nothing": lambda title, _: title,
    "capitals": lambda title, _: title[0] + title[1:].lower() + ".",
    "design": with_design,
    "typing error": with_typo,
    "subtitle dropped": without_subtitle,
    "subtitle added": lambda title, _: title if ":" in title else f"{title}: Evidence From Three Hospitals",
    "spelling": in_britain,
    "reworded": reworded,
    "abbreviated": lambda title, _: title.replace("Large Language Models", "LLMs").replace("Artificial Intelligence", "AI"),
    "article dropped": lambda title, _: re.sub(r"^(?:A|An|The) ", "", title),
    "hyphens": lambda title, _: title.replace("-", " "),
    "marked": lambda title, _: f"[Preprint] {title}",
}


def in_pubmed(name: str, style: int) -> str:
    """A name as one of four indexes writes it."""
    words = name.split()
    initials = "".join(part[0] for part in re.split(r"[\s-]", name)[:-1] if part)
    return (f"{initials} {words[-1]}", f"{words[-1]} {initials}", name, f"{words[0]} {words[-1]}")[style]


def article_of(preprint: Record, number: int, change: str, rng: random.Random) -> Record:
    """The article that could have come of a real preprint."""
    style = rng.randrange(4)
    authors = [in_pubmed(name, style) for name in preprint.authors]
    if rng.random() < 0.1:
        authors = authors[:1]
    elif rng.random() < 0.1:
        authors.append("Q Newman")
    assert preprint.published
    month = preprint.published.year * 12 + (preprint.published.month or 1) - 1 + rng.choice((-1, 0, 2, 6, 12, 20))
    published = PartialDate(f"{month // 12}-{month % 12 + 1:02}" if rng.random() < 0.6 else f"{month // 12}")
    title = CHANGES[change](preprint.title, rng)
    return make_record(source="pubmed", key=f"pubmed:{30_000_000 + number}", title=title, authors=tuple(authors), published=published)


def report_recall(records: list[Record], size: int, rng: random.Random) -> None:
    """Print how many changed copies are found, by what was changed."""
    found, tried = Counter[str](), Counter[str]()
    for number, preprint in enumerate(rng.sample([one for one in records if one.authors and len(one.title) > 15], size)):
        change = rng.choice(list(CHANGES))
        one, other = profile(preprint), profile(article_of(preprint, number, change, rng))
        link = compare(one, other) if match_keys(one) & match_keys(other) else None
        tried[change] += 1
        found[change] += link is not None and link.verdict is Verdict.SAME
    print(f"recall {100 * found.total() / tried.total():.1f} % of {tried.total()}")
    for change in CHANGES:
        print(f"  {change:18} {100 * found[change] / max(1, tried[change]):5.1f} % of {tried[change]}")


def pairs_of(profiles: list[Profile]) -> Iterator[tuple[int, int]]:
    """Pairs that share a key, each once."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(profiles):
        for key in match_keys(one):
            blocks[key].append(number)
    yield from sorted({pair for block in blocks.values() if len(block) <= 200 for pair in combinations(block, 2)})


def report_merges(records: list[Record]) -> None:
    """Print what would be merged among real records, to be judged by eye."""
    profiles = [profile(one) for one in records]
    verdicts: Counter[str] = Counter()
    for first, second in pairs_of(profiles):
        one, other = profiles[first], profiles[second]
        link = compare(one, other)
        verdicts[f"{link.verdict} by {link.method}" if link else "not linked"] += 1
        lifted = link if link and link.verdict is Verdict.SAME else compare(one, replace(other, slot="article x", is_preprint=False))
        if lifted and lifted.verdict is Verdict.SAME and not any(map(is_identifier, one.identifiers & other.identifiers)):
            kind = "merged" if lifted is link else "would be merged"
            print(f"  {kind} {lifted.score}: {records[first].title} | {records[second].title}")
    print("pairs compared:", ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())))


def read_records(path: Path, source: str) -> list[Record]:
    """The records of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_record(json.loads(line), source) for line in lines]


def _record(values: dict[str, Any], source: str) -> Record:
    key = f"arxiv:{values['arxiv_id']}" if source == "arxiv" else f"pubmed:{values['pmid']}"
    return make_record(
        source=source,
        key=key,
        title=values["title"],
        authors=tuple(values.get("authors") or ()),
        published=PartialDate.parse(values["published"]) if values.get("published") else None,
        doi=(values.get("doi") or "").lower() or None,
        publication_types=tuple(values.get("publication_types") or ()),
        comment=values.get("comment"),
    )


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("arxiv", type=Path)
    parser.add_argument("--pubmed", type=Path)
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=20260101)
    arguments = parser.parse_args()
    records = read_records(arguments.arxiv, "arxiv")
    report_recall(records, arguments.size, random.Random(arguments.seed))
    report_merges(records + (read_records(arguments.pubmed, "pubmed") if arguments.pubmed else []))


if __name__ == "__main__":
    main()
