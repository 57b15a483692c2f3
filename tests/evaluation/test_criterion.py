"""The criterion: whose threshold rules, on which scale."""

import pytest
from support.calibrations import calibration
from support.told import told_manifest

from faceidd.evaluation.criterion import Criterion, Wish, criterion_for
from faceidd.evaluation.errors import EvaluationError
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale

MANIFEST = told_manifest()
S_NORM = Scale(Metric.COSINE, Normalization.S_NORM)
CENTERED = Scale(Metric.COSINE, Normalization.CENTERING)


def chosen(
    wish: Wish, scale: Scale | None = None, *, threshold: float = 4.5, own_cohort: bool = False
) -> Criterion:
    """The criterion with a calibration on a scale, or without a calibration."""
    made = None if scale is None else calibration("told", scale=scale, threshold=threshold)
    return criterion_for(wish, MANIFEST, made, own_cohort=own_cohort)


def test_without_a_calibration_the_pack_rules() -> None:
    criterion = chosen(Wish())
    assert (criterion.scale, criterion.threshold) == (Scale(), 0.5)
    assert "manifest" in criterion.origin
    assert chosen(Wish(metric=Metric.EUCLIDEAN)).threshold == 1.0
    assert chosen(Wish(metric=Metric.ANGULAR)).threshold == 0.3


def test_the_calibration_rules_on_its_own_scale() -> None:
    criterion = chosen(Wish(), S_NORM)
    assert (criterion.scale, criterion.threshold) == (S_NORM, 4.5)
    assert "calibration" in criterion.origin
    plain = chosen(Wish(normalization=Normalization.NONE), S_NORM)
    assert (plain.scale, plain.threshold) == (Scale(), 0.5)


def test_no_threshold_rules_on_another_scale() -> None:
    criterion = chosen(Wish(metric=Metric.ANGULAR), S_NORM)
    assert criterion.scale == Scale(Metric.ANGULAR, Normalization.S_NORM)
    assert criterion.threshold is None
    assert criterion.closeness is None
    assert criterion.accepts(9) is None


def test_what_the_user_names_rules_over_all() -> None:
    criterion = chosen(Wish(Metric.COSINE, Normalization.CENTERING, 0.0), S_NORM)
    assert (criterion.scale, criterion.threshold) == (CENTERED, 0.0)
    assert "user" in criterion.origin


@pytest.mark.parametrize(("scale", "expected"), [(None, S_NORM), (CENTERED, CENTERED)])
def test_a_cohort_of_ones_own_asks_for_normalization(scale: Scale | None, expected: Scale) -> None:
    assert chosen(Wish(), scale, own_cohort=True).scale == expected


@pytest.mark.parametrize("normalization", [Normalization.S_NORM, Normalization.CENTERING])
def test_normalization_without_a_cohort_is_refused(normalization: Normalization) -> None:
    for scale in (None, Scale()):
        with pytest.raises(EvaluationError, match=f"{normalization} needs a cohort"):
            chosen(Wish(normalization=normalization), scale)
    assert chosen(Wish(normalization=normalization), own_cohort=True).threshold is None


def test_a_cohort_that_nothing_is_normalized_by_is_refused() -> None:
    with pytest.raises(EvaluationError, match="no score is normalized by it"):
        chosen(Wish(normalization=Normalization.NONE), own_cohort=True)


@pytest.mark.parametrize(("scale", "sign"), [(Scale(), 1), (Scale(Metric.EUCLIDEAN), -1)])
def test_a_point_accepts_what_is_close_enough(scale: Scale, sign: int) -> None:
    criterion = Criterion(scale, 0.5, "told")
    assert criterion.closeness == 0.5 * sign
    assert criterion.accepts(0.5)
    assert criterion.accepts(0.5 + 0.1 * sign)
    assert criterion.accepts(0.5 - 0.1 * sign) is False
