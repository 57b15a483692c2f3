"""`faceidd command`: keys that sign commands, and the commands they sign."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG

if TYPE_CHECKING:
    from faceidd.events.command import Command

COMMANDS = ("unlock", "lockdown", "release", "reload", "identify")
REFUSED = 1
"""Exit code where the door refused a command."""
LIFE_S = 10.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `command` to the command line."""
    command = subparsers.add_parser("command", help="sign and send commands to doors")
    commands = command.add_subparsers(required=True, metavar="COMMAND")

    keygen = commands.add_parser("keygen", help="make a key; prints what goes into the policy")
    keygen.add_argument("id", help="name of the key: letters, digits, '_' and '-'")
    keygen.add_argument("--out", type=Path, required=True, metavar="FILE", help="the private key")
    keygen.set_defaults(func=_keygen)

    sign = commands.add_parser("sign", help="print a signed command")
    sign.add_argument("--door", required=True, help="the door's id")
    sign.set_defaults(func=_sign)

    send = commands.add_parser("send", help="sign a command, send it, and tell the door's answer")
    send.add_argument("--door", help="the door's id (default: the configuration's)")
    send.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=DEFAULT_CONFIG,
        help="names the broker (default: %(default)s)",
    )
    send.add_argument(
        "--timeout", type=float, default=5.0, metavar="S", help="seconds (default: %(default)s)"
    )
    send.set_defaults(func=_send)

    for one in (sign, send):
        one.add_argument("command", choices=COMMANDS, help="what the door is to do")
        one.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key")
        one.add_argument(
            "--life",
            type=float,
            default=LIFE_S,
            metavar="S",
            help="seconds in which the door may act, up to 60 (default: %(default)s)",
        )


def _keygen(args: argparse.Namespace) -> int:
    from faceidd.errors import ConfigError
    from faceidd.events.command import PrivateKey
    from faceidd.events.command_key import save_key

    try:
        key = PrivateKey.generate(args.id)
    except ValueError as error:
        raise ConfigError(f"{args.id!r} is no name of a key: {error}", do="give another") from error
    save_key(key, args.out)
    print("Add to the policy's keys, with what it may command:\n")
    print(f"  {key.id}: {{public_key: {key.public_key}, commands: [unlock]}}")
    return 0


def _sign(args: argparse.Namespace) -> int:
    print(_signed(args, args.door).model_dump_json())
    return 0


def _send(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from faceidd.daemon.build import mqtt_settings
    from faceidd.daemon.config_file import load_config
    from faceidd.errors import ConfigError
    from faceidd.events.send_command import send_command
    from faceidd.units import Seconds

    settings = mqtt_settings(load_config(args.config))
    if settings is None:
        raise ConfigError(f"{args.config} names no broker", do="set mqtt.host")
    settings = replace(settings, door=args.door or settings.door)
    command = _signed(args, settings.door)
    refusal, identity = send_command(settings, command, Seconds(args.timeout))
    if refusal is not None:
        print(f"door {settings.door} refused to {args.command}: {refusal}")
        return REFUSED
    if identity is not None:
        print(identity.model_dump_json(include={"version", "boot", "up_s", "people", "policy"}))
    print(f"door {settings.door} obeyed: {args.command}")
    return 0


def _signed(args: argparse.Namespace, door: str) -> "Command":
    import time

    from faceidd.errors import ConfigError
    from faceidd.events.command_check import LONGEST_LIFE_MS
    from faceidd.events.command_key import load_key

    life_ms = int(1000 * args.life)
    if not 0 < life_ms <= LONGEST_LIFE_MS:
        raise ConfigError(f"a command cannot live {args.life:g} s", do="give --life up to 60")
    try:
        return load_key(args.key).sign(args.command, door, int(1000 * time.time()), life_ms)
    except ValueError as error:
        raise ConfigError(
            f"no door is called {door!r}", do="give --door as in the door's configuration"
        ) from error
