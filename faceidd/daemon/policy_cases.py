"""Cases: decisions that are expected of a policy, and what it rules on them. No clock, no door."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator

from faceidd.access.judge import Request, judge
from faceidd.access.policy import DoorRules, Policy
from faceidd.access.recent import Recent, Shown
from faceidd.access.ruling import Ground, Ruling
from faceidd.daemon.config_faults import faults
from faceidd.daemon.config_section import Section
from faceidd.daemon.policy_schema import Name
from faceidd.daemon.yaml_file import read_yaml
from faceidd.errors import ConfigError
from faceidd.units import Instant

MOST_BYTES = 1 << 20
_EXPECTED = ("grant", "deny", *(ground.value for ground in Ground if ground is not Ground.ALLOWED))
_MOMENT = "a moment: 2026-03-31 17:30 at the door, or with an offset, 2026-03-31T17:30+02:00"

Minute = Annotated[str, Field(json_schema_extra={"allowed": _MOMENT})]


class PassageSection(Section):
    """Somebody passed a door."""

    person: Name
    """Who."""
    door: Name | None = None
    """Where; null is the case's own door."""
    at: Minute
    """When."""

    @field_validator("at")
    @classmethod
    def _is_a_moment(cls, text: str) -> str:
        return _checked(text)


class CaseSection(Section):
    """Somebody wants to pass, and what is expected then."""

    person: Name
    """Who."""
    door: Name
    """Where."""
    at: Minute
    """When."""
    expect: Annotated[str, Field(json_schema_extra={"allowed": f"one of {', '.join(_EXPECTED)}"})]
    """`grant`, `deny`, or the ground of the denial."""
    passed: list[PassageSection] = Field(default_factory=list)
    """Who passed before."""
    beside: list[Name] = Field(
        default_factory=list, json_schema_extra={"allowed": "a list of names of people"}
    )
    """Who stands there too, recognized a moment before."""
    second_factor: bool = False
    """Whether the person has just shown a right PIN or card."""
    lockdown: bool = False
    """Whether the door was locked down by a command."""

    @field_validator("at")
    @classmethod
    def _is_a_moment(cls, text: str) -> str:
        return _checked(text)

    @field_validator("expect")
    @classmethod
    def _is_known(cls, text: str) -> str:
        if text not in _EXPECTED:
            raise ValueError(f"must be one of {', '.join(_EXPECTED)}")
        return text


class CasesSection(Section):
    """All of a file of cases."""

    cases: list[CaseSection]
    """The cases."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a policy rules on a case.

    Attributes:
        case: The case.
        ruling: What the policy says.
    """

    case: CaseSection
    ruling: Ruling

    @property
    def as_expected(self) -> bool:
        """Whether that is what was expected."""
        match self.case.expect:
            case "grant":
                return self.ruling.granted
            case "deny":
                return not self.ruling.granted
            case ground:
                return self.ruling.ground.value == ground


def load_cases(path: Path) -> tuple[CaseSection, ...]:
    """Read a file of cases.

    Raises:
        ConfigError: It cannot be read, is no YAML, or has faults; all of them are told.
    """
    file = read_yaml(
        path,
        most_bytes=MOST_BYTES,
        do="give the right file",
        empty="write 'cases:' with a list of them below it",
    )
    try:
        return tuple(CasesSection.model_validate(file.content).cases)
    except ValidationError as error:
        told = "".join(f"\n  {fault}" for fault in faults(error, file.document(), CasesSection))
        raise ConfigError(f"{path} is not right:{told}", do="correct these lines") from None


def try_cases(policy: Policy, cases: tuple[CaseSection, ...]) -> Iterator[Tried]:
    """Rule on cases, also on those that lie before the policy was written.

    Args:
        policy: Who passes which door, when.
        cases: What is expected.
    """
    policy = replace(policy, written_at=None)
    for case in cases:
        yield Tried(case, judge(policy, _request(policy, case), _recent(policy, case)))


def moment_at(policy: Policy, door: str, text: str) -> datetime:
    """A moment as somebody wrote it; without an offset it is meant by the clock at the door.

    Args:
        policy: Knows the door's time zone.
        door: The door's id; an unknown one has UTC.
        text: As ISO 8601 has it.

    Raises:
        ValueError: It is no moment.
    """
    moment = datetime.fromisoformat(text)
    zone = policy.doors.get(door, DoorRules()).zone
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _checked(text: str) -> str:
    try:
        moment_at(Policy({}), "", text)
    except ValueError:
        raise ValueError(f"must be {_MOMENT}") from None
    return text


def _request(policy: Policy, case: CaseSection) -> Request:
    now = moment_at(policy, case.door, case.at)
    if isinstance(now.tzinfo, ZoneInfo):
        # A difference of two times of one zone would count hours that the clock left out.
        now = now.astimezone(ZoneInfo("UTC"))
    return Request(case.person, case.door, now, Instant(now.timestamp()))


def _recent(policy: Policy, case: CaseSection) -> Recent:
    at = _request(policy, case).at
    who = policy.person(case.person)
    return Recent(
        passages={
            (one.door or case.door, one.person): Instant(
                moment_at(policy, one.door or case.door, one.at).timestamp()
            )
            for one in case.passed
        },
        shown=tuple(Shown(policy.person(name), name, at) for name in case.beside),
        confirmed={who: at} if case.second_factor else {},
        lockdown=case.lockdown,
    )
