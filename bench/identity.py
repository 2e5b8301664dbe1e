"""How well and how fast records become works.

    python bench/identity.py [--records 100000] [--pairs FILE…]

Three questions, each beside what others do. (1) On labelled pairs: precision and recall of "same", with 95 % intervals, beside
exact DOI and title, findpapers' rule (95 % title likeness, same year) and a plain rapidfuzz threshold. (2) A full regrouping of
synthetic records with planted preprint and article pairs: time, memory, planted pairs found, wrong merges, and the ratio to
``rapidfuzz.process.cdist`` within the same blocks. (3) A refresh that brings 200 new records to that database.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import combinations
from math import sqrt
from pathlib import Path

from rapidfuzz import fuzz, process

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from fakes import make_labelling, make_record  # noqa: E402
from pairs import PAIRS, Pair, read_pairs  # noqa: E402
from tracker.domain.dates import PartialDate  # noqa: E402
from tracker.domain.matching import Profile, Verdict, compare, match_keys, profile  # noqa: E402
from tracker.domain.record import Record  # noqa: E402
from tracker.store import open_store  # noqa: E402
from tracker.store.base import Change, Decision, Store  # noqa: E402
from tracker.store.links import BLOCK_LIMIT  # noqa: E402

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 20260101


# -- (1) labelled pairs ---------------------------------------------------------------------------------------------------


def plain(title: str) -> str:
    """A title as other tools compare it: lower case, letters and digits."""
    return " ".join(re.findall(r"[a-z0-9]+", title.lower()))


def ours(first: Record, second: Record) -> bool:
    """What the tracker says: compared only if the two share a key."""
    one, other = profile(first), profile(second)
    link = compare(one, other) if match_keys(one) & match_keys(other) else None
    return link is not None and link.verdict is Verdict.SAME


def exact(first: Record, second: Record) -> bool:
    """The same DOI or the same title."""
    return bool(first.doi and first.doi == second.doi) or plain(first.title) == plain(second.title)


def findpapers(first: Record, second: Record) -> bool:
    """findpapers' rule: the same DOI, or titles 95 % alike in the same year."""
    if first.doi and first.doi == second.doi:
        return True
    same_year = bool(first.published and second.published and first.published.year == second.published.year)
    return same_year and fuzz.ratio(first.title.lower(), second.title.lower()) >= 95


def threshold(first: Record, second: Record) -> bool:
    """A plain rapidfuzz threshold: token_set_ratio of 90 or more."""
    return fuzz.token_set_ratio(plain(first.title), plain(second.title)) >= 90


RULES: dict[str, Callable[[Record, Record], bool]] = {
    "the tracker": ours,
    "exact DOI or title": exact,
    "findpapers' rule": findpapers,
    "token_set_ratio >= 90": threshold,
}


def interval(hits: int, total: int) -> str:
    """A share with its 95 % Wilson interval, in percent."""
    if not total:
        return "-"
    share, z = hits / total, 1.96
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{100 * share:5.1f} ({100 * max(0, centre - half):.1f}-{100 * min(1, centre + half):.1f})"


def judge_pairs(name: str, pairs: list[Pair]) -> None:
    """Print precision and recall of each rule."""
    count = Counter(pair.verdict.value for pair in pairs)
    print(f"\n{name}: {len(pairs)} pairs ({', '.join(f'{number} {verdict}' for verdict, number in sorted(count.items()))})")
    print(f"{'rule':24} {'precision of same, %':24} {'recall of same, %':24} wrong merges")
    for rule, says in RULES.items():
        said = [(pair.verdict is Verdict.SAME, says(pair.first, pair.second)) for pair in pairs]
        right = sum(is_same and merged for is_same, merged in said)
        merged_count = sum(merged for _, merged in said)
        print(f"{rule:24} {interval(right, merged_count):24} {interval(right, count['same']):24} {merged_count - right}")


# -- (2) and (3) a large database -----------------------------------------------------------------------------------------

