"""Scenario: who comes to a door, what fails meanwhile, and what is expected of it; a YAML file.

The schema is the only place that knows its keys; `docs/simulate.md` is held against it by a test.
"""

import json
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from faceidd.daemon.config import AccessConfig, CameraConfig, DetectorConfig
from faceidd.daemon.config_events import EventsConfig
from faceidd.daemon.config_faults import faults
from faceidd.daemon.config_section import ConfigPath, Section, Surroundings
from faceidd.daemon.policy_file import load_policy
from faceidd.daemon.yaml_file import read_yaml
from faceidd.errors import ConfigError
from faceidd.models.portraits import PortraitName

MOST_BYTES = 256 * 1024
Px = Annotated[float, Field(ge=0, le=480)]
Light = Annotated[float, Field(ge=0, le=2)]
Positive = Annotated[float, Field(gt=0)]
AtLeast0 = Annotated[float, Field(ge=0)]
What = Literal[
    "camera dies",
    "camera hangs",
    "camera freezes",
    "camera covered",
    "broker dies",
    "network slow",
    "disk full",
    "gallery without",
    "gallery with",
    "clock jumps",
]


def _two(default: tuple[float, float], bounds: str) -> Any:
    """A pydantic field for two numbers."""
    allowed = f"a list of two numbers {bounds}"
    return Field(default=default, strict=False, json_schema_extra={"allowed": allowed})


class PersonScript(Section):
    """Somebody who may come to the door."""

    portrait: PortraitName | None = None
    """A picture in the public domain that walks through the visits; null where there are clips."""
    photos: ConfigPath | None = None
    """Folder of photos to enroll from; null enrolls the portrait."""
    enrolled: bool = True
    """Whether the gallery holds them when the scenario begins."""

    @model_validator(mode="after")
    def _can_be_enrolled(self) -> Self:
        if self.enrolled and self.portrait is None and self.photos is None:
            raise ValueError("must have a portrait or photos, because enrolled is true")
        return self

    @field_validator("photos")
    @classmethod
    def _photos_are_there(cls, photos: Path | None) -> Path | None:
        if photos is not None and not photos.is_dir():
            raise ValueError(f"must be a folder, and {photos} is none")
        return photos


class Step(Section):
    """Something that the camera sees for a while."""

    nobody_s: Positive | None = None
    """Nobody is there for so many seconds; null where somebody is."""
    who: str | None = None
    """Who comes: a name of `people`."""
    seconds: Positive = 4.0
    """How long a portrait's visit takes, or the most of a clip that is played."""
    near_px: tuple[Px, Px] = _two((90.0, 230.0), "from 0 to 480")
    """Width of a portrait's face when the visit begins and when it ends, in pixels."""
    light: tuple[Light, Light] = _two((1.0, 1.0), "from 0 to 2")
    """Brightness of a portrait's visit then, 1 as in the portrait."""
    clip: ConfigPath | None = None
    """A video file or a folder of pictures to play for this visit; null walks the portrait."""
    near_after_s: AtLeast0 = 0.0
    """When in a clip the person is near enough to be recognized, in seconds."""
    opens: bool | None = None
    """Whether the door is to open; null is whether the gallery holds the person by then."""

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.nobody_s is None) == (self.who is None):
            raise ValueError("must have either nobody_s or who")
        return self

    @field_validator("clip")
    @classmethod
    def _clip_is_there(cls, clip: Path | None) -> Path | None:
        if clip is not None and not clip.exists():
            raise ValueError(f"must be a video file or a folder, and there is no {clip}")
        return clip


class FaultScript(Section):
    """Something that goes wrong, or is changed."""

    what: What
    """What happens."""
    at: AtLeast0
    """When, in seconds of the scenario."""
    lasts: Positive | None = None
    """For how long, in seconds; null where it happens once: to the gallery and the clock."""
    who: str | None = None
    """Whom the gallery is with or without from then on."""
    by_s: float | None = None
    """How far the clock on the wall jumps, in seconds; below 0 it is set back."""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        needs = {"gallery": "who", "clock": "by_s"}.get(self.what.split()[0], "lasts")
        for key in ("who", "by_s", "lasts"):
            if (getattr(self, key) is not None) != (key == needs):
                verb = "must have" if key == needs else "has no"
                raise ValueError(f"{verb} {key}, because what is {self.what!r}")
        return self


class ExpectScript(Section):
    """Limits of the service levels; a scenario that breaks one fails. null sets none."""

    false_unlocks: Annotated[int, Field(ge=0)] | None = 0
    """How often the door may open for somebody else than the script says, at most."""
    missed_visits: Annotated[int, Field(ge=0)] | None = None
    """How many visits may end without the door having opened that was to open, at most."""
    unlocks: Annotated[int, Field(ge=0)] | None = None
    """How often the door must have opened, at least."""
    unlock_p50_s: AtLeast0 | None = None
    """From when somebody is near until the relay is on, the median, at most, in seconds."""
    unlock_p95_s: AtLeast0 | None = None
    """Likewise, for 95 visits of 100."""
    events_per_visit: AtLeast0 | None = None
    """News that a subscriber hears for each visit, at most."""
    denials: Annotated[int, Field(ge=0)] | None = None
    """How many denials there must have been, at least."""
    camera_back_s: AtLeast0 | None = None
    """From the end of a camera's fault until the door sees again, at most, in seconds."""
    broker_back_s: AtLeast0 | None = None
    """From when the broker is there again until the door has said that it is online, at most."""
    disk_back_s: AtLeast0 | None = None
    """From when the disk has room again until events are kept on it, at most."""
    rss_mb_per_h: AtLeast0 | None = None
    """Growth of the daemon's memory in an hour of the scenario, at most: the lower end of its
    confidence interval."""


