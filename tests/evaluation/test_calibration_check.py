"""The check: thresholds are measured on people whom neither they nor their cohort know."""

from dataclasses import replace

import numpy as np
import pytest
from support.calibrating import impostors_accepted, leaning, purpose, two_groups
from support.calibrations import provenance
from support.measured_people import crowd
from support.people import MODEL

from faceidd.errors import GalleryError
from faceidd.evaluation.calibration_attempt import attempt
from faceidd.evaluation.calibration_check import held_out
from faceidd.evaluation.calibration_people import Crowd, strangers
from faceidd.gallery.calibration import Calibration
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import Cohort

SCALES = [Scale(), Scale(normalization=Normalization.S_NORM)]


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_each_part_is_measured_with_what_the_others_give(scale: Scale) -> None:
    people, asked = Crowd.of(crowd(90, 1, spread=0.6)), purpose(0.02)
    dealt = people.parts(2)
    for part, found in enumerate(held_out(people, asked, scale, 2)):
        own, others = people.only(dealt != part), people.only(dealt == part)
        known = strangers(own)
        made = attempt(own, known, scale, asked)
        assert found.threshold == made.threshold
        cohort = None if scale == SCALES[0] else Cohort(MODEL, known.vectors, known.norms)
        door = Calibration(MODEL, scale, made.threshold, cohort, provenance())
        (cell,) = (one for one in found.cells if one.kind == "single")
        assert cell.people == 45
        assert cell.trials == 45 * 44 // 2
        assert cell.fmr == pytest.approx(impostors_accepted(door, others.embedded), abs=1e-6)


def test_everybody_is_measured_once() -> None:
    people = Crowd.of(two_groups(24, 2))
    found = held_out(people, purpose(0.05), Scale(), 3)
    assert len(found) == 3
    for name in ("one", "two"):
        cells = [cell for one in found for cell in one.cells if cell.set == name]
        singles = [cell for cell in cells if cell.kind == "single"]
        assert [cell.people for cell in singles] == [8, 8, 8]
        assert sum(cell.genuine for cell in singles) == 24
        assert {cell.kind for cell in cells} == {"single", "fused"}


def test_those_who_are_more_alike_than_the_others_are_seen() -> None:
    """The check can fail: half the people are told apart worse than the half calibrated on."""
    photos = crowd(80, 1)
    people = Crowd.of(photos)
    alike = people.parts(2)[people.people] == 1
    vectors = np.where(alike[:, None], leaning(photos, 0.5).vectors, photos.vectors)
    mixed = Crowd.of(replace(photos, vectors=vectors))
    first, second = held_out(mixed, purpose(0.02), Scale(), 2)
    assert first.threshold > second.threshold
    assert first.cells[0].fmr <= 0.02 < second.cells[0].fmr


def test_a_part_that_leaves_too_few_for_a_cohort_is_refused() -> None:
    with pytest.raises(GalleryError, match="says too little"):
        held_out(Crowd.of(crowd(45, 1)), purpose(0.05), SCALES[1], 2)
