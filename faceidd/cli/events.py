"""`faceidd events`: does the broker take what the door tells, and what form does that have?"""

import argparse
import json
import sys
from pathlib import Path

from faceidd.cli.config import DEFAULT_CONFIG


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `events` to the command line."""
    events = subparsers.add_parser(
        "events", help="try the way to the broker; print the form of what is told"
    )
    commands = events.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check", help="connect, log in and write one message, as the door would"
    )
    check.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: %(default)s")
    check.add_argument(
        "--timeout", type=float, default=5.0, metavar="S", help="seconds (default: %(default)s)"
    )
    check.set_defaults(func=_check)
    schema = commands.add_parser("schema", help="print JSON Schemas of events and states")
    schema.add_argument(
        "name", nargs="?", help="`event.1.door_opened`, `state.1.door`; without it all names"
    )
    schema.add_argument("--into", type=Path, metavar="FOLDER", help="write all of them there")
    schema.set_defaults(func=_schema)
    asyncapi = commands.add_parser("asyncapi", help="print the AsyncAPI document of all topics")
    asyncapi.set_defaults(func=_asyncapi)


def _check(args: argparse.Namespace) -> int:
    from faceidd.daemon.build import mqtt_settings
    from faceidd.daemon.config_file import load_config
    from faceidd.errors import ConfigError
    from faceidd.events.check import check
    from faceidd.units import Seconds

    settings = mqtt_settings(load_config(args.config))
    if settings is None:
        raise ConfigError(f"{args.config} names no broker", do="set mqtt.host")
    check(settings, Seconds(args.timeout))
    print(f"the broker {settings.address} takes events of door {settings.door}")
    return 0


def _schema(args: argparse.Namespace) -> int:
    from faceidd.events.schema import schemas

    made = schemas()
    if args.into is not None:
        args.into.mkdir(parents=True, exist_ok=True)
        for name, schema in made.items():
            (args.into / f"{name}.json").write_text(_json(schema) + "\n")
    elif args.name is None:
        print("\n".join(made))
    elif args.name in made:
        print(_json(made[args.name]))
    else:
        print(f"there is no schema {args.name}: see faceidd events schema", file=sys.stderr)
        return 2
    return 0


def _asyncapi(_args: argparse.Namespace) -> int:
    from faceidd.events.asyncapi import asyncapi

    print(_json(asyncapi()))
    return 0


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
