"""What tests of the sync share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.synced_door import SyncedDoor, synced_door


@pytest.fixture
def door(tmp_path: Path) -> Iterator[SyncedDoor]:
    """A door with its repository, where nothing is published yet."""
    with synced_door(tmp_path) as one:
        yield one


@pytest.fixture
def good_door(door: SyncedDoor) -> SyncedDoor:
    """A door that has version 1, with five people."""
    door.publish(5, 1)
    door.sync()
    return door
