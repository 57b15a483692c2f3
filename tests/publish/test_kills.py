"""A publisher that is killed leaves a repository that verifies."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_killed_publisher_is_gone_on_with() -> None:
    # In a process without threads, which forks its publishers; all places: publish_kills 1.
    told = subprocess.run(
        [sys.executable, "-m", "support.publish_kills", "13"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "served whole each time" in told.stdout
