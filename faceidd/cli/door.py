"""`faceidd door`: the relay by hand, and what the door would do."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.cli.log import tell_error
from faceidd.errors import DoorError

if TYPE_CHECKING:
    from faceidd.door.twin import Moment

UNEXPECTED = 1
"""Exit code when the door is not in a state that the script expects."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `door` to the command line."""
    door = subparsers.add_parser("door", help="put the relay at rest; see what the door would do")
    commands = door.add_subparsers(required=True, metavar="COMMAND")
    release = commands.add_parser(
        "release", help="drive the relay's pin to its released level, then let go of it"
    )
    release.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: %(default)s")
    release.set_defaults(func=_release)
    simulate = commands.add_parser(
        "simulate", help="play a script of events against the door's state machine"
    )
    simulate.add_argument("script", type=Path, metavar="SCRIPT.yaml", help="what happens, and when")
    simulate.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="take the door's settings from this configuration, not from the script",
    )
    simulate.add_argument("--json", action="store_true", help="one JSON object a line")
    simulate.set_defaults(func=_simulate)


def _release(args: argparse.Namespace) -> int:
    from faceidd.daemon.claim import claim_folder, rest_left_behind
    from faceidd.daemon.config_file import load_door
    from faceidd.daemon.pins import relay_settings, sign_settings
    from faceidd.door.relay import rest

    # First what was driven, then what the configuration says now: it may be another one, or bad.
    fault: DoorError | None = None
    for one in rest_left_behind(claim_folder()):
        if one.fault is None:
            print(f"{_at_rest(one.name, one.pin)}, as the daemon left it written")
        else:
            tell_error(f"faceidd: {one.fault}")
            fault = one.fault
    door = load_door(args.config)
    rest(relay_settings(door))
    print(_at_rest("relay", door.pin))
    for name, settings in sign_settings(door).items():
        rest(settings)
        print(_at_rest(name, settings.pin))
    return 0 if fault is None else fault.exit_code


def _at_rest(name: str, pin: str) -> str:
    return f"the {name.replace('_', ' ')} on {pin} is {'released' if name == 'relay' else 'off'}"


def _simulate(args: argparse.Namespace) -> int:
    from faceidd.daemon.config_file import load_config
    from faceidd.daemon.door_script import load_script
    from faceidd.daemon.wiring import door_rules
    from faceidd.door.twin import play

    occasions, rules = load_script(args.script)
    if args.config is not None:
        rules = door_rules(load_config(args.config))
    unexpected = 0
    if not args.json:
        print(f"{'seconds':>9}  {'what':<24} {'answer':<13} {'state':<10} {'relay':<6} alerts")
    for moment in play(occasions, rules):
        print(json.dumps(_record(moment)) if args.json else _line(moment))
        unexpected += not moment.as_expected
    if unexpected and not args.json:
        print(f"{unexpected} of the expected states did not come")
    return UNEXPECTED if unexpected else 0


def _record(moment: "Moment") -> dict[str, object]:
    situation, outputs = moment.situation, moment.situation.outputs
    return {
        "at": round(moment.at, 3),
        "event": moment.kind,
        "by_clock": moment.by_clock,
        "answer": moment.answer,
        "state": situation.state,
        "relay": outputs.relay,
        "buzzer": outputs.buzzer,
        "open_light": outputs.open_light,
        "alarm_light": outputs.alarm_light,
        "alerts": sorted(situation.alerts),
        "faulty_lines": sorted(situation.faulty),
        "expected": moment.expected,
        "as_expected": moment.as_expected,
    }


def _line(moment: "Moment") -> str:
    situation = moment.situation
    what = "" if moment.kind is None else f"{moment.kind}{' (clock)' if moment.by_clock else ''}"
    answer = "" if moment.answer == "noted" else str(moment.answer)
    relay = "on" if situation.outputs.relay else "off"
    line = f"{moment.at:9.3f}  {what:<24} {answer:<13} {situation.state:<10} {relay:<6} "
    line += ", ".join(sorted(situation.alerts))
    if not moment.as_expected:
        line += f"  <-- expected {moment.expected}"
    return line.rstrip()
