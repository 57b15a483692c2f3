"""What a door tells, in a process that is killed: `storm_sender.py CONFIG JOURNAL TOTAL PAUSE_MS`.

It tells events until so many are on the disk, in bursts, and then ends when all were heard. What
happens is noted in JOURNAL: a line `H number id` before an event is told, a line `C number` when
all up to this one are on the disk. A journal that is there already is gone on with.
"""

# ruff: noqa: S311 - chance, and no secret

import json
import os
import random
import sys
import time
from pathlib import Path

from faceidd.daemon.config import Config
from faceidd.daemon.outlets import Outlets
from faceidd.events.envelope import envelope
from faceidd.events.event import DoorOpened
from faceidd.events.state_board import StateBoard
from faceidd.units import Seconds

MOST_AT_ONCE = 20


def _main() -> None:
    config = Config.model_validate(json.loads(Path(sys.argv[1]).read_text()), strict=False)
    path, total, pause_s = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) / 1000
    lines = path.read_text().splitlines() if path.exists() else []
    number = max((int(line.split()[1]) for line in lines if line.startswith("H")), default=0)
    kept = sum(line.startswith("C") for line in lines)
    journal = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    outlets = Outlets(config, StateBoard(), lambda _: None)
    while kept < total:
        burst = range(number + 1, number + 1 + min(random.randint(1, MOST_AT_ONCE), total - kept))
        for number in burst:
            stamp = envelope("front", Seconds(60.0), age=Seconds(0.0))
            event = DoorOpened(**stamp, visit=f"{number}")
            os.write(journal, f"H {number} {event.id}\n".encode())
            outlets.publish(event)
        outlets.settle(20.0)
        for one in burst:
            os.write(journal, f"C {one}\n".encode())
        kept += len(burst)
        time.sleep(random.uniform(0, 2 * pause_s))
    while outlets.health is not None and outlets.health().waiting:
        time.sleep(0.05)
    outlets.close()


if __name__ == "__main__":
    _main()
