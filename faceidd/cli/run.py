"""`faceidd run`: the daemon."""

import argparse
import logging
import signal
import threading
from pathlib import Path

from faceidd.cli.config import DEFAULT_CONFIG


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `run` to the command line."""
    run = subparsers.add_parser("run", help="watch the camera and open the door")
    run.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: %(default)s")
    run.set_defaults(func=_run)


def _run(args: argparse.Namespace) -> int:
    from faceidd.daemon.config_file import load_config
    from faceidd.daemon.daemon import Daemon

    config = load_config(args.config)
    if not args.verbose:
        logging.getLogger().setLevel(config.log.level.upper())
        logging.getLogger("faceidd.events.log").setLevel(logging.INFO)  # events are always told
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with Daemon(config) as daemon:
        daemon.run(stop)
    return 0
