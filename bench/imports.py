"""What a door loads, and what that costs: `PYTHONPATH=tests:. python -m bench.imports`.

A door that has everything on, before a network camera and a real mosquitto, is run until it has
opened, by the Python of an environment that was made of the door's lock alone. Several times; the
medians are told. Memory is resident memory by the module that made it grow; half of it belongs to
libraries whose pages two processes share.
"""

import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from support.environment import ROOT, python_of
from support.imported import PYTHONS_OWN, Load, Loads, canonical, distribution_of, loads_of, locked
from support.mosquitto import Mosquitto
from support.small_door import furnish
from support.whole_door import complete

from bench.setup import MODELS

RUNS = 5
OURS = "faceidd"


def main() -> int:
    """Print the tables; return 1 if something is loaded that a door does not install."""
    python, lock = python_of("device"), locked(ROOT / "requirements/device.txt")
    runs = [_run(python) for _ in range(RUNS)]
    print(f"medians of {RUNS} runs; {_of_last(runs)}\n")
    print("| distribution | daemon: modules | MB | ms | capture: modules | MB | ms |")
    print("|---|---|---|---|---|---|---|")
    names = {distribution_of(one.package) for one in (*runs[0].daemon, *runs[0].capture)}
    costs = {name: _cost(runs, name) for name in names}
    for name in sorted(names, key=lambda name: -costs[name][1]):
        daemon, capture = costs[name][:3], costs[name][3:]
        print(f"| {_titled(name, lock)} | {_cells(daemon)} | {_cells(capture)} |")
    print("\n| installed, and not loaded by a running door | is there for |\n|---|---|")
    for name in sorted(set(lock) - names):
        print(f"| {_titled(name, lock)} | {', '.join(_askers(name, lock))} |")
    foreign = names - set(lock) - {OURS, PYTHONS_OWN}
    print(f"\nloaded and not in the door's lock: {', '.join(sorted(foreign)) or 'nothing'}")
    return 1 if foreign else 0


def _run(python: Path) -> Loads:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["RUNTIME_DIRECTORY"] = str(folder / "run")
        settings = furnish(folder, MODELS.resolve())
        (folder / "broker").mkdir()
        with Mosquitto(folder / "broker") as broker:
            complete(settings, folder, broker.door_settings(folder))
            return loads_of(python, settings, folder)


def _cost(runs: Sequence[Loads], name: str) -> list[float]:
    """Modules, megabytes and milliseconds of a distribution: the daemon's, then the capture's."""
    whose: tuple[Callable[[Loads], tuple[Load, ...]], ...] = (_daemon, _capture)
    return [
        statistics.median(values)
        for of in whose
        for values in zip(*(_spent(of(run), name) for run in runs), strict=True)
    ]


def _daemon(run: Loads) -> tuple[Load, ...]:
    return run.daemon


def _capture(run: Loads) -> tuple[Load, ...]:
    return run.capture


def _spent(loads: Sequence[Load], name: str) -> tuple[float, float, float]:
    mine = [load for load in loads if distribution_of(load.package) == name]
    memory, seconds = sum(load.resident for load in mine), sum(load.took for load in mine)
    return len({load.module for load in mine}), memory / 1e6, 1e3 * seconds


def _cells(cost: Sequence[float]) -> str:
    modules, megabytes, milliseconds = cost
    return f"{modules:.0f} | {megabytes:.1f} | {milliseconds:.0f}" if modules else "| |"


def _of_last(runs: Sequence[Loads]) -> str:
    late = {load.module for run in runs for load in run.daemon if load.at > run.ready_at}
    return f"loaded after the door was ready: {', '.join(sorted(late)) or 'nothing'}"


def _titled(name: str, lock: dict[str, str]) -> str:
    return f"{name} {lock[name]}" if name in lock else name


def _askers(name: str, lock: dict[str, str]) -> list[str]:
    """The rooms that import a distribution, and what else of the lock requires it."""
    required: dict[str, set[str]] = defaultdict(set)
    for one in distributions():
        asker = canonical(one.name)
        for text in one.requires or () if asker in lock else ():
            required[canonical(Requirement(text).name)].add(asker)
    rooms = {
        f"`{path.relative_to(ROOT / OURS).parts[0].removesuffix('.py')}`"
        for path in sorted((ROOT / OURS).rglob("*.py"))
        for line in path.read_text().splitlines()
        if line.split()[:1] in (["import"], ["from"])
        and distribution_of(line.split()[1].partition(".")[0]) == name
    }
    return sorted(rooms) + sorted(required[name])


if __name__ == "__main__":
    sys.exit(main())
