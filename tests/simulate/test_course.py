import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from faceidd import clock
from faceidd.simulate.course import CourseWriter, SharedCourse

HASTE = 50.0


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[CourseWriter]:
    writer = CourseWriter(tmp_path / "page", HASTE)
    yield writer
    writer.close()


@pytest.fixture
def course(
    writer: CourseWriter,  # noqa: ARG001 - it makes the page
    tmp_path: Path,
) -> SharedCourse:
    return SharedCourse(tmp_path / "page", HASTE)


def passed(course: SharedCourse, real_s: float) -> float:
    """How much of its time passes while so much real time does, at the least."""
    real, begun = time.monotonic(), course.monotonic()
    while time.monotonic() - real < real_s:
        pass
    return course.monotonic() - begun


def test_time_passes_in_haste(course: SharedCourse) -> None:
    assert passed(course, 0.01) >= 0.99 * HASTE * 0.01


def test_time_passes_as_it_does_while_it_is_held(
    writer: CourseWriter, course: SharedCourse
) -> None:
    writer.hold("one", on=True)
    writer.hold("other", on=True)
    writer.hold("one", on=False)
    real, begun = time.monotonic(), course.monotonic()
    assert course.monotonic() - begun <= time.monotonic() - real
    writer.hold("other", on=False)
    assert passed(course, 0.01) >= 0.99 * HASTE * 0.01


def test_time_never_runs_backward(writer: CourseWriter, course: SharedCourse) -> None:
    newest = course.monotonic()
    for number in range(200):
        writer.hold("a look", on=number % 2 == 0)
        now = course.monotonic()
        assert now >= newest
        newest = now


def test_a_jump_moves_the_wall_clock_alone(writer: CourseWriter, course: SharedCourse) -> None:
    writer.hold("still", on=True)
    wall, begun = course.wall_ns() / 1e9, course.monotonic()
    writer.jump(-3600)
    assert course.wall_ns() / 1e9 - wall == pytest.approx(-3600, abs=1)
    assert course.monotonic() - begun < 1


def test_a_scenario_begins_when_it_is_said(writer: CourseWriter, course: SharedCourse) -> None:
    assert course.scenario_s == 0
    writer.hold("still", on=True)
    writer.begin()
    assert 0 <= course.scenario_s < 1
    assert course.monotonic() - course.origin == pytest.approx(course.scenario_s, abs=0.1)


def test_two_readers_tell_the_same(course: SharedCourse, tmp_path: Path) -> None:
    other = SharedCourse(tmp_path / "page", HASTE)
    first, second, third = course.monotonic(), other.monotonic(), course.monotonic()
    assert first <= second <= third


def test_all_clocks_of_a_program_go_by_its_course(course: SharedCourse) -> None:
    clock.pass_as(course)
    try:
        before = course.monotonic()
        assert before <= clock.monotonic() <= clock.since_boot() <= course.monotonic()
        assert clock.real_s(HASTE) == 1
        assert clock.wall().timestamp() <= course.wall_ns() / 1e9
    finally:
        clock.pass_as(clock.RealTime())
    assert clock.real_s(HASTE) == HASTE
