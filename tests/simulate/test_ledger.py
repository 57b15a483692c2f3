from collections.abc import Callable

import pytest
from support.measured import look
from support.outcomes import MINA

from faceidd.daemon.watch import Look
from faceidd.door.simulated import Level
from faceidd.simulate.ledger import Ledger, Visit
from faceidd.units import Instant

ORIGIN = 1000.0
MAX_AGE = 1.5


def visits() -> list[Visit]:
    return [
        Visit("kim", 10.0, 14.0, 11.0, opens=True),
        Visit("robin", 20.0, 24.0, 21.0, opens=False),
        Visit("sam", 30.0, 34.0, 31.0, opens=True),
    ]


def ledger(*unlocked_at: float) -> Ledger:
    """A ledger whose relay is energized at these moments of the scenario."""
    levels = [Level(Instant(0.0), high=False, driven=True)]
    for at in unlocked_at:
        levels.append(Level(Instant(ORIGIN + at), high=True, driven=True))
        levels.append(Level(Instant(ORIGIN + at + 3), high=False, driven=True))
    return Ledger(visits(), lambda at: at - ORIGIN, lambda: levels, MAX_AGE)


def test_an_unlock_for_who_is_there_is_right() -> None:
    book = ledger(11.4)
    book.settle(["kim"])
    assert [unlock.false for unlock in book.unlocks] == [False]
    assert book.visits[0].opened == pytest.approx(11.4)
    assert [visit.missed for visit in book.visits] == [False, False, True]


def test_an_unlock_is_counted_once() -> None:
    book = ledger(11.4)
    for _ in range(3):
        book.settle(["kim"])
    assert len(book.unlocks) == 1


def test_an_unlock_for_nobody_is_false() -> None:
    book = ledger(5.0)
    book.settle(["kim"])
    assert [unlock.false for unlock in book.unlocks] == [True]
    assert all(visit.opened is None for visit in book.visits)


def test_an_unlock_for_somebody_it_is_not_to_open_for_is_false() -> None:
    book = ledger(21.4)
    book.settle(["robin"])
    assert [unlock.false for unlock in book.unlocks] == [True]


def test_an_unlock_in_the_name_of_another_is_false() -> None:
    book = ledger(11.4)
    book.settle(["sam"])
    assert [unlock.false for unlock in book.unlocks] == [True]
    assert book.visits[0].missed


def test_evidence_may_be_as_old_as_the_door_allows_and_no_older() -> None:
    fresh, stale = ledger(15.5), ledger(16.5)
    fresh.settle(["kim"])
    stale.settle(["kim"])
    assert [book.unlocks[0].false for book in (fresh, stale)] == [False, True]


@pytest.mark.parametrize(("opened", "false"), [(11.3, True), (11.5, False)])
def test_an_unlock_is_for_nobody_whose_picture_was_not_taken_yet(
    opened: float, false: bool
) -> None:
    book = ledger(opened)
    book.visits = [Visit(MINA.id, 10.0, 14.0, 11.0, opens=True)]
    book.note(look(ORIGIN + 11.4))
    assert [unlock.false for unlock in book.unlocks] == [false]
    assert book.visits[0].missed is false


def test_an_unlock_after_the_last_look_is_counted() -> None:
    book, levels = ledger(), [Level(Instant(ORIGIN + 12), high=True, driven=True)]

    def run(note: Callable[[Look], None]) -> None:
        note(look(ORIGIN + 11))
        book.history = lambda: levels
        raise RuntimeError("the door failed")

    with pytest.raises(RuntimeError):
        book.follow(run)
    assert (book.looks, [unlock.false for unlock in book.unlocks]) == (1, [True])


def test_a_relay_that_is_let_go_is_no_unlock() -> None:
    levels = [
        Level(Instant(ORIGIN + 11), high=False, driven=True),
        Level(Instant(ORIGIN + 12), high=True, driven=False),
    ]
    book = Ledger(visits(), lambda at: at - ORIGIN, lambda: levels, MAX_AGE)
    book.settle(["kim"])
    assert book.unlocks == []
