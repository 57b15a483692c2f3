"""Config -> the door and all that is wired to it. The only place that constructs pins."""

from contextlib import ExitStack, closing

from faceidd.daemon.config import Config
from faceidd.daemon.config_door import DoorConfig, InputConfig
from faceidd.daemon.pins import driven, line_settings, sign_settings
from faceidd.daemon.self_test import require_rest
from faceidd.daemon.showing import Showing
from faceidd.daemon.telling import Telling
from faceidd.door.change import DoorNews
from faceidd.door.door import Door
from faceidd.door.guard import KernelGuard
from faceidd.door.inputs import Inputs, Sensor
from faceidd.door.line import Debounced, Line, open_line
from faceidd.door.lockdown import KeptLockdown
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import Relay, open_relay
from faceidd.door.rules import DoorRules
from faceidd.door.signal import InputName
from faceidd.door.signs import SignName, Signs


def door_rules(config: Config) -> DoorRules:
    """How the door behaves."""
    door = config.door
    return DoorRules(
        PulseRules(door.pulse_s, config.access.max_age_s),
        held_after=door.held_after_s,
        free_exit=door.free_exit,
        exit_in_lockdown=door.exit_in_lockdown,
    )


def build_door(config: Config, relay: Relay, telling: Telling, showing: Showing) -> Door:
    """Put the door together; it owns the relay from here. Its state is shown from here on.

    Raises:
        DoorError: The relay cannot be released, or a pin cannot be driven or is not at rest.
    """
    door = config.door

    def hear(news: DoorNews) -> None:
        showing.door(news.now)
        telling.news(news)

    with ExitStack() as stack:
        pins: dict[SignName, Relay] = {}
        for name, settings in sign_settings(door).items():
            pins[name] = stack.enter_context(closing(open_relay(settings)))
            require_rest(pins[name], settings.pin)
        built = Door(
            relay,
            door_rules(config),
            telling.change,
            on_news=hear,
            guard=KernelGuard() if driven(door) else None,
            signs=Signs(pins),
            kept=KeptLockdown(config.policy.state_dir / f"{door.id}.lockdown"),
        )
        stack.pop_all()
    showing.door(built.situation)  # nothing can have happened yet
    return built


def build_inputs(config: Config, door: Door) -> Inputs:
    """Put together what listens to the door's lines, as far as there are any; it listens.

    Raises:
        DoorError: A pin cannot be listened to.
    """
    lines = {
        InputName.FEEDBACK: config.door.feedback,
        InputName.CONTACT: config.door.contact,
        InputName.EXIT: config.door.exit,
        InputName.TAMPER: config.door.tamper,
        InputName.FIRE: config.door.fire,
    }
    with ExitStack() as stack:
        sensors = {
            name: stack.enter_context(closing(_sensor(config.door, line)))
            for name, line in lines.items()
            if line is not None
        }
        inputs = Inputs(door, sensors)
        stack.pop_all()
    return inputs


def _sensor(door: DoorConfig, line: InputConfig) -> Sensor:
    first = open_line(line_settings(door, line, line.pin))
    opposite: Line | None = None
    if line.second_pin is not None:
        try:
            opposite = open_line(line_settings(door, line, line.second_pin))
        except BaseException:
            first.close()
            raise
    return Sensor(first, opposite, Debounced(line.debounce_s, line.stuck_after_s))
