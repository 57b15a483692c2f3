"""The kernel ends a process that holds its relay for too long, however it hangs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import hanging_process

from faceidd.door.guard import KernelGuard
from faceidd.door.pin_file import look
from faceidd.door.relay import RelaySettings, rest
from faceidd.errors import DoorError
from faceidd.units import Seconds

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("how", ["interpreter held", "stopped", "keeper gone"])
def test_a_process_that_hangs_in_a_pulse_is_killed_and_its_pin_put_at_rest(
    how: str, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, hanging_process.__file__, tmp_path, how],
        env={**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            assert process.wait(30) == -signal.SIGKILL
        finally:
            process.kill()
    # As a kernel that keeps outputs leaves it, until the service's ExecStopPost= runs.
    assert look(tmp_path, "GPIO17") == (True, True)
    rest(RelaySettings("GPIO17", True, "simulated", folder=tmp_path))
    assert look(tmp_path, "GPIO17") == (False, False)


def test_what_is_disarmed_in_time_ends_nothing() -> None:
    guard = KernelGuard()
    guard.arm(Seconds(60))
    guard.arm(Seconds(120))
    guard.disarm()
    guard.disarm()
    guard.close()
    guard.close()


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("inf"), float("nan")])
def test_no_time_and_endless_time_are_refused(seconds: float) -> None:
    guard = KernelGuard()
    with pytest.raises(DoorError, match="nothing can be guarded"):
        guard.arm(Seconds(seconds))
    guard.close()
