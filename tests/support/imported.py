"""What a door's processes load: a whole door is run, with `import_trace`, until it has opened."""

import functools
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

from support.environment import ROOT
from support.mjpeg_camera import MjpegCamera
from support.small_door import Settings, jpeg, visit, write
from support.started_daemon import StartedDaemon
from support.whole_door import RELAY

from faceidd.door.pin_file import look

TRACER = Path(__file__).parent / "import_trace"
PATIENCE_S = 60.0
PYTHONS_OWN = "Python"


@dataclass(frozen=True, slots=True)
class Load:
    """A step of loading a module: making it, or running it.

    Attributes:
        module: Its name.
        at: When, on the monotonic clock.
        resident: Bytes that it added to the process's resident memory, without the modules that
            it loaded itself.
        took: Seconds, likewise.
    """

    module: str
    at: float
    resident: int
    took: float

    @property
    def package(self) -> str:
        """The package at the top of its name."""
        return self.module.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Loads:
    """What both processes of a door loaded.

    Attributes:
        daemon: The daemon's modules, in the order of their loading.
        capture: The capture process's.
        ready_at: When the daemon was ready.
    """

    daemon: tuple[Load, ...]
    capture: tuple[Load, ...]
    ready_at: float


def loads_of(python: Path, settings: Settings, folder: Path) -> Loads:
    """Run a door before somebody it knows, and say what was loaded until it had opened.

    Args:
        python: What runs it.
        settings: The door's; its camera is replaced by one of the network.
        folder: For the configuration and the trace.
    """
    trace = folder / "trace"
    trace.mkdir()
    environment = {"PYTHONPATH": f"{TRACER}:{ROOT}", "FACEIDD_IMPORT_TRACE": str(trace)}
    with MjpegCamera([jpeg(visit())], fps=10) as camera:
        settings["camera"] = {"source": camera.url}
        command = (python, "-P", "-m", "faceidd", "run", "--config", write(settings, folder))
        with StartedDaemon(command, folder / "log", environment) as daemon:
            ready_at = daemon.wait_ready()
            deadline = time.monotonic() + PATIENCE_S
            while look(Path(str(settings["door"]["pins_dir"])), RELAY) != (True, True):
                if time.monotonic() > deadline:
                    raise AssertionError(f"the door did not open: {daemon.log}")
                time.sleep(0.01)
            if code := daemon.stop():
                raise AssertionError(f"exit code {code}: {daemon.log}")
    files = sorted(trace.iterdir(), key=lambda file: file.name != str(daemon.pid))
    ours, capture = (_read(file) for file in files)
    return Loads(ours, capture, ready_at)


@functools.cache
def distribution_of(package: str) -> str:
    """The distribution that a package came with; `Python` for the standard library's."""
    if package in sys.stdlib_module_names or package.startswith("_sysconfigdata"):
        return PYTHONS_OWN
    return canonical(_distributions().get(package, [package])[0])


def locked(listing: Path) -> dict[str, str]:
    """Distributions of a lock, by name -> version."""
    lines = (line.split(";")[0].split() for line in listing.read_text().splitlines())
    pairs = (words[0].split("==") for words in lines if words and "==" in words[0])
    return {canonical(name): version for name, version in pairs}


def canonical(name: str) -> str:
    """A distribution's name as locks write it."""
    return name.lower().replace("_", "-").replace(".", "-")


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def _read(file: Path) -> tuple[Load, ...]:
    return tuple(Load(**json.loads(line)) for line in file.read_text().splitlines())
