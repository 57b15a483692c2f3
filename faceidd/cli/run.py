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
    from faceidd.daemon.config import Config
    from faceidd.daemon.config_file import load_config_file
    from faceidd.daemon.daemon import Daemon

    def set_level(config: Config) -> None:
        if not args.verbose:
            logging.getLogger().setLevel(config.log.level.upper())
            logging.getLogger("faceidd.events.log").setLevel(logging.INFO)  # always told

    stop, reload = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, lambda *_: reload.set())
    file = load_config_file(args.config)
    set_level(file.config)
    with Daemon(file.config, file, set_level) as daemon:
        daemon.run(stop, reload=reload)
    return 0
