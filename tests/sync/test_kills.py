import shutil
from pathlib import Path

import pytest
from support.sync_kills import by_delta, crash_often, first


def test_a_sync_that_is_killed_leaves_the_old_or_the_new_gallery(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    counts = crash_often(tmp_path, (first, by_delta), sample=17, real=False)
    assert counts["by_delta"] > 10
