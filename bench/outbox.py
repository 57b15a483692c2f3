"""What 200 events a second into the outbox add to a decision, with and without in turns.

A decision is the daemon's whole look at a frame with a face. Blocks of looks take turns: in every
other one a thread tells 200 events a second, which are brought to the disk and told to a broker
meanwhile. On a machine that others use too, the time on the wall is mostly theirs; so the time that
the deciding thread spent on a processor is told beside it. Also measured is what one `publish`
takes, and one commit.
"""

import statistics
import tempfile
import threading
import time
from pathlib import Path

from bench.look import Work, look, picture
from bench.setup import model, options
from faceidd.daemon.config import Config
from faceidd.daemon.outlets import Outlets
from faceidd.door.door import Door
from faceidd.door.pulse import PulseRules
from faceidd.door.relay import RelaySettings, open_relay
from faceidd.events.embedded import EmbeddedBroker
from faceidd.events.envelope import envelope
from faceidd.events.event import DoorOpened
from faceidd.events.state_board import StateBoard
from faceidd.units import Seconds

RATE = 200
Taken = tuple[float, float]
"""Milliseconds on the wall, and of the thread on a processor."""
BLOCKS, LOOKS = 200, 10
MOST_ADDED_MS = 1.0


def main() -> int:
    """Print the table; return 1 if a decision takes longer by more than `MOST_ADDED_MS`."""
    parser = options(__doc__ or "")
    parser.add_argument("--folder", type=Path, help="where the outbox lies; a temporary one")
    arguments = parser.parse_args()
    relay = open_relay(RelaySettings("GPIO17", active_high=True, pin_factory="simulated"))
    door = Door(relay, PulseRules(Seconds(3)), lambda _: None)
    decide = look(model(arguments, min_face_px=130), door, picture())
    with (
        tempfile.TemporaryDirectory(dir=arguments.folder) as folder,
        EmbeddedBroker() as broker,
    ):
        config = Config.model_validate(
            {
                "policy": {"state_dir": str(Path(folder))},
                "mqtt": {"host": broker.host, "port": broker.port},
            }
        )
        outlets = Outlets(config, StateBoard(), lambda _: None)
        quiet, busy, told = _in_turns(decide, outlets)
        commits = _commits(outlets)
        health = outlets.health() if outlets.health else None
        outlets.close()
    door.close()
    walls, works = ([taken[index] for taken in quiet] for index in (0, 1))
    busy_walls, busy_works = ([taken[index] for taken in busy] for index in (0, 1))
    added = statistics.median(busy_walls) - statistics.median(walls)
    print(
        f"{len(told)} events at {RATE} a second in every other one of {BLOCKS}"
        f" blocks of {LOOKS} looks\n"
    )
    print("| what | median ms | p99 ms |")
    print("|---|---|---|")
    for name, times in (
        ("a decision, nothing told", walls),
        (f"a decision, {RATE} events a second", busy_walls),
        ("... on a processor, nothing told", works),
        (f"... on a processor, {RATE} events a second", busy_works),
        ("publish", told),
        ("publish and commit", commits),
    ):
        print(f"| {name} | {statistics.median(times):.3f} | {_p99(times):.3f} |")
    print(f"\nadded to a decision: {added:.3f} ms (median); {health}")
    return int(added > MOST_ADDED_MS)


def _in_turns(decide: Work, outlets: Outlets) -> tuple[list[Taken], list[Taken], list[float]]:
    quiet: list[Taken] = []
    busy: list[Taken] = []
    told: list[float] = []
    for _ in range(LOOKS):
        decide()
    for block in range(BLOCKS):
        stop = threading.Event()
        teller = threading.Thread(target=_tell, args=(outlets, stop, told))
        if block % 2:
            teller.start()
        for _ in range(LOOKS):
            worked = time.thread_time()
            wall = _timed(decide)
            taken = wall, 1000 * (time.thread_time() - worked)
            (busy if block % 2 else quiet).append(taken)
        if block % 2:
            stop.set()
            teller.join()
    return quiet, busy, told


def _tell(outlets: Outlets, stop: threading.Event, told: list[float]) -> None:
    due = time.monotonic()
    while not stop.is_set():
        told.append(_timed(lambda: outlets.publish(_event())))
        due += 1 / RATE
        stop.wait(max(0.0, due - time.monotonic()))


def _commits(outlets: Outlets) -> list[float]:
    def commit() -> None:
        outlets.publish(_event())
        outlets.settle(10.0)

    return [_timed(commit) for _ in range(200)]


def _event() -> DoorOpened:
    stamp = envelope("front", Seconds(60.0), age=Seconds(0.0))
    return DoorOpened(**stamp, visit="bench")


def _timed(work: Work) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[-1]


if __name__ == "__main__":
    raise SystemExit(main())
