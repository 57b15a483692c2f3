"""Checks of the configuration and the policy: are they there, and right to the last key?"""

from collections.abc import Iterator

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.daemon.policy_file import load_policy
from faceidd.errors import ConfigError


def check_configuration(one: Installation) -> Iterator[Check]:
    """Say whether the configuration is right."""
    name, fault = "configuration", one.fault
    if one.is_blind and one.user is not None:
        told = "this is run by somebody else: what only the service may see is told as not there"
        mend = f"run it as the service's user: sudo -u {one.user.pw_name} faceidd doctor"
        yield Check.warn("configuration.user", told, mend)
    if one.runs_with is not None and one.runs_with.resolve() != one.file.resolve():
        told = (
            f"the running daemon reads {one.runs_with}: what it says of camera, model and itself is"
            f" not of {one.file}"
        )
        mend = f"faceidd doctor --config {one.runs_with}; or stop the daemon to look at this one"
        yield Check.warn("configuration.daemon", told, mend)
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
