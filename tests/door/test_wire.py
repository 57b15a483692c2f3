"""Every input, simulated or on a board, says what its wire says, by its polarity."""

from support.wire import Wire


def test_a_wire_that_nobody_drives_is_pulled_up(wire: Wire, active_high: bool) -> None:
    assert wire.line.active is active_high


def test_it_says_what_the_wire_says(wire: Wire, active_high: bool) -> None:
    said = []
    for high in (False, True, False):
        wire.drive(high)
        said.append(wire.line.active == active_high)
    assert said == [False, True, False]


def test_it_may_be_closed_again(wire: Wire) -> None:
    wire.line.close()
    wire.line.close()
