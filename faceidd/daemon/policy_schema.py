"""The policy file's keys, and what each allows; `config/policy.yaml` shows all of them.

What the keys mean is `access.policy`'s; names that lead nowhere are found by `policy_file`.
"""

import difflib
import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from faceidd.access.secret import PATTERN
from faceidd.daemon.config_section import Section, matching
from faceidd.events.command import CommandName
from faceidd.gallery.gallery import MOST_LETTERS

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
EVERYBODY = "everybody"
"""The name that stands for all whom the gallery knows."""
MOST_NAMES = 10_000

Name = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]
Names = Annotated[
    list[Name],
    Field(max_length=MOST_NAMES, json_schema_extra={"allowed": "a list of names of people"}),
]
Who = Annotated[
    list[Name],
    Field(
        min_length=1,
        max_length=MOST_NAMES,
        json_schema_extra={"allowed": "a list of names of groups and people"},
    ),
]
When = Name | None
Clock = Annotated[
    str,
    matching(r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", "a time of day, 07:30"),
]
Hash = Annotated[str, matching(PATTERN, "what `faceidd access hash` prints")]
Moment = Annotated[
    str | date,
    Field(json_schema_extra={"allowed": "a day, 2026-03-31, or a minute, 2026-03-31 17:30"}),
]
_Time = Annotated[float, Field(ge=1, le=7 * 86400)]


class SpanSection(Section):
    """Some hours on some days of the week."""

    days: Annotated[
        str,
        Field(
            json_schema_extra={"allowed": f"days and ranges of days: mon-fri, sat; {DAYS[-1]} too"}
        ),
    ]
    """Days on which it begins."""
    begins: Clock
    """Its first minute."""
    ends: Clock
    """The first minute after it; no later than `begins` is that of the next day."""

    @field_validator("days")
    @classmethod
    def _are_days(cls, text: str) -> str:
        if days_of(text) is None:
            raise ValueError(f"must be days and ranges of days, of {', '.join(DAYS)}")
        return text

    @model_validator(mode="after")
    def _has_a_length(self) -> "SpanSection":
        if self.begins in {self.ends, "24:00"}:
            raise ValueError("must end at another time than it begins; a whole day ends at 24:00")
        return self


class PersonSection(Section):
    """One person, by the id in the gallery."""

    valid_from: Moment | None = None
    """Before it the person passes no door; a day means from its beginning."""
    valid_until: Moment | None = None
    """From then on the person passes no door; a day is the last one."""
    pin: Hash | None = None
    """Hash of the person's PIN."""
    card: Hash | None = None
    """Hash of what a reader types for the person's card."""
    duress_pin: Hash | None = None
    """Hash of the PIN that works like the other and raises the silent alarm."""
    duress_look: Name | None = None
    """Id in the gallery of a look of the person's that raises the silent alarm."""

    @field_validator("valid_from", "valid_until")
    @classmethod
    def _is_a_moment(cls, moment: str | date | None) -> str | date | None:
        if isinstance(moment, str):
            if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", moment):
                raise ValueError("must be a day, 2026-03-31, or a minute, 2026-03-31 17:30")
            try:
                datetime.fromisoformat(moment)
            except ValueError:
                raise ValueError("must be a day and a time that exist") from None
        return moment


class AllowSection(Section):
    """Some people may pass at some hours."""

    who: Who
    """Groups and people; `everybody` is all whom the gallery knows."""
    when: When = None
    """A schedule; null is always."""


class AntiPassbackSection(Section):
    """Nobody passes twice in a row."""

    timed_s: _Time | None = None
    """For so many seconds after passing a person does not pass this door again."""
    until_passed: Name | None = None
    """The door on the same board that leads the other way: who passed here passes there first."""
    forgotten_after_s: _Time = 12 * 3600
    """After so many seconds it is not known any more on which side somebody is."""

    @model_validator(mode="after")
    def _says_how(self) -> "AntiPassbackSection":
        if self.timed_s is None and self.until_passed is None:
            raise ValueError("must have timed_s, or until_passed, or both")
        return self


class FirstPersonSection(Section):
    """Nobody passes before one of these people has."""

    who: Who
    """Groups and people."""
    when: When = None
    """A schedule; it holds anew from the beginning of each span. Null is anew each midnight."""


class TwoPersonsSection(Section):
    """The door opens for two people only."""

    who: Who
    """Groups and people who count."""
    within_s: Annotated[float, Field(ge=1, le=120)] = 10.0
    """Longest time between the two, in seconds."""
    when: When = None
    """A schedule; null is always."""


class SecondFactorSection(Section):
    """A face alone does not do."""

    kinds: Annotated[
        list[Literal["pin", "card"]],
        Field(min_length=1, json_schema_extra={"allowed": "a list of pin, card, or both"}),
    ]
    """What is asked for; one of them is enough."""
    within_s: Annotated[float, Field(ge=1, le=120)] = 20.0
    """Longest time between the entry and the newest picture of the face, in seconds."""
    when: When = None
    """A schedule; null is always."""
    tries: Annotated[int, Field(ge=1, le=20)] = 5
    """Wrong entries in a row after which a person is locked out."""
    lockout_s: Annotated[float, Field(ge=1, le=86400)] = 300.0
    """How long, in seconds."""


class ProppedSection(Section):
    """The leaf may stand open without an alert; that unlocks nothing."""

    when: Name
    """A schedule."""


class DoorSection(Section):
    """One door, by its id."""

    timezone: Annotated[str, Field(json_schema_extra={"allowed": "a time zone"})] | None = None
    """The time zone of its schedules; null is the policy's."""
    allow: Annotated[
        list[AllowSection], Field(max_length=1000, json_schema_extra={"allowed": "a list"})
    ] = Field(default_factory=list)
    """Who may pass, and when; one of them is enough."""
    lockdown: bool = False
    """Whether nobody passes at all; the door's own state is as before."""
    cooldown_s: _Time | None = None
    """For so many seconds after it opened it opens for nobody."""
    anti_passback: AntiPassbackSection | None = None
    first_person: FirstPersonSection | None = None
    two_persons: TwoPersonsSection | None = None
    second_factor: SecondFactorSection | None = None
    propped: ProppedSection | None = None

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str | None) -> str | None:
        return None if name is None else _time_zone(name)


