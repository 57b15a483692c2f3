"""Check of the board: how warm it is, and what its firmware holds back."""

from collections.abc import Iterator

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.daemon.status import HOT

WARM = HOT - 10
"""Degrees Celsius; a summer more and the board slows down."""
_POWER = "use the power supply made for this board, a short thick cable, and less on its USB"
_HEAT = "give it a heat sink or a fan, shade, and air"


def check_board(one: Installation) -> Iterator[Check]:
    """Say how warm it is and whether it has power enough."""
    zones, throttling = one.board.temperatures(), one.board.throttling()
    if not zones and throttling is None:
        yield Check.skipped("board", "the kernel tells neither temperature nor throttling here")
        return
    now = [] if throttling is None else [held for held, so in throttling.now.items() if so]
    since = (
        [] if throttling is None else [held for held, so in throttling.since_start.items() if so]
    )
    hottest = max(zones.values(), default=None)
    figures: dict[str, Figure] = {f"{zone}_celsius": one for zone, one in zones.items()}
    figures |= {f"{held}_now": True for held in now}
    figures |= {f"{held}_since_start": True for held in since}
    told = "no temperature is told" if hottest is None else f"{hottest:.0f} °C"
    mend = _POWER if "under_voltage" in {*now, *since} else _HEAT
    if now:
        # Too little power corrupts the card; a board that is only slow opens the door late.
        verdict = Check.fail if "under_voltage" in now else Check.warn
        yield verdict("board", f"{told}, held back now: {', '.join(now)}", mend, **figures)
    elif hottest is not None and hottest >= WARM:
        yield Check.warn("board", f"{told}; from {HOT:.0f} on it slows down", _HEAT, **figures)
    elif since:
        told += f", since its start it was held back: {', '.join(since)}"
        yield Check.warn("board", told, mend, **figures)
    else:
        yield Check.ok("board", told, **figures)
