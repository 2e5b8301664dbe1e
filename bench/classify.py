"""How fast records are labelled, beside a naive loop and beside mere string finding, in one run.

    python bench/classify.py [--records 10000] [--naive 60] [--papers FILE]

The abstracts are synthetic: sentences of this file and of the label tests, at the length of real abstracts (about 1,400
characters), a third of them out of scope. They hold more of what the rules look for than real ones do, and shorter sentences;
``--papers FILE`` takes real ones instead (JSON lines with ``title`` and ``abstract``). All engines get the same texts and the
same spellings, and every engine but the naive loop folds the text itself, which any finder must (``folding`` is that alone):

- labels      the tracker: fold, find, relate, mask, sum, evidence (one process)
- naive loop  one compiled regular expression a pattern (its operands as alternations), searched one after the other
- one regex   all spellings in one alternation
- finding     fold and Aho-Corasick: every spelling as a whole word, its capitals checked where they count, with its place
- raw finding the same without word boundaries and capitals: what folding and the automaton take
- hyperscan   fold and Hyperscan: every spelling, with where it begins and ends, also inside words (left out where the package is
              not installed)
- hyperscan, ends  the same without where a match begins, which evidence could not do without
- folding     the folded text and nothing found

``finding`` and ``hyperscan`` are the limits of mere string finding. Labelling also relates words within sentences, masks, sums
and quotes, a record at a time in plain Python.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import yaml
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from tracker.domain.classifier import Classifier
from tracker.domain.patterns import Literal, Operand, Pattern
from tracker.domain.taxonomy import parse_taxonomy
from tracker.domain.text import Document, join_fields

Paper = tuple[str, str]  # title and abstract

ROOT = Path(__file__).resolve().parents[1]
LENGTH = 1400  # characters; the median of the labelled papers
FILLER = (
    "The first table lists the settings of every run.",
    "Leaves fall slowly while the river carries them to the sea.",
    "We thank the editors for their patience during the summer.",
    "A second corpus was collected in spring and cleaned by hand.",
    "The remaining parameters were chosen on a small grid.",
    "Trains between the two cities run every hour on weekdays.",
    "Results are given as means with standard deviations.",
    "Further work will look at other seasons and other places.",
)


def main() -> int:
    """Print records per second of each engine and the two ratios that matter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--naive", type=int, default=60, help="records given to the two slow engines")
    parser.add_argument("--papers", type=Path, help="JSON lines with title and abstract, instead of synthetic ones")
    arguments = parser.parse_args()
    classifier = Classifier(parse_taxonomy((ROOT / "data" / "taxonomy.yaml").read_text(encoding="utf-8"), place="taxonomy.yaml"))
    papers = read_papers(arguments.papers) if arguments.papers else synthetic_papers(arguments.records)
    few = papers[: arguments.naive]
    patterns = [pattern for rule in classifier.taxonomy.rules() for pattern in rule.patterns if pattern.first is not None]
    spellings = classifier.lexicon.spellings
    print(f"{len(papers)} records, {len(patterns)} patterns, {len(spellings)} spellings, {sys.version.split()[0]}")
    engines: dict[str, tuple[Callable[[Paper], object], Sequence[Paper]]] = {
        "labels": (lambda paper: classifier.classify(title=paper[0], abstract=paper[1]), papers),
        "naive loop": (naive_loop(patterns), few),
        "one regex": (one_regex(spellings), few),
        "finding": (finding(classifier), papers),
        "raw finding": (raw_finding(spellings), papers),
    }
    if find_spec("hyperscan") is not None:
        engines["hyperscan"] = (hyperscan_finding(spellings, with_starts=True), papers)
        engines["hyperscan, ends"] = (hyperscan_finding(spellings, with_starts=False), papers)
    engines["folding"] = (_folded, papers)
    rates = alternating(engines)
    for name, value in rates.items():
        print(f"{name:15} {value:10,.0f} records/s")
    print(f"labels / naive loop: {rates['labels'] / rates['naive loop']:.0f} times (at least 20)")
    for name in list(engines)[3:-1]:
        print(f"{name} / labels: {rates[name] / rates['labels']:.1f} times (aim: at most 4)")
    return 0


