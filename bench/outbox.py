"""What 200 events a second into the outbox add to a decision, with and without in turns.

A decision is the daemon's whole look at a frame with a face. Blocks of looks take turns: in every
other one a thread tells 200 events a second, which are brought to the disk and told to a broker
meanwhile. What they add is the median of the differences between a block and the quiet one before
it, with the bounds that hold it in 95 of 100 runs. On a machine that others use too, the time on
the wall is mostly theirs; so the time that the deciding thread spent on a processor is told beside
it. Also measured is what one `publish` takes, how soon an event is on the disk, and what all
threads of the daemon spend on an event when nothing else is done.
"""

import math
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
COMMITS, COMMIT_PAUSE_S = 50, 0.2
COST_S = 5.0
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
        outlets = Outlets(config, StateBoard(), lambda _: None, lambda _: None)
        quiet, busy, told = _in_turns(decide, outlets)
        commits = _commits(outlets)
        cost = _cost(outlets)
        health = outlets.health() if outlets.health else None
        outlets.close()
    door.close()
    print(
        f"{len(told)} events at {RATE} a second in every other one of {BLOCKS}"
        f" blocks of {LOOKS} looks\n"
    )
    print("| what | median ms | p99 ms |")
    print("|---|---|---|")
    for name, times in (
        ("a decision, nothing told", [wall for wall, _ in quiet]),
        (f"a decision, {RATE} events a second", [wall for wall, _ in busy]),
        ("... on a processor, nothing told", [work for _, work in quiet]),
        (f"... on a processor, {RATE} events a second", [work for _, work in busy]),
        ("publish", told),
        (f"publish and commit, {1 / COMMIT_PAUSE_S:g} a second", commits),
    ):
        print(f"| {name} | {statistics.median(times):.3f} | {_p99(times):.3f} |")
    added = _added([wall for wall, _ in quiet], [wall for wall, _ in busy])
    worked = _added([work for _, work in quiet], [work for _, work in busy])
    print(
        f"\nadded to a decision: {_range(added)} ms, {_range(worked)} ms on a processor; {health}"
    )
    print(f"an event takes {cost:.3f} ms of a processor, from its making to the broker's answer")
    return int(added[1] > MOST_ADDED_MS)


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

    times: list[float] = []
    for _ in range(COMMITS):
        time.sleep(COMMIT_PAUSE_S)
        times.append(_timed(commit))
    return times


def _cost(outlets: Outlets) -> float:
    stop, told = threading.Event(), list[float]()
    teller = threading.Thread(target=_tell, args=(outlets, stop, told))
    began = time.process_time()
    teller.start()
    time.sleep(COST_S)
    stop.set()
    teller.join()
    return 1000 * (time.process_time() - began) / len(told)


def _added(quiet: list[float], busy: list[float]) -> tuple[float, float, float]:
    """Lower bound, median and upper bound of the differences between neighboring blocks."""
    medians = (
        [statistics.median(times[at : at + LOOKS]) for at in range(0, len(times), LOOKS)]
        for times in (quiet, busy)
    )
    gaps = sorted(after - before for before, after in zip(*medians, strict=True))
    reach = math.sqrt(len(gaps))  # two standard deviations of the rank of a median
    low, high = (round((len(gaps) - 1 + sign * reach) / 2) for sign in (-1, 1))
    return gaps[low], statistics.median(gaps), gaps[high]


def _range(added: tuple[float, float, float]) -> str:
    return f"{added[1]:.3f} ({added[0]:.3f} to {added[2]:.3f})"


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
