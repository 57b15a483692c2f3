"""Fusion: photos into templates and frames into one embedding, as the door does it."""

import numpy as np
import pytest
from support.measured_people import crowd, unit

from faceidd.enroll.templates import Agreement, fuse
from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.fusion import MOST_FRAMES, DoorFusion, visit

AGREEMENT = Agreement.of_model(0.74)
FUSION = DoorFusion(AGREEMENT)


def test_a_visit_is_the_mean_by_quality() -> None:
    frames = crowd(1, 3)
    weighted = Embedded(
        frames.photos,
        frames.vectors,
        np.array([1, 2, 3], np.float32),
        np.array([1, 0.5, 0.25], np.float32),
        (),
    )
    fused = visit(weighted)
    mean = np.average(frames.vectors, axis=0, weights=[1, 0.5, 0.25])
    assert fused.vectors == pytest.approx(unit(mean)[None], abs=1e-6)
    assert fused.norms == pytest.approx([(1 + 2 * 0.5 + 3 * 0.25) / 1.75])


def test_a_person_is_enrolled_as_enrollment_does_it() -> None:
    photos = crowd(1, 20, spread=0.4)
    enrolled = FUSION.templates(photos)
    fused = fuse(photos.vectors, photos.norms, photos.weights, AGREEMENT).template
    assert fused is not None
    assert enrolled.vectors.tolist() == [fused.vector.tolist()]
    assert enrolled.norms.tolist() == [np.float32(fused.norm)]


def test_photos_that_disagree_enroll_nobody() -> None:
    assert FUSION.templates(crowd(3, 1)).vectors.shape == (0, 32)


def test_one_frame_is_a_visit_too() -> None:
    frame = crowd(1, 1)
    assert visit(frame).vectors == pytest.approx(frame.vectors, abs=1e-6)


def test_as_many_frames_as_the_door_keeps_all_count() -> None:
    frames = crowd(1, MOST_FRAMES)
    mean = unit(frames.vectors.mean(axis=0))
    assert visit(frames).vectors == pytest.approx(mean[None], abs=1e-5)


@pytest.mark.parametrize("frames", [0, MOST_FRAMES + 1])
def test_none_or_more_than_the_door_fuses_is_no_visit(frames: int) -> None:
    with pytest.raises(ValueError, match=f"1 to {MOST_FRAMES} frames, not {frames}"):
        visit(crowd(1, frames))
