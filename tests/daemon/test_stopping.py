"""A daemon that is stopped shuts the door first, and is gone before systemd loses patience."""

import re
import threading
from pathlib import Path

import pytest
from support.small_door import Settings

from faceidd.audit import writer
from faceidd.camera import capture_process
from faceidd.daemon import metrics_server, renewal
from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.door import door, inputs
from faceidd.door.relay import Relay
from faceidd.events import mqtt_sink, outbox, paho, webhook
from faceidd.snapshots import photographer

UNIT = Path(__file__).parents[2] / "systemd" / "faceidd.service"
MARGIN_S = 2.0
"""For the interpreter to end."""


def test_all_that_is_waited_for_fits_the_time_that_systemd_gives() -> None:
    given = re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert given is not None
    sinks = max(mqtt_sink.CLOSE_TIMEOUT + paho.LONGEST_PAUSE, webhook.CLOSE_TIMEOUT)
    bounds = [
        2 * door.CLOSE_TIMEOUT,
        metrics_server.CLOSE_WITHIN,
        2 * renewal.CLOSE_PATIENCE,
        inputs.CLOSE_TIMEOUT,
        photographer.CLOSE_TIMEOUT,
        sinks,
        outbox.CLOSE_TIMEOUT,
        capture_process.REAP_S,
        writer.CLOSE_WITHIN,
    ]
    assert sum(bounds) <= float(given[1]) - MARGIN_S


def test_the_relay_is_at_rest_before_anything_else_is_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    relays: list[Relay] = []
    energized: list[bool] = []

    class FirstClosed:
        """Stands where the metrics are, which are closed first of what closes in reverse."""

        def close(self) -> None:
            energized.append(relays[0].energized)

    monkeypatch.setattr("faceidd.daemon.daemon.serve_metrics", lambda *_: FirstClosed())
    settings["door"]["pulse_s"] = 30
    with Daemon(Config.model_validate(settings)) as daemon:
        relays.append(daemon.relay)
        daemon.run(threading.Event())
        energized.append(daemon.relay.energized)
    assert energized == [True, False]
