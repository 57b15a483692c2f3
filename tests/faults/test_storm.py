"""Broker and daemon are killed while the door tells; `make storm` does so at length."""

from pathlib import Path

import pytest
from support.mosquitto import MosquittoUnavailableError
from support.storm import storm


def test_what_is_on_the_disk_arrives_once_and_in_order_whoever_is_killed(tmp_path: Path) -> None:
    try:
        outcome = storm(tmp_path, 60, broker_kills=2, daemon_kills=1, pause_ms=20)
    except MosquittoUnavailableError as missing:
        pytest.skip(str(missing))
    assert (outcome.kept, outcome.missing, outcome.disordered) == (60, (), 0)
