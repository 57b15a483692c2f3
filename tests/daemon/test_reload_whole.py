"""A reload is taken in whole or not at all, and unasked only from files that are whole."""

from typing import Any

import pytest
from support.reloaded import POLICY, Reloaded, openings, types
from support.small_door import Settings

from faceidd.daemon import renewal
from faceidd.daemon.auditor import Auditor
from faceidd.daemon.config import Config
from faceidd.daemon.config_file import load_config
from faceidd.daemon.known import Known, prepare_anew
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.reload import Reload
from faceidd.daemon.wiring import door_rules
from faceidd.events.event import Event
from faceidd.events.upkeep import ConfigurationRefused, GalleryRefused

RULES = POLICY + "    second_factor: {kinds: [pin], within_s: 20}\n    lockdown: true\n"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are looked at whenever it is polled, and need not keep still."""
    monkeypatch.setattr(renewal, "LOOK_PAUSE", 0.0)
    monkeypatch.setattr("faceidd.daemon.reload.SETTLES", 0.0)


@pytest.mark.usefixtures("at_once")
def test_another_file_is_taken_in_unasked(
    reloaded: Reloaded, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Reload, "ask_aloud", lambda _: None)

    def change() -> None:
        reloaded.change(access={"min_frames": 8})
        reloaded.look()

    reloaded.settings["access"] = {"min_frames": 5}
    reloaded.run(change)
    assert [config.access.min_frames for config in reloaded.in_force] == [8]
    assert types(events).count("configuration_changed") == 2  # the start, and this


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("what", ["configuration", "policy"])
def test_what_may_be_half_written_is_taken_in_only_when_somebody_asks(
    reloaded: Reloaded, events: list[Event], what: str
) -> None:
    policy = reloaded.folder / "policy.yaml"
    policy.write_text(RULES)
    reloaded.settings["policy"] |= {"file": str(policy)}
    access = reloaded.settings["access"] = {"min_frames": 8}

    def cut() -> None:
        if what == "policy":
            policy.write_text(POLICY)
        else:
            del access["min_frames"]
            reloaded.change()
        reloaded.look()
        assert reloaded.in_force == []
        assert [one.type for one in events if one.type.endswith("_refused")] == [refused]

    refused = "gallery_refused" if what == "policy" else "configuration_refused"
    daemon = reloaded.run(cut)
    assert reloaded.notes == [""]
    (told,) = [one for one in events if isinstance(one, ConfigurationRefused | GalleryRefused)]
    assert "may be half written" in told.reason
    assert types(events).count(f"{what}_changed") == 2  # the start, and when it was asked for
    assert openings(daemon) == (1 if what == "policy" else 0)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("meanwhile", "told", "in_force"),
    [
        ({"min_frames": 8, "min_margin": 0.1}, "configuration_changed", [8]),
        ({"min_frames": 8}, "configuration_refused", []),  # it lacks min_margin
        ({"min_frames": "no", "min_margin": 0.1}, "configuration_refused", []),
    ],
    ids=["another", "cut", "wrong"],
)
def test_a_configuration_that_comes_during_the_start_is_not_missed(
    reloaded: Reloaded,
    events: list[Event],
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: dict[str, object],
    told: str,
    in_force: list[int],
) -> None:
    def come() -> None:
        reloaded.settings["access"] = meanwhile
        reloaded.change()

    reloaded.settings["access"] = {"min_frames": 5, "min_margin": 0.1}
    reloaded.meanwhile = come
    monkeypatch.setattr(Reload, "ask_aloud", lambda _: None)

    def look() -> None:
        reloaded.look()  # which the run sets

    reloaded.run(look)
    assert [config.access.min_frames for config in reloaded.in_force] == in_force
    assert types(events).count(told) == (2 if in_force else 1)  # the start is a change too


def test_a_policy_that_is_being_written_is_not_taken_also_when_it_is_asked_for(
    reloaded: Reloaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = reloaded.folder / "policy.yaml"
    policy.write_text(RULES)
    reloaded.settings["policy"] |= {"file": str(policy)}

    def slow(*what: Any) -> Known:
        known = prepare_anew(*what)
        policy.write_text(RULES)  # and now it is whole
        return known

    monkeypatch.setattr("faceidd.daemon.entrance.prepare_anew", slow)
    daemon = reloaded.run(lambda: policy.write_text(POLICY))
    assert reloaded.notes == ["the last reload was refused, see the log"]
    assert openings(daemon) == 0


def fails(*_: object) -> None:
    raise OSError("the disk is gone")


class Deaf(list[Config]):
    """Nobody can be told of settings."""

    append = fails


OTHER: Settings = {
    "access": {"min_frames": 8},
    "door": {"pulse_s": 9.0},
    "detector": {"motion_gate": False, "idle_look_s": 1.0},
}


def first_granted(reloaded: Reloaded) -> int:
    return [bool(look.outcomes[0].decision.person) for look in reloaded.looks].index(True) + 1


def test_who_cannot_be_told_keeps_nothing_from_being_taken_in(
    reloaded: Reloaded, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    reloaded.settings["access"] = {"min_frames": 5}
    reloaded.in_force = Deaf()

    def change() -> None:
        monkeypatch.setattr(Metrics, "loaded", fails)
        reloaded.change(**OTHER)

    daemon = reloaded.run(change)
    assert first_granted(reloaded) == 8
    assert daemon._door._rules.pulse == door_rules(load_config(reloaded.file)).pulse  # noqa: SLF001 - no other place shows them
    assert reloaded.notes == [""]
    assert types(events).count("configuration_changed") == 2  # the start, and this


def test_a_fault_while_it_is_taken_in_leaves_all_as_it_was(
    reloaded: Reloaded, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    audited: list[object] = []
    monkeypatch.setattr(Auditor, "reconfigured", lambda *configs: audited.append(configs))
    reloaded.settings["access"] = {"min_frames": 5}

    def change() -> None:
        monkeypatch.setattr("faceidd.daemon.daemon.build_attention", fails)
        reloaded.change(**OTHER)

    reloaded.run(change)
    assert first_granted(reloaded) == 5
    assert reloaded.notes == ["the last reload was refused, see the log"]
    assert (reloaded.in_force, audited) == ([], [])
    assert types(events).count("configuration_changed") == 1  # the start


def test_what_the_door_lets_in_is_told_as_it_was_and_is(
    reloaded: Reloaded, caplog: pytest.LogCaptureFixture
) -> None:
    reloaded.settings["access"] = {"threshold": 0.75}
    reloaded.run(lambda: reloaded.change(access={"threshold": 0.5}, sync={"stale_after_h": 24}))
    warned = [one.getMessage() for one in caplog.records if one.name == "faceidd.daemon.reload"]
    assert warned == ["access.threshold was 0.75, is 0.5", "sync.stale_after_h was None, is 24.0"]


def test_what_waits_for_a_restart_is_told_when_it_is_something_else(
    reloaded: Reloaded, events: list[Event]
) -> None:
    reloaded.run(
        lambda: reloaded.change(door={"pin": "GPIO5"}),
        lambda: reloaded.change(door={"pin": "GPIO5"}, access={"min_frames": 8}),
        lambda: reloaded.change(door={"pin": "GPIO5"}, camera={"fps": 5}),
        reloaded.change,
        lambda: reloaded.change(door={"pin": "GPIO5"}),
    )
    pin, both = "needs a restart: door.pin", "needs a restart: door.pin, camera.fps"
    assert reloaded.notes == [pin, pin, both, "", pin]
    told = [one.reason for one in events if isinstance(one, ConfigurationRefused)]
    assert told == [pin, both, pin]
