"""Check of the door's pins: are they there, may they be used, does anybody else have them?

The kernel is asked how it has each line. None is taken and no level is changed: no relay moves.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from faceidd.checkup.check import Check
from faceidd.checkup.installation import Installation
from faceidd.daemon.config_door import DoorConfig, InputConfig
from faceidd.daemon.pins import relay_settings, sign_settings
from faceidd.door.lgpio import look_at_lgpio
from faceidd.errors import DoorError

if TYPE_CHECKING:
    from faceidd.door.lgpio_lines import LineState

INPUTS = ("feedback", "contact", "exit", "tamper", "fire")


def check_pins(one: Installation) -> Iterator[Check]:
    """Look at the relay's line, and all others that the configuration names."""
    door = one.config.door
    outputs, inputs = _outputs(door), _inputs(door)
    if door.pin_factory == "simulated":
        told = f"{len(outputs) + len(inputs)} pins are simulated: no lock is moved"
        yield Check.warn("pins", told, "set door.pin_factory to lgpio on a board")
        return
    faults: dict[str, DoorError] = {}
    lines: dict[str, LineState] = {}
    for name, pin in (outputs | inputs).items():
        try:
            lines[name] = look_at_lgpio(pin, door.chip)
        except DoorError as error:
            faults[name] = error
    yield from _missing(faults, outputs | inputs, alone=not lines)
    if lines:
        yield _found(one, lines, outputs, {**outputs, **inputs})


def _missing(faults: dict[str, DoorError], pins: dict[str, str], *, alone: bool) -> Iterator[Check]:
    told: set[str] = set()
    for name, error in faults.items():
        if error.what not in told:  # one chip that is not there is one fault
            named = "pins" if alone and not told else f"pins.{name}"
            yield Check.fault(named, error, pin=pins[name])
        told.add(error.what)


def _found(
    one: Installation, lines: dict[str, "LineState"], outputs: dict[str, str], pins: dict[str, str]
) -> Check:
    name = "pins"
    figures = {
        line: f"{state.chip} {state.offset}, {'output' if state.output else 'input'}"
        + (f", taken by {state.taker or 'somebody'}" if state.taken else "")
        for line, state in lines.items()
    }
    named = ", ".join(f"{line} {pins[line]}" for line in lines)
    taken = [line for line, state in lines.items() if state.taken]
    driven = [line for line, state in lines.items() if state.output and not state.taken]
    if one.daemon_runs:
        turned = [
            line
            for line, state in lines.items()
            if state.taken and state.output != (line in outputs)
        ]
        if turned:
            told = f"the running daemon has {named}; {', '.join(turned)} in another direction"
            return Check.fail(name, told, "start the service again", **figures)
        return Check.ok(name, f"the running daemon has {named}", **figures)
    if taken:
        told = ", ".join(f"{line} {pins[line]} by {lines[line].taker or '?'}" for line in taken)
        mend = "end that program, or give the door other pins; gpioinfo shows who has which"
        return Check.fail(name, f"taken by others: {told}", mend, **figures)
    if driven:
        told = f"nobody has {', '.join(driven)}, and yet they stand as outputs"
        return Check.warn(name, told, "faceidd door release puts them at rest", **figures)
    return Check.ok(name, f"free: {named}", **figures)


def _outputs(door: DoorConfig) -> dict[str, str]:
    signs = {str(name): settings.pin for name, settings in sign_settings(door).items()}
    return {"relay": relay_settings(door).pin, **signs}


def _inputs(door: DoorConfig) -> dict[str, str]:
    pins: dict[str, str] = {}
    for name in INPUTS:
        line: InputConfig | None = getattr(door, name)
        if line is not None:
            pins[name] = line.pin
            if line.second_pin is not None:
                pins[f"{name}.second"] = line.second_pin
    return pins