VOCABULARY = [
    f"{a}{b}{c}"
    for a in ("ba", "co", "di", "fe", "gu", "ha", "ki", "lo")
    for b in ("ran", "sel", "tim", "von", "dus", "mer")
    for c in (
        "tal",
        "nic",
        "ment",
        "ber",
        "sor",
        "lia",
        "gen",
        "tic",
        "ron",
        "ula",
        "ster",
        "ive",
        "al",
        "eth",
        "ous",
        "ing",
        "or",
        "ant",
        "is",
        "um",
    )
]
TOPICS = ("depression", "anxiety", "therapy", "chatbot", "empathy", "suicide", "counseling", "language", "model", "emotion", "dialogue")
FAMILIES = [
    f"{start}{end}"
    for start in ("Ab", "Be", "Ca", "Do", "El", "Fa", "Go", "Hu", "In", "Jo", "Ka", "Li", "Mo", "Na", "Or", "Pe", "Ri", "Sa", "To", "Wa")
    for end in (
        "ng",
        "rk",
        "sen",
        "ler",
        "mann",
        "ini",
        "ova",
        "ez",
        "aka",
        "oto",
        "ski",
        "ard",
        "man",
        "son",
        "eva",
        "as",
        "is",
        "o",
        "ei",
        "u",
        "rtz",
        "lund",
        "berg",
        "quist",
        "well",
        "ford",
        "ton",
        "ley",
        "ham",
        "ick",
    )
]
GIVEN = [
    "Ada",
    "Bo",
    "Cem",
    "Dana",
    "Eli",
    "Fay",
    "Gus",
    "Hana",
    "Ivo",
    "Jia",
    "Kai",
    "Lena",
    "Mia",
    "Noor",
    "Ola",
    "Paz",
    "Rui",
    "Sam",
    "Tia",
    "Wei",
    "Yan",
    "Zoe",
]
DESIGNS = ("", "", "", ": Mixed Methods Study", ": A Pilot Randomized Controlled Trial", ": Cross-Sectional Study", ".", " (Preprint)")


def author(rng: random.Random) -> str:
    """A name; the first families are as common as the commonest real ones, one author in sixty."""
    return f"{rng.choice(GIVEN)} {FAMILIES[min(int(rng.expovariate(1 / 120)), len(FAMILIES) - 1)]}"


def synthetic(number: int, rng: random.Random) -> Record:
    """A made-up arXiv record: words without meaning among a few of the field's, one to six authors."""
    words = rng.choices(VOCABULARY, k=rng.randint(4, 9)) + rng.choices(TOPICS, k=3)
    rng.shuffle(words)
    title = " ".join(words).capitalize()
    return make_record(
        key=f"arxiv:{2001 + number // 100_000 % 90}.{number % 100_000:05}",
        title=title if rng.random() < 0.6 else title.replace(" ", ": ", 4).replace(": ", " ", 3),
        authors=tuple(author(rng) for _ in range(rng.randint(1, 6))),
        published=PartialDate(f"{rng.randint(2020, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"),
    )


def article_of(preprint: Record, number: int, rng: random.Random) -> Record:
    """The article of a preprint, as PubMed would have it: other names, case, design, date; sometimes a word changed."""
    words = preprint.title.split()
    if len(words) > 9 and rng.random() < 0.3:
        place = rng.randrange(len(words))
        words[place] = words[place][:-1] + rng.choice("aeiou")
    names = [f"{name.split()[0][0]} {name.split()[1]}" for name in preprint.authors]
    assert preprint.published
    month = preprint.published.year * 12 + (preprint.published.month or 1) - 1 + rng.randint(0, 20)
    return make_record(
        source="pubmed",
        key=f"pubmed:{30_000_000 + number}",
        title=" ".join(words).lower() + rng.choice(DESIGNS),
        authors=tuple(names),
        published=PartialDate(f"{month // 12}-{month % 12 + 1:02}"),
    )


def corpus(records: int, planted: int, rng: random.Random) -> Iterator[tuple[Record, str | None]]:
    """Records, and for each planted article the key of its preprint."""
    for number in range(records - planted):
        preprint = synthetic(number, rng)
        yield preprint, None
        if number < planted:
            yield article_of(preprint, number, rng), preprint.key


