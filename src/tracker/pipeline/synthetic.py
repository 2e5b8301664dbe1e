"""A synthetic corpus of any size: for tests of scale and benchmarks, never beside real papers.

Half of the records stand in months 21 to 32 of arXiv's numbering, which has twelve; the others have PMIDs from 900,000,000 on; DOIs have
the prefix that Crossref keeps for tests. Abstracts are about as long as real ones (1,300 characters), their words follow Zipf's law over
20,000, and the classifier labels them like any other. One record in twelve is the article of an earlier preprint.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from tracker.domain.classifier import Classifier
from tracker.domain.dates import PartialDate
from tracker.domain.record import Provenance, Record, Status
from tracker.domain.taxonomy import Taxonomy
from tracker.errors import ConfigurationError
from tracker.pipeline.synthetic_words import ELSEWHERE, FUNCTION_WORDS, REMARKS, TOPICS, invented_words
from tracker.store.base import Change, Decision, Store
from tracker.store.reading import chunks

FIRST_DAY, LAST_DAY = date(2019, 1, 1), date(2026, 10, 31)
ABOUT = "A synthetic corpus, made by the program for tests and benchmarks: no paper in it exists."
VOCABULARY = 20_000
PAGE = 1000
GROWTH = 2.5  # how strongly papers crowd at the end: the share before a point of the time is that part of it to this power
IN_SCOPE, ARTICLES_OF_PREPRINTS, RETRACTED = 0.75, 1 / 12, 0.002


def refuse_synthetic(store: Store) -> None:
    """Raises ``ConfigurationError`` where the database holds a synthetic corpus, beside which no real paper may come."""
    if store.load_about().get("snapshot", {}).get("synthetic"):
        raise ConfigurationError(f"{store.url} holds a synthetic corpus, and real papers must not be mixed with it; name another database.")


def fill_corpus(store: Store, taxonomy: Taxonomy, count: int, *, seed: int = 1, progress: Callable[[int], object] = id) -> None:
    """Store *count* synthetic records in an empty database; *progress* is told the size of each page stored.

    The first day they were seen is a week after their own. Raises ``ConfigurationError`` if the database holds anything.
    """
    if store.count_records():
        raise ConfigurationError(f"{store.url} already holds records; a synthetic corpus needs a database of its own. Name another one.")
    about = {"synthetic": True, "sample": ABOUT, "taxonomy": taxonomy.version, "records": count}
    store.load_snapshot((), now=_noon(LAST_DAY), about=about)
    classifier = Classifier(taxonomy)
    for page in chunks(make_records(count, seed=seed), PAGE):
        seen = _noon(page[-1].published.first_day() if page[-1].published else LAST_DAY) + timedelta(days=7)
        for source in ("arxiv", "pubmed"):
            decisions = [Decision(one, Change.NEW, classifier.classify_record(one)) for one in page if one.source == source]
            store.save_page(decisions, now=seen, source=source)
        progress(len(page))


def make_records(count: int, *, seed: int = 1) -> Iterator[Record]:
    """*count* records, oldest first; the same for the same *count* and *seed*."""
    maker = _Maker(seed)
    span = (LAST_DAY - FIRST_DAY).days
    preprints: list[Record] = []
    for number in range(count):
        day = FIRST_DAY + timedelta(days=int(span * ((number + 1) / count) ** (1 / GROWTH)))
        if preprints and maker.dice.random() < ARTICLES_OF_PREPRINTS:
            yield maker.article_of(maker.dice.choice(preprints), number, day)
            continue
        made = maker.paper(number, day)
        if made.source == "arxiv":
            preprints = [*preprints[-200:], made]
        yield made


class _Maker:
    """Makes one record after the other."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  (nothing secret)
        words = invented_words(VOCABULARY + 6000)
        self._given, self._family = words[VOCABULARY : VOCABULARY + 1000], words[VOCABULARY + 1000 :]
        self._words = [*FUNCTION_WORDS, *words[:VOCABULARY]]
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))

    def paper(self, number: int, day: date) -> Record:
        """A preprint or an article of its own."""
        sentences = self._sentences()
        is_preprint = self.dice.random() < 0.5
        stem = f"{day:%y}{day.month + 20}.{number % 100_000:05}"
        return Record(
            key=f"arxiv:{stem}" if is_preprint else f"pubmed:{900_000_000 + number}",
            source="arxiv" if is_preprint else "pubmed",
            arxiv_id=stem if is_preprint else None,
            pmid=None if is_preprint else str(900_000_000 + number),
            doi=f"10.5555/synthetic.{number}" if self.dice.random() < 0.7 else None,
            version=1 if is_preprint else None,
            title=f"{self._phrase(4).capitalize()}: {sentences[0].rstrip('.').lower()} ({self._phrase(2)})",
            abstract=self._abstract(sentences),
            authors=tuple(self._name() for _ in range(self.dice.randint(1, 6))),
            venue="arXiv" if is_preprint else "Journal of Synthetic Studies",
            published=PartialDate.parse(day.isoformat() if self.dice.random() < 0.9 else f"{day:%Y-%m}"),
            updated_at=_noon(day),
            categories=("cs.CL",) if is_preprint else (),
            status=Status.RETRACTED if self.dice.random() < RETRACTED else Status.CURRENT,
            is_preprint=is_preprint,
            provenance=_provenance("arxiv" if is_preprint else "pubmed", day),
        )

    def article_of(self, preprint: Record, number: int, day: date) -> Record:
        """The same paper in a journal: title, authors and DOI are those of the preprint."""
        return Record(
            key=f"pubmed:{900_000_000 + number}",
            source="pubmed",
            pmid=str(900_000_000 + number),
            doi=preprint.doi,
            title=preprint.title,
            abstract=preprint.abstract,
            authors=preprint.authors,
            venue="Journal of Synthetic Studies",
            published=PartialDate.parse(day.isoformat()),
            updated_at=_noon(day),
            provenance=_provenance("pubmed", day),
        )

    def _sentences(self) -> list[str]:
        if self.dice.random() >= IN_SCOPE:
            return [self.dice.choice(ELSEWHERE)]
        (topic,) = self.dice.choices(list(TOPICS), [share for share, _ in TOPICS.values()])
        said = TOPICS[topic][1]
        remarks = [sentence for share, sentence in REMARKS.values() if self.dice.random() < share]
        return [*self.dice.sample(said, min(len(said), self.dice.randint(1, 2))), *remarks]

    def _abstract(self, sentences: list[str]) -> str:
        filler = [f"{self._phrase(self.dice.randint(8, 24)).capitalize()}." for _ in range(max(1, 11 - len(sentences)))]
        written = [*sentences, *filler]
        self.dice.shuffle(written)
        return " ".join(written)

    def _phrase(self, length: int) -> str:
        return " ".join(self.dice.choices(self._words, cum_weights=self._weights, k=length))

    def _name(self) -> str:
        return f"{self.dice.choice(self._given).capitalize()} {self.dice.choice(self._family).capitalize()}"


def _provenance(source: str, day: date) -> Provenance:
    return Provenance(source, "synthetic", _noon(day), "synthetic/1")


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
