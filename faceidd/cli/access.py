"""`faceidd access`: who passes which door, when, and why."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG

if TYPE_CHECKING:
    from faceidd.access.ruling import Ruling
    from faceidd.daemon.policy_file import PolicyFile

MISMATCH = 1
"""Exit code where a policy decides otherwise than expected, and where `explain` says deny."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `access` to the command line."""
    access = subparsers.add_parser("access", help="check, explain and test the policy")
    commands = access.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="tell every mistake in the policy")
    check.set_defaults(func=_check)

    explain = commands.add_parser("explain", help="say grant or deny, and which rule decides")
    explain.add_argument("--person", required=True, help="id in the gallery")
    explain.add_argument("--door", required=True, help="the door's id")
    explain.add_argument(
        "--at", metavar="T", help="2026-03-31 17:30 at the door, or with an offset (default: now)"
    )
    explain.add_argument(
        "--passed", action="append", default=[], metavar="PERSON=T", help="who passed before"
    )
    explain.add_argument(
        "--beside", action="append", default=[], metavar="PERSON", help="who stands there too"
    )
    explain.add_argument("--second-factor", action="store_true", help="a right PIN or card")
    explain.add_argument("--lockdown", action="store_true", help="the door is locked down")
    explain.set_defaults(func=_explain)

    test = commands.add_parser("test", help="hold the policy against expected decisions")
    test.add_argument("cases", type=Path, metavar="FILE", help="YAML; see docs/access.md")
    test.set_defaults(func=_test)

    for command in (check, explain, test):
        source = command.add_mutually_exclusive_group()
        source.add_argument("--policy", type=Path, metavar="FILE", help="the policy")
        source.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            default=DEFAULT_CONFIG,
            help="take the policy that a configuration names (default: %(default)s)",
        )

    hashing = commands.add_parser("hash", help="ask for a PIN or card, print its hash")
    hashing.set_defaults(func=_hash)


def _check(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    path, file = _policy(args)
    section, written_at = file.section, file.policy.written_at
    for name, door in section.doors.items():
        if not door.allow:
            print(f"warning: doors.{name} allows nobody")
        if door.second_factor is not None:
            kinds = door.second_factor.kinds
            without = [
                who
                for who, person in section.people.items()
                if not any(getattr(person, kind) for kind in kinds)
            ]
            if without:
                print(f"warning: without {' or '.join(kinds)} for {name}: {', '.join(without)}")
    if written_at is not None and written_at > datetime.now(UTC):
        print(f"warning: {path} was changed in the future ({written_at:%F %R} UTC): touch it")
    print(
        f"{path} is right: {len(section.doors)} doors, {len(section.people)} people,"
        f" {len(section.groups)} groups, {len(section.schedules)} schedules,"
        f" {len(section.keys)} keys"
    )
    return 0


def _explain(args: argparse.Namespace) -> int:
    from dataclasses import replace
    from datetime import UTC, datetime

    from pydantic import ValidationError

    from faceidd.access.judge import may_stand_open
    from faceidd.daemon.policy_cases import CaseSection, moment_at, try_cases
    from faceidd.errors import ConfigError

    policy = _policy(args)[1].policy
    passed = [dict(zip(("person", "at"), one.split("=", 1), strict=False)) for one in args.passed]
    try:
        case = CaseSection.model_validate(
            {
                "person": args.person,
                "door": args.door,
                "at": args.at or datetime.now(UTC).isoformat(),
                "expect": "grant",
                "passed": passed,
                "beside": args.beside,
                "second_factor": args.second_factor,
                "lockdown": args.lockdown,
            }
        )
    except ValidationError as error:
        fault = error.errors()[0]
        raise ConfigError(
            f"--{fault['loc'][0]} cannot be taken: {fault['msg']}",
            do="give T as 2026-03-31 17:30, and --passed as PERSON=T",
        ) from None
    (tried,) = try_cases(policy, (case,))
    moment = moment_at(policy, case.door, case.at)
    if case.door in policy.doors:
        moment = moment.astimezone(policy.doors[case.door].zone)
    print(f"{args.person} at {args.door}, {moment:%a %F %R %Z}: {_said(tried.ruling)}")
    for check in tried.ruling.checks:
        print(f"  {'deny' if check.against else 'pass'}  {check.rule}", end="")
        print(f": {check.against}" if check.against else "")
    propped = policy.doors[case.door].propped if case.door in policy.doors else None
    if propped is not None:
        always_there = replace(policy, written_at=None)  # as for the decision
        may = may_stand_open(always_there, case.door, moment) and not case.lockdown
        print(f"  the leaf may {'' if may else 'not '}stand open, by propped {propped.name}")
    return 0 if tried.ruling.granted else MISMATCH


def _test(args: argparse.Namespace) -> int:
    from faceidd.daemon.policy_cases import load_cases, try_cases

    tried = tuple(try_cases(_policy(args)[1].policy, load_cases(args.cases)))
    wrong = [one for one in tried if not one.as_expected]
    for one in wrong:
        case = one.case
        print(
            f"{case.person} at {case.door}, {case.at}: expected {case.expect},"
            f" the policy says {_said(one.ruling)}"
        )
    print(f"{len(tried) - len(wrong)} of {len(tried)} cases are as expected")
    return MISMATCH if wrong else 0


def _hash(_args: argparse.Namespace) -> int:
    import getpass

    from faceidd.access.secret import MOST_LETTERS, hash_secret
    from faceidd.errors import ConfigError

    secret = getpass.getpass("PIN or card: ")
    if secret != getpass.getpass("Again: "):
        raise ConfigError("the two are not the same", do="type it again")
    try:
        print(hash_secret(secret))
    except ValueError as error:
        raise ConfigError(
            "this cannot be a PIN or card", do=f"type 1 to {MOST_LETTERS} characters"
        ) from error
    return 0


def _policy(args: argparse.Namespace) -> "tuple[Path, PolicyFile]":
    from faceidd.daemon.config_file import load_config
    from faceidd.daemon.policy_file import load_policy
    from faceidd.errors import ConfigError

    path: Path | None = args.policy
    if path is None:
        path = load_config(args.config).policy.file
    if path is None:
        raise ConfigError(
            f"{args.config} names no policy, so everybody in the gallery passes, always",
            do="set policy.file, or give --policy",
        )
    return path, load_policy(path)


def _said(ruling: "Ruling") -> str:
    if ruling.granted:
        return f"grant, by {ruling.rule}"
    return f"deny, {ruling.ground}, by {ruling.rule}"