class KeySection(Section):
    """A key that signs commands."""

    public_key: Annotated[
        str, matching(r"^[A-Za-z0-9+/]{43}=$", "what `faceidd command keygen` prints")
    ]
    """What its signatures are verified with."""
    commands: Annotated[
        list[CommandName],
        Field(min_length=1, json_schema_extra={"allowed": "a list of commands"}),
    ]
    """What it may command."""


class PolicySection(Section):
    """All of a policy file."""

    timezone: Annotated[str, Field(json_schema_extra={"allowed": "a time zone, Europe/Berlin"})]
    """The time zone that schedules, days and passes are meant in."""
    holidays: Annotated[
        list[date],
        Field(max_length=1000, json_schema_extra={"allowed": "a list of days, 2026-12-25"}),
    ] = Field(default_factory=list)
    """Days that are `holiday` and no day of the week."""
    schedules: dict[Name, list[SpanSection]] = Field(default_factory=dict)
    groups: dict[Name, Names] = Field(default_factory=dict)
    people: dict[Name, PersonSection] = Field(default_factory=dict)
    doors: dict[Name, DoorSection] = Field(default_factory=dict)
    keys: dict[Name, KeySection] = Field(default_factory=dict)

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return _time_zone(name)

    @field_validator("people", "doors", mode="before")
    @classmethod
    def _nothing_more_to_say(cls, sections: object) -> object:
        # `Kim:` with nothing below it is null in YAML.
        if isinstance(sections, dict):
            return {name: {} if one is None else one for name, one in sections.items()}
        return sections


def days_of(text: str) -> frozenset[int] | None:
    """Days of the week in `mon-fri, sun, holiday`; None where it names no days."""
    days: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            return None
        start, end = DAYS.index(first), DAYS.index(last or first)
        if last and "holiday" in {first, last}:
            return None
        days |= {(start + step) % 7 for step in range((end - start) % 7 + 1)} if last else {start}
    return frozenset(days)


def moment_of(said: str | date, zone: ZoneInfo, *, ends: bool) -> datetime:
    """A moment of `valid_from` or `valid_until`: a day begins at its midnight and ends at the next.

    Args:
        said: A day or a minute.
        zone: The time zone that it is meant in.
        ends: Whether a day counts to its end.
    """
    if isinstance(said, str):
        return datetime.fromisoformat(said).replace(tzinfo=zone)
    day = said + timedelta(days=1) if ends and said < date.max else said
    return datetime.combine(day, time(), zone)


def _time_zone(name: str) -> str:
    known = available_timezones()
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ", as Europe/Berlin"
    raise ValueError(f"must be a time zone{hint}")
