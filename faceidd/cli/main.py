"""The command line's frame: finds the command, runs it, and turns a fault into an exit code.

What a command does is its own module's. Those import OpenCV, NumPy and the like only when they
run, so that `--help` answers at once, on a board too.
"""

import argparse
import logging
import os
import select
import sys
from collections.abc import Sequence
from typing import TextIO

from faceidd import __version__
from faceidd.cli import (
    access,
    audit,
    calibrate,
    command,
    config,
    demo,
    doctor,
    door,
    enroll,
    evaluate,
    events,
    fleet,
    forget,
    gallery,
    model,
    provision,
    publish,
    run,
    simulate,
    snapshots,
    status,
    store,
    sync,
)
from faceidd.cli.log import set_up_log, tell_error
from faceidd.errors import FaceiddError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the signal's number."""

UNREAD = 141
"""Exit code when nobody reads what is written, as in `faceidd ... | head`: likewise."""

_COMMANDS = (
    run, demo, enroll, gallery, forget, model, calibrate, evaluate, access, audit, command, config,
    events, door, doctor, status, store, fleet, publish, provision, sync,
    snapshots, simulate,
)  # fmt: skip

_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments; None takes the process's own.

    Returns:
        The exit code: 0, that of the fault's family in `faceidd.errors`, or one of a shell's.

    Raises:
        SystemExit: With 2 for arguments that are wrong, with 0 after `--help` and `--version`.
    """
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()  # here, where it can still be told that nobody reads
    except BrokenPipeError:
        if not _unread(sys.stdout):
            raise
        # Python flushes once more at the end, and must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD


def _run(argv: Sequence[str] | None) -> int:
    args = _parser().parse_args(argv)
    set_up_log(verbose=args.verbose)
    try:
        return int(args.func(args))
    except FaceiddError as error:
        _log.debug("the fault came from here", exc_info=error)
        tell_error(f"faceidd: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def _unread(file: TextIO) -> bool:
    """Whether it is a pipe that nobody reads any more."""
    try:
        poll = select.poll()
        poll.register(file.fileno(), 0)  # what is wrong is told unasked
    except OSError:
        return False
    return any(events & select.POLLERR for _, events in poll.poll(0))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="faceidd", description="The door that knows its people, by their faces."
    )
    parser.add_argument("--version", action="version", version=f"faceidd {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell all on stderr")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for one in _COMMANDS:
        one.add_parser(subparsers)
    return parser
