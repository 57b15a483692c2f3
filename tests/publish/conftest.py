"""A publisher, and a door of theirs."""

from pathlib import Path

import pytest
from support.publisher import Door, Publisher, make_door, make_publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """A publisher who has published nothing yet."""
    return make_publisher(tmp_path / "publisher")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A door for the staff of Seoul."""
    return make_door(tmp_path, "front")
