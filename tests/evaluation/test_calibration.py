"""Calibration as a whole: what a door with this threshold does to people it was not made of."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from support.calibrating import (
    FACTS,
    NOW,
    calibrated,
    gallery_of,
    impostors_accepted,
    leaning,
    purpose,
    shuffled,
    some_people,
    two_groups,
    with_twin,
)
from support.measured_people import crowd

from faceidd.errors import GalleryModelError
from faceidd.evaluation.calibration import PREFERRED, Calibrated
from faceidd.evaluation.errors import EvaluationError
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Target
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import Cohort

TARGET = 5e-3


@pytest.fixture(scope="module")
def chosen() -> Calibrated:
    """Of two groups, the scale chosen by what it refuses."""
    return calibrated(two_groups(30, 2), purpose(2e-2, normalization=None))


@pytest.mark.parametrize("kind", list(Normalization))
@pytest.mark.parametrize("seed", [0, 1])
def test_people_it_was_not_made_of_are_accepted_at_most_twice_as_often_as_asked(
    seed: int, kind: Normalization
) -> None:
    """As the door scores them: with the cohort that is shipped."""
    photos = leaning(crowd(200, 1, spread=0.6, dimension=24, seed=seed), 0.3)
    known, fresh = some_people(photos, 0), some_people(photos, 1)
    made = calibrated(known, purpose(TARGET, normalization=kind)).calibration
    assert impostors_accepted(made, known) <= TARGET
    assert TARGET / 20 < impostors_accepted(made, fresh) <= 2 * TARGET


def test_of_two_groups_neither_is_accepted_more_often_than_asked() -> None:
    photos = two_groups(120, 1)
    made = calibrated(some_people(photos, 0), purpose(TARGET)).calibration
    for name in ("one", "two"):
        fresh = some_people(photos, 1)
        rows = np.flatnonzero([photo.set == name for photo in fresh.photos])
        assert impostors_accepted(made, fresh.take(rows)) <= 2 * TARGET
    assert made.provenance.ruled_by.startswith("two, alike")


def test_the_order_of_photos_changes_nothing(chosen: Calibrated) -> None:
    again = calibrated(shuffled(two_groups(30, 2)), purpose(2e-2, normalization=None)).calibration
    made = chosen.calibration
    assert again.scale == made.scale
    assert again.threshold == pytest.approx(made.threshold, abs=2e-4)
    assert again.provenance.groups == made.provenance.groups
    for one, other in zip(again.provenance.tried, made.provenance.tried, strict=True):
        assert one.threshold == pytest.approx(other.threshold, rel=1e-3)


def test_the_scale_that_refuses_the_fewest_is_taken(chosen: Calibrated) -> None:
    provenance = chosen.calibration.provenance
    assert tuple(one.normalization for one in provenance.tried) == PREFERRED
    fewest = min(one.fnmr for one in provenance.tried if one.fnmr is not None)
    (taken,) = (
        one
        for one in provenance.tried
        if one.normalization is chosen.calibration.scale.normalization
    )
    assert taken.fnmr == fewest
    assert taken.threshold == chosen.calibration.threshold


def test_where_nobody_has_two_photos_the_preferred_scale_is_taken() -> None:
    made = calibrated(crowd(45, 1), purpose(0.05, normalization=None)).calibration
    assert made.scale.normalization is PREFERRED[0]
    assert {one.fnmr for one in made.provenance.tried} == {None}


def test_provenance_says_what_it_rests_on(chosen: Calibrated) -> None:
    made = chosen.calibration
    told = made.provenance
    assert (made.model_id, told.model_name) == (FACTS.model_id, "facenet int8")
    assert (told.made_at, told.seeing, told.frames) == (NOW, FACTS.seeing, 2)
    assert (told.people, told.photos, told.target.fmr) == (60, 120, 2e-2)
    assert told.low < told.high == made.threshold
    assert {one.group for one in told.groups} == {"apart", "alike"}
    assert {(one.set, one.kind) for one in told.cells} == {
        (name, kind) for name in ("one", "two") for kind in ("single", "fused")
    }
    names = {photo.identity for photo in two_groups(30, 2).photos}
    assert not any(name in told.model_dump_json() for name in names)


def test_of_a_distance_the_interval_lies_above_the_threshold() -> None:
    told = calibrated(crowd(40, 1), purpose(0.05, metric=Metric.ANGULAR)).calibration
    assert told.threshold == told.provenance.low < told.provenance.high


def test_the_shipped_cohort_says_nothing_of_who_is_who() -> None:
    """Not by order either: neither that of names, nor that in which people are calibrated."""
    photos = two_groups(25, 1)
    made = calibrated(photos, purpose(0.05, normalization=Normalization.S_NORM))
    cohort = made.calibration.cohort
    assert isinstance(cohort, Cohort)
    assert cohort.model_id == FACTS.model_id
    found = (cohort.vectors @ photos.vectors.T).argmax(axis=1)
    assert sorted(found.tolist()) == list(range(50))
    assert np.abs(np.corrcoef(found, np.arange(50))[0, 1]) < 0.4
    sets = [photos.photos[row].set for row in found]
    assert sum(one != other for one, other in pairwise(sets)) > 15
    again = calibrated(shuffled(photos, 5), purpose(0.05, normalization=Normalization.S_NORM))
    assert again.calibration.cohort is not None
    assert again.calibration.cohort.vectors == pytest.approx(cohort.vectors, abs=1e-6)
    plain = calibrated(photos, purpose(0.05))
    assert plain.calibration.cohort is None


def test_too_few_for_a_cohort_are_calibrated_without_one() -> None:
    few = crowd(30, 2)
    made = calibrated(few, purpose(0.05, normalization=None)).calibration
    assert made.scale == Scale()
    with pytest.raises(EvaluationError, match="30 people are too few for a cohort") as caught:
        calibrated(few, purpose(0.05, normalization=Normalization.S_NORM))
    assert "--normalization none" in caught.value.do


def test_a_target_that_the_data_cannot_show_is_refused() -> None:
    with pytest.raises(EvaluationError, match="needs 29956 comparisons"):
        calibrated(crowd(40, 2), purpose(1e-4))


def test_a_person_under_two_names_spoils_it() -> None:
    """Which is why suspects are named, and what `--same` is for."""
    photos = crowd(40, 1)
    assert calibrated(photos, purpose(0.004)).calibration.threshold < 0.9
    assert calibrated(with_twin(photos), purpose(0.004)).calibration.threshold > 0.99


def test_the_gallery_is_searched_and_must_be_of_the_same_model() -> None:
    photos = leaning(crowd(60, 1), 0.3)
    gallery = gallery_of(leaning(crowd(30, 1, seed=7), 0.3).vectors)
    asked = replace(purpose(), target=Target(fmr=0.02, fpir=0.1, templates=30))
    alone = calibrated(photos, asked).calibration
    searched = calibrated(photos, asked, gallery).calibration
    assert searched.threshold > alone.threshold
    assert "search" in searched.provenance.ruled_by
    assert {one.kind for one in searched.provenance.cells} == {"single", "search"}
    with pytest.raises(GalleryModelError, match="enrolled with"):
        calibrated(photos, asked, gallery_of(gallery.vectors, "b" * 64))
