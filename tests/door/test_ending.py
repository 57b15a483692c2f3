"""However the process ends, it leaves the relay released."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import door_process
from support.gpio_chip import Line, seen_in

ENERGIZED, RELEASED = Line(driven=True, level=1), Line(driven=True, level=0)
GIVEN_BACK = Line(driven=False, level=0)


@pytest.mark.parametrize(
    ("ending", "number"),
    [
        ("return", None),
        ("exit", None),
        ("raise", None),
        ("thread", None),
        ("signal", signal.SIGTERM),
        ("signal", signal.SIGINT),
    ],
)
def test_the_relay_is_released_when_the_process_ends(
    ending: str, number: signal.Signals | None, tmp_path: Path
) -> None:
    log = tmp_path / "line"
    tests = Path(__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, door_process.__file__, log, ending],
        env={**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        if number is not None:
            assert seen_in(log)[-1] == ENERGIZED
            process.send_signal(number)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert seen_in(log)[-3:] == [ENERGIZED, RELEASED, GIVEN_BACK]
