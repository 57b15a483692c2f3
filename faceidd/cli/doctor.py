"""`faceidd doctor`: what is wrong at this door, and what mends it."""

import argparse
import logging
import textwrap
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG

if TYPE_CHECKING:
    from faceidd.checkup.report import Report

FINDINGS = 11
"""Exit code where something fails; what is only warned of leaves it 0."""
_SIGNS = {"fail": "FAIL", "warn": "warn", "ok": "ok", "skipped": "-"}
_SIGN_WIDTH = 6
_WIDTH = 110
_MOST_PATIENCE = 60.0
"""An hour for each measurement."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor` to the command line."""
    doctor = subparsers.add_parser(
        "doctor",
        help="check the whole door: camera, model, pins, broker, clock, disk ...",
        description="Looks at everything a door needs, changes nothing and moves no lock. The exit"
        f" code is 0 if nothing fails (warnings are told), {FINDINGS} if something does.",
    )
    doctor.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=DEFAULT_CONFIG,
        help="the door's configuration (default: %(default)s)",
    )
    doctor.add_argument("--json", action="store_true", help="as JSON, with all that was measured")
    doctor.add_argument(
        "--only", nargs="+", default=(), metavar="NAME", help="look at these parts only"
    )
    doctor.add_argument(
        "--patience",
        type=_patience,
        metavar="FACTOR",
        default=1.0,
        help="wait so many times as long before something counts as hanging, on a slow board"
        f" (1 to {_MOST_PATIENCE:g}; default: 1)",
    )
    doctor.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of --json, and look at nothing"
    )
    doctor.set_defaults(func=_doctor)


def _doctor(args: argparse.Namespace) -> int:
    import json
    import sys

    from faceidd.checkup.check import Verdict
    from faceidd.checkup.checkup import NAMES, check_up
    from faceidd.checkup.installation import find_installation
    from faceidd.checkup.report import Report, report_schema
    from faceidd.clock import wall

    if args.schema:
        print(json.dumps(report_schema(), indent=2))
        return 0
    if unknown := [name for name in args.only if name not in NAMES]:
        print(f"faceidd doctor: no part is called {unknown[0]}: choose from {', '.join(NAMES)}",
              file=sys.stderr)  # fmt: skip
        return 2
    with _quiet(args.verbose):
        one = find_installation(args.config)
        report = Report.of(
            one.config.door.id, check_up(one, args.only, patience=args.patience), wall()
        )
    if args.json:
        print(report.model_dump_json(by_alias=True))
    else:
        print("\n".join(_table(report)))
    return FINDINGS if report.verdict is Verdict.FAIL else 0


def _patience(text: str) -> float:
    factor = float(text)
    if not 1 <= factor <= _MOST_PATIENCE:  # nor is it nan
        raise argparse.ArgumentTypeError(f"must be from 1 to {_MOST_PATIENCE:g}")
    return factor


@contextmanager
def _quiet(verbose: bool) -> Iterator[None]:
    """Keep the log of what is looked at from the table: what is wrong stands in it."""
    log = logging.getLogger("faceidd")
    level = log.level
    log.setLevel(level if verbose else logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(level)


def _table(report: "Report") -> Iterator[str]:
    counts = Counter(check.verdict.value for check in report.checks)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _SIGNS if counts[verdict])
    yield f"door {report.door}: {told or 'nothing was looked at'}"
    names = max((len(check.name) for check in report.checks), default=0)
    margin = f"{'':<{_SIGN_WIDTH + names + 4}}"
    for check in report.checks:
        first, *more = _lines(check.reason, _WIDTH - len(margin))
        yield f"  {_SIGNS[check.verdict]:<{_SIGN_WIDTH}}{check.name:<{names}}  {first}"
        if check.mend and check.verdict != "ok":
            more += [f"-> {line}" if number == 0 else f"   {line}" for number, line in
                     enumerate(_lines(check.mend, _WIDTH - len(margin) - 3))]  # fmt: skip
        yield from (f"{margin}{line}" for line in more)


def _lines(text: str, width: int) -> list[str]:
    """A text in lines; what has lines of its own keeps them."""
    lines = [
        line
        for own in text.splitlines()
        for line in textwrap.wrap(
            own, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
    ]
    return lines or [""]
