"""`faceidd fleet status`: which door runs which gallery, model and version."""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.cli.store_options import add_store_option, open_store, print_table
from faceidd.errors import ConfigError

if TYPE_CHECKING:
    from faceidd.daemon.config_mqtt import MqttConfig
    from faceidd.events.mqtt import MqttSettings
    from faceidd.store.door_report import DoorReport
    from faceidd.store.fleet import FleetDoor

DEFAULT_PREFIX = "faceidd"
_HEADING = (
    "DOOR", "SITE", "ONLINE", "SOFTWARE", "MODEL", "EDITION", "VERSION", "PEOPLE", "AGE", "CHECKED",
    "SYNC", "LOOK AT",
)  # fmt: skip


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `status` to the commands on the fleet."""
    status = commands.add_parser(
        "status",
        help="ask the broker which door runs which gallery, model and version",
        description="Reads what the broker keeps of all doors, and holds it against the registry."
        " What doors say of themselves is not signed: it is for looking, not for deciding.",
    )
    status.add_argument("--json", action="store_true", help="one JSON object a line")
    status.add_argument(
        "--timeout", type=float, default=10.0, metavar="S", help="seconds (default: %(default)s)"
    )
    add_store_option(status)
    broker = status.add_argument_group("the broker")
    broker.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"a configuration that names it under mqtt (default: {DEFAULT_CONFIG} where it is)",
    )
    broker.add_argument("--host", help="its name or address, in place of a configuration")
    broker.add_argument("--port", type=int, help="its port (default: 8883, or 1883 without TLS)")
    broker.add_argument("--ca", type=Path, metavar="PEM", help="the authority of its certificate")
    broker.add_argument("--no-tls", action="store_true", help="in the clear")
    broker.add_argument("--username", help="who may read the status and states of all doors")
    broker.add_argument("--password-file", type=Path, metavar="FILE", help="a file with only that")
    broker.add_argument("--prefix", help=f"what topics begin with (default: {DEFAULT_PREFIX})")
    status.set_defaults(func=_status)


def _status(args: argparse.Namespace) -> int:
    with open_store(args) as store:
        from faceidd.clock import wall
        from faceidd.store.fleet import view_fleet

        reports, left_out = _reports(args)
        doors = view_fleet(store.doors(), reports, store.publications())
    now = wall()
    if args.json:
        for door in doors:
            print(json.dumps(_record(door), ensure_ascii=False))
        return 0
    print_table([_HEADING, *_rows(doors, now)])
    online = sum(door.report.online is True for door in doors)
    marked = sum(bool(door.marks) for door in doors)
    print(f"{len(doors)} doors, {online} online, {marked} to look at")
    if left_out:
        print(f"{left_out} messages were left out: too long or too many to be of doors")
    return 0


def _reports(args: argparse.Namespace) -> "tuple[dict[str, DoorReport], int]":
    import secrets

    from faceidd.events.retained_reader import read_retained
    from faceidd.store.door_report import read_reports, report_topics
    from faceidd.units import Seconds

    settings = _broker(args)
    messages, left_out = read_retained(
        settings,
        report_topics(settings.prefix),
        Seconds(args.timeout),
        client_id=f"faceidd-fleet-{secrets.token_hex(4)}",
    )
    return read_reports(settings.prefix, messages), left_out


def _broker(args: argparse.Namespace) -> "MqttSettings":
    from faceidd.daemon.build import mqtt_settings
    from faceidd.daemon.config import Config
    from faceidd.daemon.config_file import load_config

    given = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    if args.host is not None:
        config = Config(mqtt=_mqtt(args))
    elif given is not None:
        config = load_config(given)
    else:
        raise ConfigError("no broker is named", do="name it: --host HOST, or --config FILE")
    settings = mqtt_settings(config)
    if settings is None:
        raise ConfigError(f"{given} names no broker", do="set mqtt.host there, or name --host")
    return settings


def _mqtt(args: argparse.Namespace) -> "MqttConfig":
    """The broker that the command line names, under the rules of a configuration."""
    from pydantic import ValidationError

    from faceidd.daemon.config_mqtt import MqttConfig

    named = {
        "host": args.host,
        "port": args.port,
        "username": args.username,
        "password_file": args.password_file and args.password_file.absolute(),
        "prefix": args.prefix or DEFAULT_PREFIX,
        "tls": None if args.no_tls else {"ca": args.ca and args.ca.absolute()},
    }
    try:
        return MqttConfig.model_validate(named)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        option = "-".join(str(part) for part in first["loc"])
        raise ConfigError(f"the broker's {option}: {first['msg']}", do="correct it") from error


def _rows(doors: "Sequence[FleetDoor]", now: datetime) -> Iterator[tuple[str, ...]]:
    from faceidd.store.door_report import age_words

    for door in doors:
        gallery = door.report.gallery
        sync, record = gallery.sync, door.record
        checked = None if sync is None else sync.checked_at
        published = gallery.published_at
        yield (
            door.id,
            _site(door) or "?",
            {True: "yes", False: "no", None: "?"}[door.report.online],
            gallery.software or "?",
            gallery.model_name or (f"({record.model_name})" if record else "?"),
            gallery.edition or (f"({record.edition})" if record else "?"),
            "?" if gallery.version is None else f"{gallery.version}{_of(door)}",
            "?" if gallery.people is None else str(gallery.people),
            "?" if published is None else age_words(published, now),
            "?" if checked is None else age_words(checked, now),
            "?" if sync is None or sync.words is None else sync.words,
            "; ".join(door.marks),
        )


def _of(door: "FleetDoor") -> str:
    """How far an old version is behind."""
    behind = door.newest is not None and door.report.gallery.version != door.newest
    return f" of {door.newest}" if behind else ""


def _site(door: "FleetDoor") -> str | None:
    return door.report.gallery.site if door.record is None else door.record.site


def _record(door: "FleetDoor") -> dict[str, object]:
    record, report = door.record, door.report
    return {
        "door": door.id,
        "site": _site(door),
        "registered": record is not None,
        "revoked": record is not None and record.revoked_at is not None,
        "groups": None if record is None else record.groups,
        "fingerprint": None if record is None else record.fingerprint,
        "expected_edition": None if record is None else record.edition,
        "newest_version": door.newest,
        "online": report.online,
        "gallery": report.gallery.model_dump(mode="json", exclude={"site"}),
        "marks": [mark.name.lower() for mark in door.marks],
    }
