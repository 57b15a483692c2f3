import shutil
from pathlib import Path

import pytest
from support.sync_kills import crash_often
from support.synced_door import SyncedDoor


def a_second_version(door: SyncedDoor) -> None:
    door.publish(5, 1)
    door.sync()
    door.publish(5, 2, changed=1)


def test_a_sync_that_is_killed_leaves_the_old_or_the_new_gallery(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    counts = crash_often(tmp_path, (a_second_version,), sample=23, real=False)
    assert counts["a_second_version"] > 5
