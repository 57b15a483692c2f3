"""Checks of the configuration and the policy: are they there, and right to the last key?"""

from collections.abc import Iterator

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.daemon.policy_file import load_policy
from faceidd.errors import ConfigError


def check_configuration(one: Installation) -> Iterator[Check]:
    """Say whether the configuration is right."""
    name, fault = "configuration", one.fault
    if fault is None:
        yield Check.ok(name, f"{one.file} is right", door=one.config.door.id)
    elif one.is_there:
        yield Check.fail(name, fault.what, fault.do)
    else:
        yield Check.fail(
            name,
            f"there is no {one.file}: the service does not start without; what follows is of the"
            " embedded defaults",
            "write one (config/faceidd.yaml has every key), or name yours with --config",
        )


def check_policy(one: Installation) -> Iterator[Check]:
    """Say whether the policy is right, and speaks of this door."""
    name, file, door = "policy", one.config.policy.file, one.config.door.id
    if file is None:
        yield Check.skipped(name, "policy.file is null: everybody in the gallery passes, always")
        return
    try:
        policy = load_policy(file)
    except ConfigError as error:
        yield Check.fault(name, error)
        return
    figures: dict[str, Figure] = {"timezone": policy.section.timezone, "keys": len(policy.keys)}
    if door not in policy.policy.doors:
        yield Check.fail(
            name,
            f"{file} says nothing of door {door}: nobody passes",
            f"add {door} to its doors, or correct door.id",
            **figures,
        )
    else:
        yield Check.ok(name, f"{file} is right, times in {policy.section.timezone}", **figures)
