"""Frames are looked at while somebody is there or something moves, and else now and then."""

import itertools

import numpy as np
import pytest

from faceidd.camera.frame import Frame, Image
from faceidd.camera.motion import Motion
from faceidd.daemon.attention import BUSY_EVERY, BUSY_S, LINGER_S, Attention
from faceidd.units import Instant, Seconds

FPS = 10
IDLE_LOOK = Seconds(1.0)
VISIT_GAP = Seconds(2.0)
IMAGE = np.zeros((48, 64, 3), np.uint8)


class Told(Motion):
    """Motion as a test tells it."""

    def __init__(self) -> None:
        super().__init__(130)
        self.moves = False

    def moved(self, image: Image, at: Instant) -> bool:  # noqa: ARG002 - it is told
        return self.moves


class Watcher:
    """Time that passes by the frame."""

    def __init__(self) -> None:
        self.motion = Told()
        self._attention = Attention(self.motion, idle_look=IDLE_LOOK, visit_gap=VISIT_GAP)
        self._numbers = itertools.count()

    def watch(self, seconds: float, *, somebody: bool = False) -> list[bool]:
        """Which of the next frames are looked at."""
        looked = []
        for _ in range(round(seconds * FPS)):
            number = next(self._numbers)
            at = Instant(number / FPS)
            looked.append(self._attention.wants(Frame(IMAGE, at, number)))
            if looked[-1]:
                self._attention.note(at, somebody=somebody)
        return looked


@pytest.fixture
def watcher() -> Watcher:
    """One that has seen nobody yet."""
    made = Watcher()
    made.watch(2)
    return made


def test_the_first_frame_is_looked_at() -> None:
    assert Watcher().watch(0.1) == [True]


def test_where_nothing_moves_a_frame_now_and_then_is(watcher: Watcher) -> None:
    assert sum(watcher.watch(10)) == 10


def test_where_something_moves_every_frame_is_and_a_little_longer(watcher: Watcher) -> None:
    watcher.motion.moves = True
    assert all(watcher.watch(3))
    watcher.motion.moves = False
    looked = watcher.watch(5)
    assert all(looked[: round(LINGER_S * FPS)])
    assert sum(looked[round(LINGER_S * FPS) + 1 :]) <= 5


def test_somebody_who_stands_still_is_looked_at_in_every_frame(watcher: Watcher) -> None:
    watcher.motion.moves = True
    watcher.watch(0.1, somebody=True)
    watcher.motion.moves = False
    assert all(watcher.watch(30, somebody=True))


def test_a_visitor_who_is_not_seen_is_waited_for(watcher: Watcher) -> None:
    watcher.motion.moves = True
    watcher.watch(0.1, somebody=True)
    watcher.motion.moves = False
    assert all(watcher.watch(VISIT_GAP))


def test_a_tree_is_looked_at_less_and_nobody_before_it_is_late(watcher: Watcher) -> None:
    watcher.motion.moves = True
    watcher.watch(BUSY_S + 1)
    looked = watcher.watch(3)
    assert sum(looked) == len(looked) // BUSY_EVERY
    passed_over = [len(list(run)) for wanted, run in itertools.groupby(looked) if not wanted]
    assert max(passed_over) <= 2
    watcher.watch(0.3, somebody=True)
    assert all(watcher.watch(5, somebody=True))


def test_without_a_motion_gate_every_frame_is_looked_at() -> None:
    attention = Attention(None, idle_look=IDLE_LOOK, visit_gap=VISIT_GAP)
    assert all(attention.wants(Frame(IMAGE, Instant(n / FPS), n)) for n in range(100))
