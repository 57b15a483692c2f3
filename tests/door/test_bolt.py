"""A relay is energized under a guard only, and the guard stays until it is released."""

import pytest

from faceidd.door.bolt import RELEASE_TRIES, Bolt
from faceidd.door.guard import GUARD_MARGIN
from faceidd.door.relay import RelaySettings
from faceidd.door.simulated import SimulatedRelay
from faceidd.errors import DoorError
from faceidd.units import Seconds


class ToldGuard:
    """A guard that ends nothing, and remembers what it was told."""

    def __init__(self, bolt_relay: "TroubledRelay") -> None:
        self._relay = bolt_relay
        self.armed: float | None = None
        self.armed_before_energizing = False
        self.refuses = False

    def arm(self, seconds: Seconds) -> None:
        if self.refuses:
            raise DoorError("the kernel guards no pulse", do="allow it")
        self.armed_before_energizing = not self._relay.energized
        self.armed = seconds

    def disarm(self) -> None:
        self.armed = None

    def close(self) -> None:
        """Nothing to do."""


class TroubledRelay(SimulatedRelay):
    """A relay that cannot be released, or not even given back."""

    fails_to_release = fails_to_close = False

    def release(self) -> None:
        if self.fails_to_release:
            raise DoorError("the pin cannot be driven", do="check the wiring")
        super().release()

    def close(self) -> None:
        super().close()
        if self.fails_to_close:
            raise DoorError("the pin cannot be driven", do="check the wiring")


@pytest.fixture
def relay() -> TroubledRelay:
    return TroubledRelay(RelaySettings("GPIO17", True, "simulated"))


@pytest.fixture
def guard(relay: TroubledRelay) -> ToldGuard:
    return ToldGuard(relay)


def test_it_is_guarded_before_it_moves_and_until_it_is_released(
    relay: TroubledRelay, guard: ToldGuard
) -> None:
    bolt = Bolt(relay, guard)
    assert bolt.energize(Seconds(3.0))
    assert guard.armed_before_energizing
    armed, energized = guard.armed, relay.energized
    assert (armed, energized) == (3.0 + GUARD_MARGIN, True)
    bolt.release()
    assert (guard.armed, relay.energized) == (None, False)


def test_what_is_energized_already_is_guarded_anew(relay: TroubledRelay, guard: ToldGuard) -> None:
    bolt = Bolt(relay, guard)
    bolt.energize(Seconds(3.0))
    assert not bolt.energize(Seconds(1.0))
    assert guard.armed == 1.0 + GUARD_MARGIN


def test_without_its_guard_it_does_not_move(relay: TroubledRelay, guard: ToldGuard) -> None:
    bolt, guard.refuses = Bolt(relay, guard), True
    with pytest.raises(DoorError, match="guards no pulse"):
        bolt.energize(Seconds(3.0))
    assert not relay.energized


def test_a_relay_that_is_wanted_again_does_not_stick(
    relay: TroubledRelay, guard: ToldGuard
) -> None:
    bolt = Bolt(relay, guard)
    bolt.energize(Seconds(3.0))
    relay.fails_to_release = True
    with pytest.raises(DoorError, match="cannot be driven"):
        bolt.release()
    stuck = bolt.sticks
    bolt.energize(Seconds(2.0))
    assert (stuck, bolt.sticks) == (True, False)


@pytest.mark.parametrize("lost", [False, True])
def test_a_pin_that_cannot_be_given_back_stays_guarded_to_the_end(
    relay: TroubledRelay, guard: ToldGuard, lost: bool
) -> None:
    bolt = Bolt(relay, guard)
    bolt.energize(Seconds(3.0))
    relay.fails_to_release, relay.fails_to_close = True, lost
    for _ in range(RELEASE_TRIES):
        with pytest.raises(DoorError):
            bolt.release()
    assert bolt.given_up
    relay.fails_to_close = False
    bolt.close()
    assert (guard.armed is not None) == lost
