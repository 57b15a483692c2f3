"""A door that tells while its broker and its daemon are killed: `python -m support.storm`.

Arguments: events, kills of the broker, kills of the daemon. A subscriber with a session of its own
knows events by their ids. Told is what must hold: whatever was on the disk when the daemon was
killed arrives, each once, in order; and how much was told in the moment before.
"""

# ruff: noqa: S311 - chance, and no secret

import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from support import storm_sender
from support.hearer import PATIENCE_S, Hearer
from support.mosquitto import Mosquitto


@dataclass
class Journal:
    """What the door says that happened.

    Attributes:
        happened: Number -> id, of all that was told.
        kept: Numbers that were on the disk.
    """

    happened: dict[int, str] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> "Journal":
        journal = cls()
        for line in path.read_text().splitlines() if path.exists() else ():
            kind, number, *rest = line.split()
            if kind == "H":
                journal.happened[int(number)] = rest[0]
            else:
                journal.kept.add(int(number))
        return journal


class Progress:
    """How many events are on the disk, as a journal says that grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self._kept = 0

    def wait(self, moment: int, door: subprocess.Popen[bytes]) -> None:
        """Wait until there are so many."""
        deadline = time.monotonic() + PATIENCE_S
        while self._look() < moment:
            assert door.poll() is None, "the door ended before its time"
            assert time.monotonic() < deadline, "the door does not go on"
            time.sleep(0.005)

    def _look(self) -> int:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                news = file.read()
            self._read += len(news)
            self._kept += news.count(b"C")
        return self._kept


@dataclass(frozen=True)
class Outcome:
    """What came of a storm.

    Attributes:
        kept: Events that were on the disk.
        missing: Numbers of those that never arrived.
        disordered: How often an event was heard after a later one.
        unkept: Events that were told right before a kill and not known to be on the disk.
        unkept_lost: Those of them that never arrived.
        deliveries: Messages that came.
        heard: Different events that came.
        late: Messages that came as history.
        took_s: How long it all took.
    """

    kept: int
    missing: tuple[int, ...]
    disordered: int
    unkept: int
    unkept_lost: int
    deliveries: int
    heard: int
    late: int
    took_s: float


def storm(
    folder: Path, events: int, broker_kills: int, daemon_kills: int, *, pause_ms: int = 100
) -> Outcome:
    """Let it rage.

    Args:
        folder: An empty folder.
        events: How many are to be on the disk in the end.
        broker_kills: How often the broker is killed, at random.
        daemon_kills: How often the daemon is.
        pause_ms: Mean pause of the door between two bursts of events.
    """
    began = time.monotonic()
    broker_folder, path = folder / "broker", folder / "journal"
    broker_folder.mkdir()
    broker = Mosquitto(broker_folder, persistent=True)
    config = _write_config(folder, broker)
    command: list[str | Path] = [sys.executable, storm_sender.__file__, config, path]
    command += [str(events), str(pause_ms)]
    progress = Progress(path)
    kills = [*["broker"] * broker_kills, *["daemon"] * daemon_kills]
    random.shuffle(kills)
    moments = sorted(random.randint(1, events - 1) for _ in kills)
    with broker, Hearer(broker) as hearer:
        door = subprocess.Popen(command)
        try:
            for moment, kill in zip(moments, kills, strict=True):
                progress.wait(moment, door)
                time.sleep(random.uniform(0, 0.05))
                if kill == "daemon":
                    door.kill()
                    door.wait()
                    door = subprocess.Popen(command)
                else:
                    broker.freeze()
                    hearer.drain()
                    broker.kill()
                    time.sleep(random.uniform(0, 0.2))
                    broker.start()
                    hearer.connect()
            assert door.wait(PATIENCE_S + events) == 0
            journal = Journal.read(path)
            wanted = {journal.happened[number] for number in journal.kept}
            deadline = time.monotonic() + PATIENCE_S
            while wanted - hearer.heard.keys() and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            door.kill()
            door.wait()
        return _outcome(journal, hearer, time.monotonic() - began)


def _write_config(folder: Path, broker: Mosquitto) -> Path:
    config = {
        "policy": {"state_dir": str(folder / "state")},
        "mqtt": {
            "host": broker.host,
            "port": broker.port,
            "username": broker.door_login.username,
            "password": broker.door_login.password,
            "tls": {"ca": str(broker.ca_file)},
        },
    }
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    return file


def _outcome(journal: Journal, hearer: Hearer, took_s: float) -> Outcome:
    order = list(hearer.heard.values())
    unkept = journal.happened.keys() - journal.kept
    return Outcome(
        kept=len(journal.kept),
        missing=tuple(
            sorted(one for one in journal.kept if journal.happened[one] not in hearer.heard)
        ),
        disordered=sum(second < first for first, second in pairwise(order)),
        unkept=len(unkept),
        unkept_lost=sum(journal.happened[one] not in hearer.heard for one in unkept),
        deliveries=hearer.deliveries,
        heard=len(hearer.heard),
        late=hearer.late,
        took_s=took_s,
    )


def _main() -> int:
    events, broker_kills, daemon_kills = (int(argument) for argument in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as folder:
        outcome = storm(Path(folder), events, broker_kills, daemon_kills)
    print(outcome)
    return int(bool(outcome.missing) or outcome.disordered > 0)


if __name__ == "__main__":
    sys.exit(_main())
