import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import faceidd
from faceidd.clock import RealTime, monotonic, real_s, right_time, since_boot, wall, wall_s

ROOMS = (
    "camera", "face", "gallery", "access", "door", "events", "snapshots", "audit", "daemon",
)  # fmt: skip
PAST_THE_CLOCK = re.compile(r"time\.time(_ns)?\b|datetime\.now\b|\btime\.sleep\b|clock_gettime")


def test_time_passes_as_it_does() -> None:
    first, second = monotonic(), monotonic()
    assert first <= second <= monotonic()
    assert since_boot() >= first
    assert abs((wall() - datetime.now(UTC)).total_seconds()) < 5
    assert abs(wall_s() - wall().timestamp()) < 5
    assert (RealTime().haste, real_s(1.5)) == (1, 1.5)


def test_a_file_that_cannot_be_looked_for_vouches_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "synced").touch()
    assert right_time(tmp_path / "synced") is not None

    def fails(_: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "exists", fails)
    assert right_time(tmp_path / "synced") is None


def test_the_daemon_learns_the_time_nowhere_else() -> None:
    """Else it would go by another clock than all others in a simulation."""
    package = Path(faceidd.__file__).parent
    found = {
        f"{path.relative_to(package)}:{number}: {line.strip()}"
        for room in ROOMS
        for path in (package / room).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if PAST_THE_CLOCK.search(line)
    }
    assert found == set()