def fill(store: Store, records: list[Record]) -> None:
    """Save *records* page by page, as a harvest does."""
    labels = make_labelling()
    for start in range(0, len(records), 2000):
        page = [Decision(record, Change.NEW, labels) for record in records[start : start + 2000]]
        store.save_page(page, now=NOW, source="arxiv")


def comparing_seconds(store: Store) -> tuple[float, float]:
    """Seconds to judge all pairs within blocks, ours and ``rapidfuzz.process.cdist`` on titles alone; all in memory beforehand."""
    blocks: dict[str, list[Profile]] = defaultdict(list)
    for batch in store.stream_records(with_text=False):
        for stored in batch:
            one = profile(stored.record)
            for key in match_keys(one):
                blocks[key].append(one)
    small = [block for block in blocks.values() if 2 <= len(block) <= BLOCK_LIMIT]
    started = time.perf_counter()
    for block in small:
        for first, second in combinations(block, 2):
            compare(first, second)
    ours_took = time.perf_counter() - started
    started = time.perf_counter()
    for block in small:
        titles = [one.title.text for one in block]
        process.cdist(titles, titles, scorer=fuzz.token_set_ratio, score_cutoff=60)
    return ours_took, time.perf_counter() - started


def measure(records: int, planted: int) -> None:
    """Print time, memory and what was found of a full regrouping and of a small refresh."""
    rng = random.Random(SEED)
    made = list(corpus(records, planted, rng))
    pairs = [(record.key, preprint) for record, preprint in made if preprint]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/tracker.db")
        fill(store, [record for record, _ in made])
        del made
        print(f"\n{records} records, {planted} planted pairs, {Path(folder, 'tracker.db').stat().st_size / 1e6:.0f} MB")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started, worked = time.perf_counter(), time.process_time()
        moved = store.regroup_works(now=NOW)
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ours_took, cdist_took = comparing_seconds(store)
        print(f"full regrouping {seconds:.1f} s, {worked:.1f} s of them CPU (moved {moved})")
        print(f"peak of the process {after:.0f} MB (before {before:.0f} MB)")
        print(
            f"comparing alone {ours_took:.2f} s, rapidfuzz.process.cdist on titles in the same blocks {cdist_took:.2f} s, "
            f"ratio {ours_took / cdist_took:.1f}; reading, writing and preparing are the rest"
        )
        report_works(store, pairs)
        newcomers = [synthetic(records + number, rng) for number in range(150)]
        newcomers += [article_of(newcomers[number], planted + number, rng) for number in range(50)]
        started, worked = time.perf_counter(), time.process_time()
        store.save_page([Decision(one, Change.NEW, make_labelling()) for one in newcomers], now=NOW, source="arxiv")
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
        print(f"refresh of {len(newcomers)} new records {seconds:.2f} s, {worked:.2f} s of them CPU")
        store.close()


def report_works(store: Store, pairs: list[tuple[str, str]]) -> None:
    """Print how many planted pairs are one work, and how many pairs that were not planted are."""
    index = store.load_index()
    work_of = {str(key): int(work) for key, work in zip(index.keys, index.work, strict=True)}
    found = sum(work_of[article] == work_of[preprint] for article, preprint in pairs)
    members = Counter(index.work.tolist())
    merged = sum(size * (size - 1) // 2 for size in members.values() if size > 1)
    print(f"planted pairs found {interval(found, len(pairs))} %, wrong merges {merged - found}")


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="0: pairs only")
    parser.add_argument("--planted", type=int, default=8_000)
    parser.add_argument("--pairs", type=Path, nargs="*", default=[], help="more labelled pairs, JSON Lines like the project's own")
    arguments = parser.parse_args()
    judge_pairs("the project's own pairs", read_pairs(PAIRS))
    for path in arguments.pairs:
        judge_pairs(path.name, read_pairs(path))
    if arguments.records:
        measure(arguments.records, arguments.planted)


if __name__ == "__main__":
    main()
