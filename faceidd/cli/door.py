"""`faceidd door`: the relay, by hand."""

import argparse
from pathlib import Path

from faceidd.cli.config import DEFAULT_CONFIG


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `door` to the command line."""
    door = subparsers.add_parser("door", help="put the relay at rest")
    commands = door.add_subparsers(required=True, metavar="COMMAND")
    release = commands.add_parser(
        "release", help="drive the relay's pin to its released level, then let go of it"
    )
    release.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: %(default)s")
    release.set_defaults(func=_release)


def _release(args: argparse.Namespace) -> int:
    from faceidd.daemon.config_file import load_door  # noqa: PLC0415 - heavy, not for --help
    from faceidd.daemon.wiring import relay_settings, sign_settings  # noqa: PLC0415 - as above
    from faceidd.door.relay import rest  # noqa: PLC0415 - as above

    door = load_door(args.config)
    rest(relay_settings(door))
    print(f"the relay on {door.pin} is released")
    for name, settings in sign_settings(door).items():
        rest(settings)
        print(f"the {name.replace('_', ' ')} on {settings.pin} is off")
    return 0