def read_papers(file: Path) -> list[Paper]:
    """Title and abstract of each line of *file*; what is missing is empty."""
    with file.open(encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    return [(entry.get("title") or "", entry.get("abstract") or "") for entry in entries]


def synthetic_papers(count: int) -> list[tuple[str, str]]:
    """Title and abstract of *count* papers, the same in every run."""
    cases = yaml.safe_load((ROOT / "tests" / "fixtures" / "labels.yaml").read_text(encoding="utf-8"))
    sentences = [
        one.removeprefix("T: ") for labels in cases.values() for case in labels.values() for one in (*case["catch"], *case["miss"])
    ]
    draw = random.Random(7)
    return [_paper(draw, sentences, is_near=number % 3 != 0) for number in range(count)]


def _paper(draw: random.Random, sentences: Sequence[str], *, is_near: bool) -> tuple[str, str]:
    title = draw.choice(sentences)
    opening = "Large language models are used in mental health care. " if is_near else ""
    parts = [opening]
    while sum(map(len, parts)) < LENGTH:
        parts.append(draw.choice(sentences if is_near and draw.random() < 0.35 else FILLER) + " ")
    return title, "".join(parts)


def alternating(engines: Mapping[str, tuple[Callable[[Paper], object], Sequence[Paper]]], turns: int = 20) -> dict[str, float]:
    """Papers per second of processor time; the engines take turns, so that a busy machine slows all of them alike."""
    spent = dict.fromkeys(engines, 0.0)
    for turn in range(turns):
        for name, (work, papers) in engines.items():
            start = time.process_time()
            for paper in papers[turn::turns]:
                work(paper)
            spent[name] += time.process_time() - start
    return {name: len(papers) / spent[name] for name, (_, papers) in engines.items()}


def naive_loop(patterns: Sequence[Pattern]) -> Callable[[tuple[str, str]], object]:
    """Every operand of every pattern as a regular expression of its own, tried one by one."""
    operands = {
        operand for pattern in patterns for operand in (pattern.first, *(relation.operand for relation in pattern.relations)) if operand
    }
    compiled = [re.compile(r"\b(?:" + "|".join(_chains(operand)) + ")", re.IGNORECASE) for operand in operands]
    return lambda paper: [expression.search(f"{paper[0]}. {paper[1]}") for expression in compiled]


def _chains(operand: Operand) -> list[str]:
    return [
        r"[ -]".join("(?:" + "|".join(_spelling(literal) for literal in segment) + ")" for segment in chain) for chain in operand.chains
    ]


def _spelling(literal: Literal) -> str:
    return re.escape(literal.text).replace(r"\ ", "[ -]") + (r"\w*" if literal.is_prefix else r"\b")


def one_regex(spellings: Sequence[str]) -> Callable[[tuple[str, str]], object]:
    """One big alternation, the longest first."""
    expression = re.compile("|".join(re.escape(one) for one in sorted(spellings, key=len, reverse=True)))
    return lambda paper: expression.findall(_folded(paper))


def finding(classifier: Classifier) -> Callable[[tuple[str, str]], object]:
    """Every spelling that stands as a word, overlaps included, with its place, and nothing else."""

    def find(paper: Paper) -> None:
        classifier.lexicon.search_rest(classifier.lexicon.search(Document(join_fields(*paper, (), ()))))

    return find


def raw_finding(spellings: Sequence[str]) -> Callable[[tuple[str, str]], object]:
    """Every spelling wherever it stands, inside words too."""
    automaton = AhoCorasick(list(spellings), MatchKind.Standard, False, Implementation.ContiguousNFA)
    return lambda paper: automaton.find_matches_as_indexes(_folded(paper), overlapping=True)


def hyperscan_finding(spellings: Sequence[str], *, with_starts: bool) -> Callable[[tuple[str, str]], object]:
    """What Hyperscan (elsewhere Vectorscan) finds of the same spellings in the same folded text, kept in a list as labelling needs it."""
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_SOM_LEFTMOST if with_starts else 0
    expressions = [spelling.encode("latin-1") for spelling in spellings]
    database.compile(expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), flags=flags, literal=True)

    def find(paper: tuple[str, str]) -> list[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = []
        database.scan(
            _folded(paper).encode("latin-1"), match_event_handler=lambda number, start, end, *_: found.append((number, start, end))
        )
        return found

    return find


def _folded(paper: tuple[str, str]) -> str:
    return Document(join_fields(*paper, (), ())).folded


if __name__ == "__main__":
    raise SystemExit(main())
