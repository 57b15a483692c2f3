"""A daemon on a board of its own: `daemon_process.py LOG CONFIG`.

It is `faceidd run`, but the GPIO chip is a stand-in that writes each state of its lines to LOG.
"""

import sys
from contextlib import contextmanager
from pathlib import Path

from support.gpio_chip import GpioChip, installed

from faceidd.cli.main import main


def _main() -> int:
    log, config = sys.argv[1:]
    with contextmanager(installed)(GpioChip(Path(log))):
        return main(["run", "--config", config])


if __name__ == "__main__":
    sys.exit(_main())
