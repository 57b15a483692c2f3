"""Config -> where a door's pins are. Imports little: `faceidd door release` must be quick."""

from faceidd.daemon.config_door import DoorConfig, InputConfig, OutputConfig
from faceidd.door.line import LineSettings
from faceidd.door.relay import RelaySettings
from faceidd.door.signs import SignName


def relay_settings(door: DoorConfig) -> RelaySettings:
    """Where the relay is wired."""
    return _output(door, OutputConfig(pin=door.pin, active_high=door.active_high))


def sign_settings(door: DoorConfig) -> dict[SignName, RelaySettings]:
    """Where the buzzer and the lights are wired, as far as there are any."""
    outputs: dict[SignName, OutputConfig | None] = {
        "buzzer": door.buzzer,
        "open_light": door.open_light,
        "alarm_light": door.alarm_light,
    }
    return {name: _output(door, one) for name, one in outputs.items() if one is not None}


def driven(door: DoorConfig) -> dict[str, RelaySettings]:
    """All pins that outlive the process which drives them, by name.

    Simulated pins that nobody else sees are gone with the process.
    """
    if door.pin_factory == "simulated" and door.pins_dir is None:
        return {}
    signs = {str(name): settings for name, settings in sign_settings(door).items()}
    return {"relay": relay_settings(door), **signs}


def line_settings(door: DoorConfig, line: InputConfig, pin: str) -> LineSettings:
    """Where one of an input's pins is wired."""
    return LineSettings(
        pin, line.active_high, line.pull, door.pin_factory, door.chip, door.pins_dir
    )


def _output(door: DoorConfig, output: OutputConfig) -> RelaySettings:
    return RelaySettings(output.pin, output.active_high, door.pin_factory, door.chip, door.pins_dir)
