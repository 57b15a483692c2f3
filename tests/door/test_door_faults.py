"""A listener, a relay or a thread that fails holds no door open."""

import threading
from collections.abc import Callable
from queue import Queue

import pytest
from support.coil import Coil
from support.gpio_chip import GpioChip, Line
from support.hand_clock import HandClock
from support.outcomes import grant

from faceidd.clock import monotonic
from faceidd.door.bolt import RELEASE_TRIES
from faceidd.door.change import MOST_UNTOLD, Cause, DoorChange
from faceidd.door.door import Door
from faceidd.door.pulse import Answer
from faceidd.door.relay import Relay, RelaySettings
from faceidd.door.signal import Kind
from faceidd.door.simulated import open_simulated
from faceidd.errors import DoorError
from faceidd.units import Instant

PULSE_S = 3.0
RELEASED, GIVEN_BACK = Line(driven=True, level=0), Line(driven=False, level=0)

Told = Queue[DoorChange]
MakeDoor = Callable[..., Door]


def test_a_listener_that_hangs_delays_nothing(
    chip: GpioChip, board_relay: Relay, make_door: MakeDoor
) -> None:
    let_go = threading.Event()
    door = make_door(
        board_relay, monotonic, pulse_s=0.1, listener=lambda _: let_go.wait(60) and None
    )
    for _ in range(2):
        assert door.grant(grant(monotonic())) is Answer.OPENED
        chip.wait_for(17, RELEASED)
    let_go.set()


def test_a_listener_that_hears_nothing_fills_no_memory(
    clock: HandClock, told: Told, make_door: MakeDoor
) -> None:
    hearing, let_go = threading.Event(), threading.Event()

    def listener(change: DoorChange) -> None:
        hearing.set()
        assert let_go.wait(60)
        told.put(change)

    relay = open_simulated(RelaySettings("GPIO17", True, "simulated"))
    door = make_door(relay, clock, listener=listener)
    for _ in range(2 * MOST_UNTOLD):
        assert door.grant(grant(clock.now)) is Answer.OPENED
        assert hearing.wait(60)
        clock.now += PULSE_S
        door.check()
    let_go.set()
    door.close()
    assert told.qsize() == MOST_UNTOLD + 1


def test_a_listener_that_fails_is_told_the_next_change(
    coil: Coil, clock: HandClock, make_door: MakeDoor
) -> None:
    told: Told = Queue()

    def listener(change: DoorChange) -> None:
        told.put(change)
        raise RuntimeError("no ears")

    door = make_door(coil.relay, clock, listener=listener)
    door.grant(grant(clock.now))
    clock.now += PULSE_S
    door.check()
    assert [told.get(timeout=60).open for _ in range(2)] == [True, False]


def test_a_release_that_fails_is_tried_again(
    chip: GpioChip, board_relay: Relay, told: Told, make_door: MakeDoor
) -> None:
    door = make_door(board_relay, monotonic, pulse_s=0.1)
    chip.write_faults = [None, *(chip.error("I/O error") for _ in range(RELEASE_TRIES - 1))]
    door.grant(grant(monotonic()))
    chip.wait_for(17, RELEASED)
    door.check()
    assert [told.get(timeout=60).cause for _ in range(2)] == [Cause.GRANT, Cause.PULSE_OVER]


@pytest.mark.parametrize("end", [Kind.LOCK_DOWN, Kind.LEAF_CLOSED])
def test_a_release_before_the_deadline_that_fails_is_tried_again_at_once(
    chip: GpioChip, board_relay: Relay, make_door: MakeDoor, end: Kind
) -> None:
    sleeps = threading.Event()

    def clock() -> Instant:
        # The keeper has the door's lock here, until it sleeps.
        if threading.current_thread().name == "door-keeper" and chip.history[17][-1].level:
            sleeps.set()
        return monotonic()

    door = make_door(board_relay, clock, pulse_s=30.0)
    chip.write_faults = [None, chip.error("I/O error")]
    door.grant(grant(monotonic()))
    assert sleeps.wait(60)
    sleeps.clear()
    door.take(Kind.LEAF_OPENED)  # wakes it
    assert sleeps.wait(60)
    door.take(end)
    chip.wait_for(17, RELEASED)


def test_a_release_that_keeps_failing_gives_the_pin_back_and_ends_the_door(
    chip: GpioChip, board_relay: Relay, told: Told, make_door: MakeDoor
) -> None:
    door = make_door(board_relay, monotonic, pulse_s=0.1)
    chip.write_faults = [None, *(chip.error("I/O error") for _ in range(RELEASE_TRIES + 1))]
    door.grant(grant(monotonic()))
    chip.wait_for(17, GIVEN_BACK)
    assert [told.get(timeout=60).cause for _ in range(2)] == [Cause.GRANT, Cause.FAULT]
    with pytest.raises(DoorError, match="not released in 5 tries"):
        door.check()
    with pytest.raises(DoorError, match="not released in 5 tries"):
        door.grant(grant(monotonic()))
    assert chip.history[17][-1] == GIVEN_BACK


def test_a_relay_that_cannot_be_energized_is_released_and_told_by_no_event(
    chip: GpioChip, board_relay: Relay, clock: HandClock, told: Told, make_door: MakeDoor
) -> None:
    door = make_door(board_relay, clock)
    chip.write_faults = [chip.error("I/O error")]
    with pytest.raises(DoorError, match="cannot be driven"):
        door.grant(grant(clock.now))
    assert chip.history[17][-1] == RELEASED
    assert door.grant(grant(clock.now)) is Answer.OPENED
    assert told.get(timeout=60).open  # the first that is told: nothing closed before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # meant
def test_nothing_is_opened_when_nobody_would_close_it(
    chip: GpioChip, board_relay: Relay, make_door: MakeDoor
) -> None:
    door = make_door(board_relay, monotonic, pulse_s=0.1)
    keeper = next(thread for thread in threading.enumerate() if thread.name == "door-keeper")
    chip.write_faults = [None, SystemExit()]  # ends the thread that releases
    door.grant(grant(monotonic()))
    keeper.join(60)
    assert chip.history[17][-1] == RELEASED
    with pytest.raises(DoorError, match="nothing keeps the end of a pulse"):
        door.grant(grant(monotonic()))
    with pytest.raises(DoorError, match="nothing keeps the end of a pulse"):
        door.check()
    assert chip.history[17][-1] == RELEASED
