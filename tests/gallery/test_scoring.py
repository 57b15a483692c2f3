"""Scoring: what a cohort of strangers does to scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.calibrations import cohort
from support.people import MODEL

from faceidd.errors import GalleryError
from faceidd.gallery.metric import Metric, Values
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import FEWEST, Cohort, Prepared, Scorer, s_norm

SIZE = 8
SEEDS = st.integers(0, 2**32 - 1)
S_NORMS = [Scale(metric, Normalization.S_NORM) for metric in Metric]


def directions(seed: int, count: int, *, lean: float = 0.0) -> Values:
    """Unit vectors; the more they lean, the more they are alike."""
    vectors = np.random.default_rng(seed).normal(size=(count, SIZE))
    vectors[:, 0] += lean
    units: Values = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units


def scores(scorer: Scorer, probes: Values, templates: Values) -> Values:
    ready = [scorer.prepare(one, np.ones(len(one), np.float32)) for one in (probes, templates)]
    return scorer.values(*ready)


@pytest.mark.parametrize("scale", S_NORMS, ids=str)
@given(SEEDS)
def test_a_normalized_score_is_symmetric(scale: Scale, seed: int) -> None:
    scorer = Scorer(scale, cohort(MODEL, SIZE))
    one, other = directions(seed, 3), directions(seed + 1, 4)
    there, back = scores(scorer, one, other), scores(scorer, other, one)
    assert there == pytest.approx(back.T, abs=1e-3)


def test_it_is_what_the_formula_says() -> None:
    strangers = cohort(MODEL, SIZE)
    scorer = Scorer(Scale(Metric.COSINE, Normalization.S_NORM), strangers, nearest=10)
    probes, templates = directions(1, 2), directions(2, 3)
    found = scores(scorer, probes, templates)
    for row, probe in enumerate(probes):
        for column, template in enumerate(templates):
            parts = []
            for side in (probe, template):
                near = np.sort(strangers.vectors @ side)[-10:]
                parts.append((float(probe @ template) - near.mean()) / near.std())
            assert found[row, column] == pytest.approx(np.mean(parts), abs=1e-3)


@given(SEEDS, st.floats(-2, 2), st.floats(0.1, 10))
def test_a_shift_or_a_stretch_of_all_scores_changes_nothing(
    seed: int, shift: float, stretch: float
) -> None:
    rng = np.random.default_rng(seed)
    closeness = rng.normal(size=(2, 3)).astype(np.float32)
    nothing = np.zeros((0, 0), np.float32)

    def side(count: int, start: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        values = np.random.default_rng(seed + start).uniform(0.5, 1, (2, count))
        return values[0].astype(np.float32), values[1].astype(np.float32)

    def moved(mean: Values, deviation: Values, *, by: float, times: float) -> Prepared:
        return Prepared(
            nothing,
            nothing[0:0, 0:0].reshape(-1),
            (mean * times + by).astype(np.float32),
            (deviation * times).astype(np.float32),
        )

    probes, templates = side(2, 1), side(3, 2)
    plain = s_norm(closeness, moved(*probes, by=0, times=1), moved(*templates, by=0, times=1))
    other = s_norm(
        (closeness * stretch + shift).astype(np.float32),
        moved(*probes, by=shift, times=stretch),
        moved(*templates, by=shift, times=stretch),
    )
    assert other == pytest.approx(plain, abs=1e-3)


def test_a_group_that_is_more_alike_is_held_against_its_own() -> None:
    """The gap between the groups' typical scores, in deviations, is closed to a large part."""
    alike, others = directions(5, 300, lean=4), directions(6, 300)
    both = Cohort(MODEL, np.vstack([alike[:100], others[:100]]), np.ones(200, np.float32))

    def gap(kind: Normalization) -> float:
        scorer = Scorer(Scale(Metric.COSINE, kind), both, nearest=50)
        of_group = scores(scorer, alike[100:200], alike[200:])
        of_others = scores(scorer, others[100:200], others[200:])
        return float((np.median(of_group) - np.median(of_others)) / of_others.std())

    assert gap(Normalization.NONE) > 1.5
    assert abs(gap(Normalization.S_NORM)) < gap(Normalization.NONE) / 2
    assert abs(gap(Normalization.CENTERING)) < gap(Normalization.NONE) / 2


def test_centering_moves_the_origin_to_the_cohorts_mean() -> None:
    strangers = cohort(MODEL, SIZE)
    probes, templates = directions(1, 2), directions(2, 3)
    found = scores(
        Scorer(Scale(Metric.COSINE, Normalization.CENTERING), strangers), probes, templates
    )
    center = strangers.vectors.mean(axis=0)
    moved = [one - center for one in (probes, templates)]
    units = [one / np.linalg.norm(one, axis=1, keepdims=True) for one in moved]
    assert found == pytest.approx(units[0] @ units[1].T, abs=1e-5)


def test_too_few_strangers_are_no_cohort() -> None:
    with pytest.raises(GalleryError, match="too little"):
        cohort(MODEL, SIZE, count=FEWEST - 1)


@pytest.mark.parametrize("spoil", [0.0, 2.0, np.nan])
def test_a_cohort_is_of_unit_vectors(spoil: float) -> None:
    vectors = directions(1, 40)
    vectors[7] *= np.float32(spoil)
    with pytest.raises(GalleryError, match="unit length"):
        Cohort(MODEL, vectors, np.ones(40, np.float32))


@pytest.mark.parametrize(("metric", "kind"), [(m, k) for m in Metric for k in Normalization])
def test_a_scale_knows_which_way_is_closer(metric: Metric, kind: Normalization) -> None:
    one = directions(3, 1)
    scale = Scale(metric, kind)
    needed = kind is not Normalization.NONE
    scorer = Scorer(scale, cohort(MODEL, SIZE) if needed else None)
    same, other = scores(scorer, one, np.vstack([one, -one]))[0]
    assert bool(same > other) is scale.greater_is_closer
