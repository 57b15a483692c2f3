"""What the service manager hears."""

import re
import time

import pytest
from support.hand_clock import HandClock

from faceidd.daemon.supervisor import FEED_EVERY, STATUS_EVERY, Supervisor
from faceidd.daemon.vitals import Stage


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr("faceidd.daemon.supervisor.notify", lambda state, *_: told.append(state))
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    return told


def test_the_watchdog_is_fed_in_a_pace_of_its_own(told: list[str]) -> None:
    supervisor = Supervisor(clock := HandClock())
    for _ in range(30):
        supervisor.alive(None)
        clock.sleep(FEED_EVERY / 10)
    assert told == ["WATCHDOG=1"] * 3


def test_an_impatient_watchdog_is_fed_sooner(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "400000")
    supervisor = Supervisor(clock := HandClock())
    for _ in range(3):
        supervisor.alive(None)
        clock.sleep(0.1)
    assert told == ["WATCHDOG=1"] * 3


def test_a_hung_stage_lets_it_starve_and_is_named(
    told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = Supervisor(clock := HandClock())
    for hung in (Stage.DECISIONS, Stage.DECISIONS, None):
        clock.sleep(FEED_EVERY)
        supervisor.alive(hung)
        supervisor.status("watching")
    assert told == ["STATUS=hung: decisions do not move", "WATCHDOG=1", "STATUS=watching"]
    assert caplog.text.count("decisions do not move; the watchdog is fed no more") == 1
    assert "all moves again" in caplog.text


def test_a_door_that_goes_on_as_before_is_hung_no_more(told: list[str]) -> None:
    supervisor = Supervisor(clock := HandClock())
    supervisor.ready("watching")
    for hung in (None, Stage.DEADLINES, None):
        clock.sleep(FEED_EVERY)
        supervisor.alive(hung)
        supervisor.status("watching")
    assert [one for one in told if "STATUS" in one] == [
        "READY=1\nSTATUS=watching",
        "STATUS=hung: the door's deadlines do not move",
        "STATUS=watching",
    ]


def test_a_status_line_is_told_when_it_is_new_and_not_too_often(told: list[str]) -> None:
    supervisor = Supervisor(clock := HandClock())
    supervisor.ready("a")
    for text in ("a", "b", "c", "c", "d"):
        supervisor.status(text)
        clock.sleep(STATUS_EVERY / 2)
    assert told == ["READY=1\nSTATUS=a", "STATUS=b", "STATUS=c"]


def test_a_reload_says_when_it_began_by_the_clock_of_systemd(told: list[str]) -> None:
    before = time.monotonic_ns() // 1000
    Supervisor().reloading()
    found = re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=(\d+)", told[0])
    assert found is not None
    assert before <= int(found[1]) <= time.monotonic_ns() // 1000
