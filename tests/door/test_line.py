"""What a line says is believed when it lasts, and held against its second line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.door.line import DISCREPANCY, Debounced, Reading
from faceidd.units import Instant, Seconds


def fed(line: Debounced, *samples: tuple[float, bool]) -> list[tuple[float, Reading | None]]:
    """The readings of a line, with the moments they were believed."""
    return [(now, line.reading) for now, active in samples if line.feed(active, None, Instant(now))]


def test_a_bounce_is_no_press() -> None:
    line = Debounced(Seconds(0.05))
    samples = [(0.0, False), (0.1, False), (0.12, True), (0.14, False), (0.16, True), (0.2, False)]
    assert fed(line, *samples, (0.3, False)) == [(0.1, Reading.QUIET)]


def test_a_press_is_told_with_the_moment_it_began() -> None:
    line = Debounced(Seconds(0.05))
    samples = [(0.0, False), (0.1, False), (0.12, True), (0.15, True), (0.18, True), (0.2, True)]
    assert fed(line, *samples) == [(0.1, Reading.QUIET), (0.18, Reading.ACTIVE)]
    assert line.since == 0.12


def test_without_debounce_every_sample_counts() -> None:
    line = Debounced(Seconds(0.0))
    assert fed(line, (0.0, True), (0.1, False)) == [(0.0, Reading.ACTIVE), (0.1, Reading.QUIET)]


def test_a_button_that_is_pressed_for_too_long_is_stuck_until_it_is_let_go() -> None:
    line = Debounced(Seconds(0.05), stuck_after=Seconds(10.0))
    samples = [(0.0, True), (0.1, True), (9.9, True), (10.0, True), (20.0, True), (21.0, False)]
    assert fed(line, *samples, (21.1, False)) == [
        (0.1, Reading.ACTIVE),
        (10.0, Reading.FAULT),
        (21.1, Reading.QUIET),
    ]


@pytest.mark.parametrize("both", [True, False])
def test_two_lines_that_say_the_same_are_a_fault_when_it_lasts(both: bool) -> None:
    line = Debounced(Seconds(0.05))
    assert not line.feed(both, both, Instant(0.0))
    assert not line.feed(both, both, Instant(DISCREPANCY - 0.1))
    assert line.feed(both, both, Instant(DISCREPANCY))
    assert line.reading is Reading.FAULT


def test_while_a_changeover_contact_moves_nothing_is_said() -> None:
    line = Debounced(Seconds(0.05))
    assert not line.feed(False, True, Instant(0.0))
    assert line.feed(False, True, Instant(0.1))
    assert not line.feed(True, True, Instant(0.2))
    assert not line.feed(True, False, Instant(0.3))
    assert line.feed(True, False, Instant(0.4))
    assert line.reading is Reading.ACTIVE


def test_a_line_that_cannot_be_read_for_a_while_is_a_fault() -> None:
    line = Debounced()
    assert [line.fail(Instant(now)) for now in (0.0, 0.4, 0.5, 0.6)] == [False, False, True, False]


@given(st.lists(st.tuples(st.floats(0.001, 0.2), st.booleans(), st.booleans()), max_size=60))
def test_what_is_believed_has_lasted(samples: list[tuple[float, bool, bool]]) -> None:
    line, now = Debounced(Seconds(0.05)), 0.0
    said: list[tuple[float, Reading]] = []
    for passed, active, opposite in samples:
        now += passed
        reading = Reading.FAULT if active == opposite else [Reading.QUIET, Reading.ACTIVE][active]
        said.append((now, reading))
        if line.feed(active, opposite, Instant(now)):
            assert line.reading is reading
            assert line.since is not None
            assert now - line.since >= 0.05
            assert {one for at, one in said if at >= line.since} == {reading}
