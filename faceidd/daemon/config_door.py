"""DoorConfig: how a door's lock, lines and lights are wired, and how it behaves."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from faceidd.daemon.config_section import ConfigPath, Section, matching
from faceidd.door.line import PullName
from faceidd.door.relay import PinFactoryName
from faceidd.units import Seconds

Pin = Annotated[
    str,
    matching(
        r"^[A-Za-z0-9_][A-Za-z0-9_.:/ -]{0,31}$",
        "'GPIO17' or 'BOARD11' of a Raspberry Pi's header, or a line's name as gpioinfo shows it",
    ),
]


class OutputConfig(Section):
    """A buzzer or a light: `buzzer: {pin: GPIO23}`."""

    pin: Pin
    """The pin the output is wired to; it must be given."""
    active_high: bool = True
    """Whether a high pin switches it on."""


class InputConfig(Section):
    """A line that the door listens to: `contact: {pin: GPIO27}`."""

    pin: Pin
    """The pin the line is wired to; it must be given."""
    active_high: bool = True
    """Whether a high pin says yes: the leaf is open, the button pressed, the housing open, fire."""
    pull: Literal[PullName] = "up"
    """Which way the pin is pulled while its contact is open: `up`, `down`, or `none`."""
    debounce_s: Annotated[Seconds, Field(ge=0, le=0.3)] = Seconds(0.05)
    """How long it must say the same before it is believed, in seconds."""
    second_pin: Pin | None = None
    """The other side of a changeover contact, which always says the opposite; a cut or shorted
    cable is told then. null is no supervision."""
    stuck_after_s: Annotated[Seconds, Field(ge=1, le=3600)] | None = None
    """After how long a yes is taken for a stuck contact, in seconds; null never does."""


class DoorConfig(Section):
    """The lock's relay, and all else that is wired to the door."""

    id: Annotated[
        str,
        matching(r"^[a-z0-9_-]{1,32}$", "1 to 32 small letters, digits, '_' and '-'"),
    ] = "front"
    """The door's name in MQTT topics, events and logs."""
    site: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Where the door is, told with every event; null tells nothing of it."""
    pin: Pin = "GPIO17"
    """The pin the relay is wired to."""
    pin_factory: Literal[PinFactoryName] = "lgpio"
    """What drives the pins: `lgpio` on a board; `simulated` drives none, for trying things out."""
    chip: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    """Label of the GPIO chip that has the pins, as gpiodetect shows it; null finds the only one."""
    pins_dir: ConfigPath | None = None
    """Folder where simulated pins are files, to be seen and set; null keeps them to itself."""
    active_high: bool = True
    """Whether a high pin energizes the relay. Wrong, it holds the door open: try it unlocked."""
    pulse_s: Annotated[Seconds, Field(ge=0.1, le=30)] = Seconds(3.0)
    """How long the relay is energized for one visitor, in seconds."""
    held_after_s: Annotated[Seconds, Field(ge=1, le=3600)] = Seconds(30.0)
    """How long the leaf may stand open after a passage before that is told, in seconds."""
    free_exit: bool = False
    """Whether the leaf opens from inside by a handle; then no opening is told as forced."""
    exit_in_lockdown: bool = True
    """Whether the exit button opens the door in a lockdown."""
    feedback: InputConfig | None = None
    """A spare contact of the relay: yes is energized. null has none."""
    contact: InputConfig | None = None
    """The leaf's contact: yes is open. null has none, and the door knows of its relay only."""
    exit: InputConfig | None = None
    """The request-to-exit button: yes is pressed. null has none."""
    tamper: InputConfig | None = None
    """The switch of the housing: yes is opened. null has none."""
    fire: InputConfig | None = None
    """The fire alarm's contact: yes unlocks the door for as long as it lasts. Its `active_high`
    must be given. null never unlocks."""
    buzzer: OutputConfig | None = None
    """Sounds while the door is forced, held open or tampered with; null has none."""
    open_light: OutputConfig | None = None
    """Shines while the relay is energized; null has none."""
    alarm_light: OutputConfig | None = None
    """Shines while anything is not as it should be, and in a lockdown; null has none."""

    @field_validator(
        "feedback", "contact", "exit", "tamper", "fire", "buzzer", "open_light", "alarm_light"
    )
    @classmethod
    def _each_pin_serves_once(cls, value: Any, info: ValidationInfo) -> Any:
        taken = {info.data.get("pin")}
        for other in info.data.values():
            if isinstance(other, InputConfig | OutputConfig):
                taken |= _pins(other)
        if value is not None and (twice := _pins(value) & taken):
            raise ValueError(f"must have pins of its own; {min(twice)} is another's")
        return value

    @field_validator("fire")
    @classmethod
    def _a_fire_is_said_plainly(cls, fire: InputConfig | None) -> InputConfig | None:
        # By the default a pin that nothing is wired to is a fire, and the door stands open.
        if fire is not None and "active_high" not in fire.model_fields_set:
            raise ValueError("must say active_high: whether a cut cable is a fire hangs on it")
        return fire


def _pins(section: InputConfig | OutputConfig) -> set[str]:
    second = section.second_pin if isinstance(section, InputConfig) else None
    return {section.pin} if second is None else {section.pin, second}
