"""Reading the policy file: every mistake is told at once, with its line, before a door starts."""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from faceidd.access.policy import Policy
from faceidd.daemon.config_faults import Fault, faults, with_lines
from faceidd.daemon.config_faults import Path as Place
from faceidd.daemon.outline import Outline
from faceidd.daemon.policy_build import policy_of
from faceidd.daemon.policy_schema import EVERYBODY, DoorSection, PolicySection
from faceidd.daemon.yaml_file import read_yaml
from faceidd.durable import FileState, file_state
from faceidd.errors import ConfigError
from faceidd.events.command_check import Key

MOST_BYTES = 256 * 1024
"""Greatest policy that is read: some thousand people with passes of their own. A greater one would
keep a small board from its watchdog when it is taken in anew."""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy, and who may command the doors it is about.

    Attributes:
        policy: Who passes which door, when.
        keys: Keys that sign commands, by their ids.
        section: The file as it stands.
        outline: Which keys stand in it.
        state: Which file it was; noted before it was read.
    """

    policy: Policy
    keys: Mapping[str, Key]
    section: PolicySection
    outline: Outline
    state: FileState | None

    @property
    def digest(self) -> str:
        """SHA-256 of the file, to tell which one a door runs."""
        return self.outline.digest


def load_policy(path: Path) -> PolicyFile:
    """Read a policy.

    No clock can rightly show a time before that of the file's last change; a copy should keep it
    (`cp -p`, `rsync -t`).

    Raises:
        ConfigError: The file cannot be read, is no YAML, or has faults; all of them are told.
    """
    state = file_state(path)
    file = read_yaml(
        path,
        most_bytes=MOST_BYTES,
        do="give the right file, or correct policy.file",
        empty="write the rules as 'doors:' with each door's indented below it",
    )
    try:
        section = PolicySection.model_validate(file.content)
    except ValidationError as error:
        raise _wrong(path, faults(error, file.document(), PolicySection)) from None
    if lost := tuple(_lost_names(section)):
        raise _wrong(path, with_lines(lost, file.document()))
    return PolicyFile(
        policy=policy_of(section, _changed_at(path)),
        keys={
            name: Key(key.public_key, frozenset(key.commands)) for name, key in section.keys.items()
        },
        section=section,
        outline=Outline.of(file),
        state=state,
    )


def _changed_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(os.stat(path).st_mtime, UTC)  # noqa: PTH116 - beside fromtimestamp
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}", do="give the right file"
        ) from error


def _wrong(path: Path, told: tuple[str, ...]) -> ConfigError:
    lines = "".join(f"\n  {fault}" for fault in told)
    return ConfigError(f"{path} is not right:{lines}", do="correct these lines")


def _lost_names(policy: PolicySection) -> Iterator[Fault]:
    """Names that lead nowhere, or to two things."""
    people = {*policy.people, *(name for group in policy.groups.values() for name in group)}
    for name in policy.groups:
        if name == EVERYBODY:
            yield Fault(("groups", name), "is the name of all whom the gallery knows; take another")
        elif name in people:
            yield Fault(("groups", name), "is also a person's name; take another")
    looks: dict[str, str] = {}
    for name, person in policy.people.items():
        look, place = person.duress_look, ("people", name, "duress_look")
        if look is None:
            continue
        if look in people or look in policy.groups or look == EVERYBODY:
            yield Fault(place, f"{look!r} is not allowed; must be no person of this policy")
        if look in looks:
            yield Fault(place, f"{look!r} is not allowed; it is that of {looks[look]!r}")
        looks[look] = name
    for name, door in policy.doors.items():
        yield from _lost_at_door(policy, name, door, people)


def _lost_at_door(
    policy: PolicySection, name: str, door: DoorSection, people: set[str]
) -> Iterator[Fault]:
    top = ("doors", name)
    rules: list[tuple[Place, list[str], str | None]] = [
        ((*top, "allow", number), one.who, one.when) for number, one in enumerate(door.allow)
    ]
    if door.first_person:
        rules.append(((*top, "first_person"), door.first_person.who, door.first_person.when))
    if door.two_persons:
        rules.append(((*top, "two_persons"), door.two_persons.who, door.two_persons.when))
    if door.second_factor:
        rules.append(((*top, "second_factor"), [], door.second_factor.when))
    if door.propped:
        rules.append(((*top, "propped"), [], door.propped.when))
    for place, who, when in rules:
        for number, one in enumerate(who):
            if one not in people and one not in policy.groups and one != EVERYBODY:
                known = [*policy.groups, *people, EVERYBODY]
                yield Fault((*place, "who", number), _unknown("group or person", one, known))
        if when is not None and when not in policy.schedules:
            yield Fault((*place, "when"), _unknown("schedule", when, policy.schedules))
    paired = door.anti_passback.until_passed if door.anti_passback else None
    if paired is not None and (paired == name or paired not in policy.doors):
        others = [one for one in policy.doors if one != name]
        yield Fault((*top, "anti_passback", "until_passed"), _unknown("other door", paired, others))


def _unknown(kind: str, name: str, known: Mapping[str, object] | list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{name!r} is no {kind} of this policy" + (
        f"; did you mean {near[0]!r}?" if near else ""
    )
