"""Kills a door with SIGKILL in the middle of its pulses, again and again: `kills.py TIMES`.

The door's pins are files, so that they outlive it, as the outputs of a Raspberry Pi do: the pin of
a killed door stays energized until somebody claims it again. After each kill either the service's
`ExecStopPost=` runs, or the next door starts without it; either way the pin must be at rest. Every
hundredth time the command is the real one, in a process of its own.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from faceidd.clock import monotonic
from faceidd.door.door import Door
from faceidd.door.guard import KernelGuard
from faceidd.door.pin_file import look
from faceidd.door.pulse import SHORTEST_PULSE, PulseRules
from faceidd.door.relay import RelaySettings, open_relay, rest
from faceidd.door.signal import Kind

PIN = "GPIO17"
AT_REST = {(True, False), (False, False)}
PATIENCE_S = 20.0
REAL_EVERY = 100


class NotAtRestError(Exception):
    """A relay is energized that must not be."""


def kill_often(times: int, folder: Path, seed: int) -> Counter[str]:
    """Kill so many doors; count what happened.

    Raises:
        NotAtRestError: A pin was energized after a restart or a stop.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, no secrets
    settings = RelaySettings(PIN, True, "simulated", folder=folder / "pins")
    counts: Counter[str] = Counter()
    for number in range(times):
        child = _start(settings)
        _require_rest(settings, "a restart")
        os.write(child.go, b"g")
        _wait_until_energized(settings)
        time.sleep(chance.uniform(0, SHORTEST_PULSE))
        os.kill(child.pid, signal.SIGKILL)
        os.waitpid(child.pid, 0)
        child.close()
        counts["killed"] += 1
        counts["left energized"] += look(folder / "pins", PIN) == (True, True)
        if number % REAL_EVERY == 0:
            _stop_for_real(folder)
            counts["put at rest by the command"] += 1
            _require_rest(settings, "a stop")
        elif chance.random() < 0.5:
            _in_child(lambda: rest(settings))
            counts["put at rest after a stop"] += 1
            _require_rest(settings, "a stop")
        else:
            counts["put at rest by the next start"] += 1
    _in_child(lambda: rest(settings))
    _require_rest(settings, "the last stop")
    return counts


class _Child:
    """A door in a process of its own."""

    def __init__(self, pid: int, ready: int, go: int) -> None:
        self.pid, self.ready, self.go = pid, ready, go

    def close(self) -> None:
        os.close(self.ready)
        os.close(self.go)


def _start(settings: RelaySettings) -> _Child:
    ready, ready_end = os.pipe()
    go_end, go = os.pipe()
    pid = os.fork()  # from a process without threads, with all it needs imported
    if pid == 0:
        try:
            _open_for_ever(settings, ready_end, go_end)
        finally:
            os._exit(1)
    os.close(ready_end)
    os.close(go_end)
    if os.read(ready, 1) != b"r":
        raise NotAtRestError("the door did not start")
    return _Child(pid, ready, go)


def _open_for_ever(settings: RelaySettings, ready: int, go: int) -> None:
    door = Door(
        open_relay(settings),
        PulseRules(SHORTEST_PULSE),
        on_change=lambda _: None,
        guard=KernelGuard(),
    )
    os.write(ready, b"r")
    os.read(go, 1)
    while True:
        door.take(Kind.GRANT, monotonic())
        time.sleep(0.002)


def _in_child(act: Callable[[], None]) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(pid, 0)[1] != 0:
        raise NotAtRestError("the pin was not put at rest")


def _stop_for_real(folder: Path) -> None:
    config = folder / "faceidd.yaml"
    config.write_text(f"door: {{pin: {PIN}, pin_factory: simulated, pins_dir: pins}}\n")
    command = [sys.executable, "-m", "faceidd", "door", "release", "--config", str(config)]
    here = {**os.environ, "RUNTIME_DIRECTORY": str(folder)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=here)


def _wait_until_energized(settings: RelaySettings) -> None:
    deadline = time.monotonic() + PATIENCE_S
    assert settings.folder is not None
    while look(settings.folder, PIN) != (True, True):
        if time.monotonic() > deadline:
            raise NotAtRestError("no pulse came")
        time.sleep(0.001)


def _require_rest(settings: RelaySettings, after: str) -> None:
    assert settings.folder is not None
    if (pin := look(settings.folder, PIN)) not in AT_REST:
        raise NotAtRestError(f"the pin is {pin} after {after}")


def _main() -> None:
    times = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faceidd-kills-") as folder:
        counts = kill_often(times, Path(folder), seed)
    for what, count in counts.items():
        print(f"{count:6d} {what}")
    print(f"at rest each time; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    _main()
