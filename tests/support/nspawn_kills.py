"""A service that is killed in its pulses, under a real systemd: how long its pin stays energized.

This program presses the exit button in the container, kills the daemon in the pulse, and looks at
the pin, which is a file.
"""

import os
import random
import signal
import statistics
import time
from collections.abc import Iterator

from support.board import PULSE_S, drop_in, press, relay, require_rest
from support.container import Container, NotAsItMustBeError, wait_until

from faceidd.door.guard import GUARD_MARGIN

_QUICK = "[Service]\nRestartSec=0.2\n"
_CONFIG = "/etc/faceidd/faceidd.yaml"


def killed(container: Container, times: int) -> Iterator[tuple[str, float, str]]:
    """Kill the running service so often, and in some other ways; what happened, seconds, remarks.

    Raises:
        NotAsItMustBeError: A pin stayed energized, or the service did not come back.
    """
    drop_in(container, "quick", _QUICK)
    wait_until(lambda: not _energized(container), "the last visit is over")
    lasted = _kill_often(container, times, random.Random(1))  # noqa: S311 - moments, no secrets
    yield (
        f"energized after each of {times} kills in a pulse, at most",
        max(lasted),
        f"median {statistics.median(lasted):.2f} s",
    )
    guarded = f"guarded at {PULSE_S + GUARD_MARGIN:.1f} s"
    yield (
        "energized in all when the daemon is stopped in a pulse",
        _stop_process(container),
        guarded,
    )
    yield (
        "energized after a kill with a broken configuration",
        _break_configuration(container),
        "the service stays failed",
    )
    restart = ("systemctl", "--no-block", "restart", "faceidd")
    yield "energized after a restart in a pulse", _end(container, *restart), ""
    drop_in(container, "quick", None)


def _open_by_button(container: Container) -> tuple[int, float]:
    """Press the exit button of a door that is ready; say who keeps it, and since when."""
    wait_until(lambda: container.is_in("active"), "the service is ready")
    require_rest(container, "a restart")
    press(container, False)
    time.sleep(0.3)  # until the button counts as let go
    press(container, True)
    daemon = container.process("run")
    if daemon is None:
        raise NotAsItMustBeError("no daemon runs")
    wait_until(lambda: _energized(container), "the relay is energized")
    return daemon, time.monotonic()


def _energized(container: Container) -> bool:
    return relay(container) == (True, True)


def _kill_often(container: Container, times: int, chance: random.Random) -> list[float]:
    lasted = []
    for _ in range(times):
        daemon, _ = _open_by_button(container)
        time.sleep(chance.uniform(0, 0.6 * PULSE_S))
        if not _energized(container):
            raise NotAsItMustBeError("the pulse was over before the kill")
        os.kill(daemon, signal.SIGKILL)
        lasted.append(wait_until(lambda: not _energized(container), "the pin is at rest"))
    return lasted


def _stop_process(container: Container) -> float:
    daemon, began = _open_by_button(container)
    os.kill(daemon, signal.SIGSTOP)
    wait_until(lambda: not _energized(container), "the pin of a stopped daemon is at rest")
    return time.monotonic() - began


def _break_configuration(container: Container) -> float:
    config = container.path(_CONFIG)
    whole = config.read_text()
    daemon, _ = _open_by_button(container)
    config.write_text("door: [")
    os.kill(daemon, signal.SIGKILL)
    lasted = wait_until(lambda: not _energized(container), "the pin of a broken door is at rest")
    wait_until(lambda: container.is_in("failed"), "the service has given up")
    config.write_text(whole)
    container.do("systemctl", "start", "faceidd")
    return lasted


def _end(container: Container, *command: str) -> float:
    """End the service in a pulse; say how long the pin was energized after the command."""
    _open_by_button(container)
    began = time.monotonic()
    container.do(*command)
    wait_until(lambda: not _energized(container), "the pin of a stopped service is at rest")
    return time.monotonic() - began
