"""A door that is killed in a pulse is at rest after the next start and after a stop."""

import os
import re
import subprocess
import sys
from pathlib import Path

from support import kills

TIMES = 10
"""`make kills` does it ten thousand times."""


def test_killed_in_a_pulse_the_pin_is_at_rest_after_a_restart_and_a_stop() -> None:
    tests = Path(__file__).parents[1]
    # In a process of its own: it forks, and must have no threads.
    done = subprocess.run(
        [sys.executable, kills.__file__, str(TIMES)],
        env={**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counted = re.findall(r"^ *(\d+) (.+)$", done.stdout, re.MULTILINE)
    counts = {what: int(count) for count, what in counted}
    assert counts["killed"] == TIMES
    assert counts["left energized"] > 0  # else there was nothing to put at rest
