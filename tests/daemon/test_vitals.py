"""Who must have moved since when, with time as an argument."""

from dataclasses import replace

import pytest

from faceidd.daemon.vitals import (
    CAMERA_MARGIN,
    DECIDED_WITHIN,
    KEPT_WITHIN,
    Signs,
    Stage,
    Vitals,
)
from faceidd.units import Instant, Seconds

IDLE_LOOK = Seconds(2.0)
NOW = Instant(1000.0)
WELL = Signs(frame_by=Instant(NOW + 2), loss_told=False, kept_at=NOW)
LOST = replace(WELL, frame_by=None, loss_told=True)


@pytest.fixture
def vitals() -> Vitals:
    return Vitals(IDLE_LOOK)


def after(seconds: float) -> Instant:
    return Instant(NOW + seconds)


def test_a_door_that_has_just_started_is_alive(vitals: Vitals) -> None:
    assert vitals.hung(NOW, WELL) is None
    assert not vitals.has_decided


def test_a_camera_that_is_silent_past_its_own_bound_is_hung(vitals: Vitals) -> None:
    kept = replace(WELL, kept_at=after(2 + CAMERA_MARGIN))
    assert vitals.hung(after(2 + CAMERA_MARGIN), kept) is None
    assert vitals.hung(after(2.1 + CAMERA_MARGIN), kept) is Stage.FRAMES


def test_a_lost_camera_is_no_sign_of_death_once_it_was_told(vitals: Vitals) -> None:
    assert vitals.hung(NOW, LOST) is None
    late = after(86400)
    assert vitals.hung(late, replace(LOST, kept_at=late)) is None


def test_a_loss_that_nobody_was_told_of_is_one(vitals: Vitals) -> None:
    untold = replace(LOST, loss_told=False)
    assert vitals.hung(NOW, untold) is None
    late = after(CAMERA_MARGIN + 0.1)
    assert vitals.hung(late, replace(untold, kept_at=late)) is Stage.FRAMES
    assert vitals.hung(late, replace(LOST, kept_at=late)) is None


def test_frames_that_nobody_decides_on_are_missed(vitals: Vitals) -> None:
    bound = DECIDED_WITHIN + IDLE_LOOK
    vitals.framed(NOW)
    vitals.framed(after(bound))  # the first one counts
    on = Signs(after(bound + 2), loss_told=False, kept_at=after(bound))
    assert vitals.hung(after(bound), on) is None
    vitals.framed(after(bound + 0.1))
    assert vitals.hung(after(bound + 0.1), on) is Stage.DECISIONS
    vitals.decided()
    assert vitals.hung(after(bound + 0.1), on) is None
    assert vitals.has_decided


def test_a_camera_that_stalls_within_its_bound_leaves_nothing_to_decide_on(vitals: Vitals) -> None:
    vitals.framed(NOW)  # passed over: nobody was there
    for second in range(1, 62):
        at = after(second)
        assert vitals.hung(at, Signs(after(62), loss_told=False, kept_at=at)) is None
    late = after(62 + CAMERA_MARGIN + 0.1)
    signs = Signs(after(62), loss_told=False, kept_at=late)
    assert vitals.hung(late, signs) is Stage.FRAMES


def test_a_slow_camera_whose_every_frame_is_decided_on_is_alive(vitals: Vitals) -> None:
    for second in range(0, 600, 60):
        vitals.framed(after(second))
        vitals.decided()
        at = after(second + 59)
        assert vitals.hung(at, Signs(after(second + 60), loss_told=False, kept_at=at)) is None


def test_what_was_undecided_when_the_camera_was_lost_is_not_held_against_the_door(
    vitals: Vitals,
) -> None:
    vitals.framed(NOW)
    late = after(100)
    assert vitals.hung(late, replace(LOST, kept_at=late)) is None
    vitals.framed(late)
    back = Signs(after(102), loss_told=False, kept_at=late)
    assert vitals.hung(late, back) is None


def test_a_deadline_thread_that_goes_no_rounds_goes_before_all_else(vitals: Vitals) -> None:
    assert vitals.hung(after(KEPT_WITHIN), replace(LOST, kept_at=NOW)) is None
    assert vitals.hung(after(KEPT_WITHIN + 0.1), replace(LOST, kept_at=NOW)) is Stage.DEADLINES
