"""The evidence ladder: how far the works of each area of application went, from an opinion to a trial.

The taxonomy has no label for this: a rung is read from a work's kinds of study and from who took part. A work stands on every rung
that its labels give it (a trial that also builds a model stands on two), so that each number is a list of papers a filter can show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tracker.domain.taxonomy import Label, Taxonomy
from tracker.views.index import Selection, any_label
from tracker.views.rows import Bools
from tracker.views.statistics import Share

_MODELS = ("benchmark_dataset", "model_method", "llm_evaluation")
_ASKED = ("observational_survey", "qualitative_user")
_TRIALS = ("trial",)


@dataclass(frozen=True, slots=True)
class Rung:
    """A work stands here with one of the kinds of *study* and, where *population* is given, that population too."""

    id: str
    name: str
    meaning: str
    study: tuple[str, ...]
    population: str = ""

    @property
    def wanted(self) -> dict[str, tuple[str, ...]]:
        """The rung as labels per facet: any within a facet, all facets."""
        return {"study": self.study} | ({"population": (self.population,)} if self.population else {})


RUNGS = (  # lowest first
    Rung("opinion", "Opinion or review", "argues, reviews or plans; no new data", ("perspective_policy", "review", "protocol")),
    Rung("benchmark", "Model or benchmark", "builds or tests models", _MODELS),
    Rung("simulated", "Simulated people", "simulated patients, therapists or users", ("simulation",)),
    Rung("raters", "Human raters", "models tested with people who give care, as raters or users", _MODELS, "clinicians_trainees"),
    Rung("asked", "People asked", "surveys, logs, interviews, user studies", _ASKED),
    Rung("clinical", "Clinical sample", "patients recruited or recorded in care", (*_MODELS, *_ASKED, *_TRIALS), "patients"),
    Rung("trial", "Randomised trial", "people assigned to conditions", _TRIALS),
)
_TOP = ("clinical", "trial")


@dataclass(frozen=True, slots=True)
class Ladder:
    """Papers of one area by the rungs they stand on, in the order of ``RUNGS``; a paper may stand on several.

    Shares are of the papers whose kind of study is known; ``unknown`` ones name none. ``top`` reached patients in care or a trial.
    """

    label: Label
    rungs: tuple[Share, ...]
    top: Share
    unknown: int

    @property
    def known(self) -> int:
        """Papers whose kind of study is known: the denominator."""
        return self.top.n


def find_ladders(selection: Selection, areas: Sequence[Label], taxonomy: Taxonomy) -> list[Ladder]:
    """The evidence ladder of each of *areas*."""
    reached = [rung_mask(selection, rung) for rung in RUNGS]
    top = np.logical_or.reduce([mask for rung, mask in zip(RUNGS, reached, strict=True) if rung.id in _TOP])
    is_known = any_label(selection.rows, [label.key for label in taxonomy.facets["study"].labels.values()])
    return [_ladder(selection, area, reached, top, is_known) for area in areas]


def rung_mask(selection: Selection, rung: Rung) -> Bools:
    """Which of all rows stand on the rung, whether they match the filters or not."""
    found = any_label(selection.rows, [f"study:{name}" for name in rung.study])
    return found & any_label(selection.rows, [f"population:{rung.population}"]) if rung.population else found


def _ladder(selection: Selection, area: Label, reached: Sequence[Bools], top: Bools, is_known: Bools) -> Ladder:
    mask = selection.label_mask(area.key)
    known = mask & is_known
    n = int(np.count_nonzero(known))
    shares = tuple(Share(int(np.count_nonzero(known & one)), n) for one in reached)
    return Ladder(area, shares, Share(int(np.count_nonzero(known & top)), n), int(np.count_nonzero(mask)) - n)
