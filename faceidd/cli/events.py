"""`faceidd events`: does the broker take what the door tells?"""

import argparse
from pathlib import Path

from faceidd.cli.config import DEFAULT_CONFIG


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `events` to the command line."""
    events = subparsers.add_parser("events", help="try the way to the broker")
    commands = events.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check", help="connect, log in and write one message, as the door would"
    )
    check.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: %(default)s")
    check.add_argument(
        "--timeout", type=float, default=5.0, metavar="S", help="seconds (default: %(default)s)"
    )
    check.set_defaults(func=_check)


def _check(args: argparse.Namespace) -> int:
    from faceidd.daemon.build import mqtt_settings  # noqa: PLC0415 - heavy, not for --help
    from faceidd.daemon.config_file import load_config  # noqa: PLC0415 - as above
    from faceidd.errors import ConfigError  # noqa: PLC0415 - as above
    from faceidd.events.check import check  # noqa: PLC0415 - as above
    from faceidd.units import Seconds  # noqa: PLC0415 - as above

    settings = mqtt_settings(load_config(args.config))
    if settings is None:
        raise ConfigError(f"{args.config} names no broker", do="set mqtt.host")
    check(settings, Seconds(args.timeout))
    print(f"the broker {settings.address} takes events of door {settings.door}")
    return 0