class Scenario(Section):
    """Everything that happens at one door for a while."""

    title: str
    """What is tried, for who reads the report."""
    haste: Annotated[float, Field(ge=1, le=100)] = 10.0
    """How many times as fast as real time it passes while nothing is judged."""
    fps: Annotated[int, Field(ge=1, le=30)] = 10
    """Pictures that the camera gives in a second of the scenario."""
    people: dict[str, PersonScript] = Field(default_factory=dict)
    """Who may come, by name."""
    day: Annotated[list[Step], Field(min_length=1)]
    """What the camera sees, one after the other."""
    repeat: Annotated[int, Field(ge=1, le=100_000)] = 1
    """How often the day is played."""
    faults: list[FaultScript] = Field(default_factory=list)
    """What goes wrong, by the time since the first day began."""
    expect: ExpectScript = ExpectScript()
    """What the door must live up to."""
    pulse_s: Annotated[float, Field(ge=0.1, le=30)] = 3.0
    """How long the door opens."""
    policy: ConfigPath | None = None
    """A policy for the door `front`; null lets everybody in the gallery pass."""
    access: AccessConfig = AccessConfig()
    """As in a door's configuration."""
    camera: CameraConfig = CameraConfig()
    """As in a door's configuration, without the source: that is the scenario."""
    detector: DetectorConfig = DetectorConfig()
    """As in a door's configuration."""
    events: EventsConfig = EventsConfig()
    """As in a door's configuration."""

    @field_validator("day")
    @classmethod
    def _visitors_can_come(cls, day: list[Step], info: ValidationInfo) -> list[Step]:
        people: dict[str, PersonScript] = info.data.get("people", {})
        for number, step in enumerate(day, 1):
            _require_known(number, step.who, people)
            if step.who and step.clip is None and people[step.who].portrait is None:
                raise ValueError(f"number {number}: {step.who!r} has no portrait, so set clip")
        return day

    @field_validator("faults")
    @classmethod
    def _can_happen(cls, those: list[FaultScript], info: ValidationInfo) -> list[FaultScript]:
        ends = _length_s(info.data.get("day"), info.data.get("repeat", 1))
        for number, fault in enumerate(those, 1):
            _require_known(number, fault.who, info.data.get("people", {}))
            if fault.at >= ends:
                late = f"number {number} is at {fault.at:g} s"
                raise ValueError(f"{late}, when the scenario is over: it ends at {ends:g} s")
        return those

    @field_validator("camera")
    @classmethod
    def _sees_the_scenario(cls, camera: CameraConfig) -> CameraConfig:
        if "source" in camera.model_fields_set:
            raise ValueError("must not have source, because the scenario is what the camera sees")
        return camera

    @field_validator("policy")
    @classmethod
    def _policy_is_there(cls, policy: Path | None) -> Path | None:
        if policy is not None and not policy.is_file():
            raise ValueError(f"must be a file, and {policy} is none")
        return policy

    def as_json(self) -> str:
        """What the file says, with whole paths, for another process."""
        return self.model_dump_json(exclude_unset=True)

    @classmethod
    def of_json(cls, text: str) -> Self:
        """Read what `as_json` gave."""
        # Strict validation of JSON itself would take the text of a path for none.
        return cls.model_validate(json.loads(text))


def _length_s(day: list[Step] | None, repeat: int) -> float:
    """How long it takes, in seconds; without end where the day itself is not right."""
    return inf if day is None else repeat * sum(step.nobody_s or step.seconds for step in day)


def _require_known(number: int, who: str | None, people: Mapping[str, PersonScript]) -> None:
    if who is not None and who not in people:
        raise ValueError(f"number {number} names {who!r}, who is not one of the people")


def load_scenario(path: Path, haste: float | None = None) -> Scenario:
    """Read a scenario.

    Args:
        path: The file.
        haste: How many times as fast as real time; None is what the file says.

    Raises:
        ConfigError: The file or its policy cannot be read, is no YAML, or has faults; all of them
            are told, each with its line.
    """
    file = read_yaml(
        path,
        most_bytes=MOST_BYTES,
        do="give the path of a scenario",
        empty="write 'title:', and 'day:' with a list of what comes below it",
    )
    surroundings = Surroundings(folder=path.absolute().parent, credentials=None)
    try:
        content = file.content if haste is None else {**file.content, "haste": haste}
        scenario = Scenario.model_validate(content, context=surroundings)
    except ValidationError as error:
        told = "".join(f"\n  {fault}" for fault in faults(error, file.document(), Scenario))
        raise ConfigError(f"{path} is not right:{told}", do="correct these lines") from None
    if scenario.policy is not None:  # a mistake in it is told before anything is drawn
        load_policy(scenario.policy)
    return scenario
