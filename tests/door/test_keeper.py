"""The deadline thread shows that it lives, and puts the relay at rest whatever ends it."""

import threading
from queue import Queue

import pytest

from faceidd.clock import monotonic
from faceidd.door.keeper import Keeper
from faceidd.units import Instant, Seconds


def test_it_goes_round_though_nothing_is_due() -> None:
    rounds: Queue[float] = Queue()
    over, ended = threading.Event(), threading.Event()

    def turn() -> Seconds | None:
        rounds.put(monotonic())
        return None if over.is_set() else Seconds(0.01)

    keeper = Keeper(threading.Condition(), turn, ended.set, monotonic)
    first = keeper.went_at
    for _ in range(3):
        rounds.get(timeout=10)
    assert keeper.went_at > first
    over.set()
    keeper.join(Seconds(10))
    assert not keeper.alive
    assert ended.is_set()


def test_a_turn_that_fails_still_ends_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    faults: Queue[type[BaseException] | None] = Queue()
    monkeypatch.setattr(threading, "excepthook", lambda args: faults.put(args.exc_type))
    ended = threading.Event()

    def turn() -> Seconds | None:
        raise ArithmeticError

    keeper = Keeper(threading.Condition(), turn, ended.set, lambda: Instant(0))
    keeper.join(Seconds(10))
    assert ended.is_set()
    assert faults.get(timeout=10) is ArithmeticError
