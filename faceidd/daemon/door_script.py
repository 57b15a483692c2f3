"""A script of what happens at a door, in YAML, for the door's digital twin."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from faceidd.daemon.config import Config
from faceidd.daemon.config_door import DoorConfig
from faceidd.daemon.config_section import Section
from faceidd.daemon.wiring import door_rules
from faceidd.door.rules import DoorRules
from faceidd.door.signal import InputName, Kind
from faceidd.door.state import State
from faceidd.door.twin import Occasion
from faceidd.errors import ConfigError
from faceidd.units import Instant, Seconds

MOST_BYTES = 1024 * 1024
"""Greatest script that is read."""


class _Entry(Section):
    """One line of a script."""

    at: Annotated[float, Field(ge=0, le=1e7)]
    event: Annotated[Kind, Field(strict=False)] | None = None
    age_s: Annotated[float, Field(ge=-3600, le=3600)] = 0.0
    line: Annotated[InputName, Field(strict=False)] | None = None
    expect: Annotated[State, Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "_Entry":
        if self.event is None and self.expect is None:
            raise ValueError("says neither an event nor what to expect")
        if (self.event in {Kind.LINE_FAULT, Kind.LINE_RESTORED}) != (self.line is not None):
            raise ValueError("a line fault names its line, and nothing else does")
        return self


class _Script(Section):
    """A whole script."""

    door: DoorConfig = DoorConfig()
    script: Annotated[list[_Entry], Field(min_length=1, max_length=10_000)]

    @model_validator(mode="after")
    def _in_order(self) -> "_Script":
        for number, (one, other) in enumerate(
            zip(self.script, self.script[1:], strict=False), start=2
        ):
            if other.at < one.at:
                raise ValueError(f"entry {number} is before the one above it")
        return self


def load_script(path: Path) -> tuple[list[Occasion], DoorRules]:
    """Read a script, and how its door is set up.

    Raises:
        ConfigError: It cannot be read or is no script; all faults are told.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ConfigError(f"{path} has more than {MOST_BYTES} bytes", do="give the right file")
        script = _Script.model_validate(YAML(typ="safe", pure=True).load(content.decode()))
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}", do="give the right file"
        ) from error
    except ValidationError as error:
        told = "".join(f"\n  {_place(one['loc'])}: {one['msg']}" for one in error.errors())
        raise ConfigError(f"{path} is no script of a door:{told}", do="correct this") from None
    except (YAMLError, ValueError, LookupError, RecursionError) as error:
        raise ConfigError(
            f"{path} is no plain YAML ({type(error).__name__})", do="look at the indentation"
        ) from error
    return [_occasion(entry) for entry in script.script], door_rules(Config(door=script.door))


def _occasion(entry: _Entry) -> Occasion:
    return Occasion(
        at=Instant(entry.at),
        kind=entry.event,
        age=Seconds(entry.age_s),
        line=entry.line,
        expected=entry.expect,
    )


def _place(location: tuple[int | str, ...]) -> str:
    words = [f"entry {one + 1}" if isinstance(one, int) else one for one in location]
    return ", ".join(words) or "the script"
