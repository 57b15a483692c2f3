from pathlib import Path

import pytest
from support.hand_clock import HandClock

from faceidd.daemon.nudge import FILE, Nudge
from faceidd.events.paho import Received

MESSAGE = Received(b"whatever", "faceidd/sync", retained=False)


def touched(file: Path) -> bool:
    """Whether the file was made since this was asked last."""
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def test_a_message_asks_for_a_sync(tmp_path: Path) -> None:
    nudge = Nudge(tmp_path, HandClock())
    nudge.poll()
    assert not touched(tmp_path / FILE)
    nudge.receive(MESSAGE)
    nudge.poll()
    assert touched(tmp_path / FILE)


def test_many_messages_ask_once_a_minute_and_the_last_is_not_lost(tmp_path: Path) -> None:
    clock = HandClock()
    nudge = Nudge(tmp_path, clock)
    asked = 0
    for _ in range(180):
        nudge.receive(MESSAGE)
        nudge.poll()
        asked += touched(tmp_path / FILE)
        clock.sleep(1.0)
    assert asked == 3
    nudge.poll()
    assert touched(tmp_path / FILE)
    clock.sleep(100.0)
    nudge.poll()
    assert not touched(tmp_path / FILE)


def test_a_folder_that_is_gone_stops_no_door(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nudge = Nudge(tmp_path / "gone", HandClock())
    nudge.receive(MESSAGE)
    nudge.poll()
    assert "a sync cannot be asked for" in caplog.text
