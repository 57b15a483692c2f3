"""Every relay, simulated or on a board, high- or low-active, is released unless told otherwise."""

import pytest
from support.coil import Coil

from faceidd.door.relay import RelaySettings, open_relay, rest
from faceidd.door.simulated import MOST_LEVELS, open_simulated
from faceidd.errors import DoorError


def test_opening_a_relay_never_energizes_it(coil: Coil) -> None:
    assert not coil.relay.energized
    assert not any(coil.history())


def test_it_is_energized_and_released_as_told(coil: Coil) -> None:
    seen = []
    for act in (coil.relay.energize, coil.relay.release, coil.relay.energize):
        act()
        seen.append(coil.relay.energized)
    assert seen == [True, False, True]
    assert coil.history()[-3:] == seen


def test_releasing_twice_is_released(coil: Coil) -> None:
    coil.relay.release()
    coil.relay.release()
    assert not coil.relay.energized


def test_closing_releases(coil: Coil) -> None:
    coil.relay.energize()
    coil.relay.close()
    assert not coil.history()[-1]
    assert not coil.relay.energized


def test_a_closed_relay_stays_released(coil: Coil) -> None:
    coil.relay.close()
    coil.relay.close()
    coil.relay.release()
    with pytest.raises(DoorError, match="closed"):
        coil.relay.energize()
    assert not any(coil.history())


def test_a_closed_relay_can_be_opened_again(active_high: bool) -> None:
    settings = RelaySettings("GPIO17", active_high, "simulated")
    open_relay(settings).close()
    relay = open_relay(settings)
    assert not relay.energized
    relay.close()


@pytest.mark.parametrize("pin", ["GPIO99", "BOARD1", "BOARD41", "J8:2"])
def test_a_pin_that_is_none_is_refused(pin: str) -> None:
    with pytest.raises(DoorError, match=f"{pin} is no GPIO pin"):
        open_relay(RelaySettings(pin, True, "simulated"))


def test_the_header_names_the_same_pin() -> None:
    relay = open_simulated(RelaySettings("BOARD11", True, "simulated"))
    relay.energize()
    assert [level.high for level in relay.history] == [False, True]
    relay.close()


def test_resting_leaves_nothing_open(active_high: bool) -> None:
    settings = RelaySettings("GPIO17", active_high, "simulated")
    rest(settings)
    open_relay(settings).close()


def test_the_simulated_history_is_bounded_and_in_order() -> None:
    relay = open_simulated(RelaySettings("GPIO17", True, "simulated"))
    for _ in range(MOST_LEVELS):
        relay.energize()
        relay.release()
    relay.close()
    instants = [level.at for level in relay.history]
    assert len(instants) == MOST_LEVELS
    assert instants == sorted(instants)
    assert not relay.history[-1].driven
