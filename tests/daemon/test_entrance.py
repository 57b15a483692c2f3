"""The real daemon with a policy and with commands over a broker."""

import copy
import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.mjpeg_camera import MjpegCamera
from support.running import Run
from support.small_door import PERSON, Settings, furnish, jpeg, visit
from support.subscriber import Subscriber

from faceidd.access.ruling import Ground
from faceidd.cli.main import main
from faceidd.daemon.config import Config
from faceidd.daemon.daemon import Daemon
from faceidd.door.simulated import SimulatedRelay
from faceidd.door.state import State
from faceidd.errors import ConfigError
from faceidd.events.command import CommandName, PrivateKey
from faceidd.events.command_check import MOST_AHEAD_MS, Refusal
from faceidd.events.command_key import save_key
from faceidd.events.embedded import EmbeddedBroker
from faceidd.events.event import (
    AccessDenied,
    DoorIdentified,
    DoorOpened,
    DoorStateChanged,
    Event,
    parse,
)
from faceidd.events.mqtt import MqttSettings
from faceidd.events.send_command import send_command
from faceidd.units import Seconds

NOBODY = jpeg(np.full((480, 640, 3), 127, np.uint8))
KEY = PrivateKey.generate("boss")
COMMANDS = "[unlock, lockdown, release, reload, identify]"
POLICY = f"""\
timezone: UTC
people: {{{PERSON}: }}
doors: {{front: {{allow: [{{who: [{PERSON}]}}]}}}}
keys: {{boss: {{public_key: {KEY.public_key}, commands: {COMMANDS}}}}}
"""
CLOSED = POLICY.replace("allow:", "lockdown: true, allow:")


@pytest.fixture(scope="module")
def furnished(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return furnish(tmp_path_factory.mktemp("door"), models_dir)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return tmp_path / "policy.yaml"


@pytest.fixture
def broker() -> Iterator[MqttSettings]:
    with EmbeddedBroker() as broker:
        yield MqttSettings(broker.host, broker.port, "front", "somebody")


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    with MjpegCamera([NOBODY]) as camera:
        yield camera


@pytest.fixture
def alone(furnished: Settings, tmp_path: Path, policy: Path) -> Settings:
    """The settings of a door with a policy, which would obey commands if its broker was there."""
    settings = copy.deepcopy(furnished)
    settings["policy"] = {"file": str(policy), "state_dir": str(tmp_path / "state")}
    settings["mqtt"] = {"host": "127.0.0.1", "port": 1, "commands": True}
    policy.write_text(POLICY)
    return settings


@pytest.fixture
def settings(alone: Settings, broker: MqttSettings) -> Settings:
    """The same with its broker."""
    alone["mqtt"] |= {"host": broker.host, "port": broker.port}
    return alone


def told(subscriber: Subscriber, kind: type[Event]) -> Event:
    """Wait for an event of a kind."""
    while not isinstance(event := parse(subscriber.next_event().text), kind):
        pass
    return event


def opened(run: Run) -> int:
    relay = run.daemon.relay
    assert isinstance(relay, SimulatedRelay)
    return sum(level.high and level.driven for level in relay.history)


def send(broker: MqttSettings, command: CommandName) -> Refusal | None:
    """Send a command as by a clock that is a little fast: the first seconds obey nothing else."""
    ahead = int(1000 * time.time()) + MOST_AHEAD_MS - 100
    return send_command(broker, KEY.sign(command, "front", ahead, 10_000), Seconds(20))[0]


def test_whom_the_policy_does_not_let_pass_is_told_and_shut_out(
    settings: Settings, policy: Path, broker: MqttSettings
) -> None:
    policy.write_text(CLOSED)
    with Subscriber(broker) as subscriber, Run(settings) as run:
        denied = told(subscriber, AccessDenied)
        assert isinstance(denied, AccessDenied)
        assert (denied.person, denied.ground) == (PERSON, Ground.LOCKDOWN)
        run.ended.result(60)
        assert opened(run) == 0


def test_whom_the_policy_lets_pass_passes_and_that_is_remembered(
    settings: Settings, broker: MqttSettings, tmp_path: Path
) -> None:
    with Subscriber(broker) as subscriber, Run(settings) as run:
        told(subscriber, DoorOpened)
        run.ended.result(60)
        assert opened(run) == 1
    state = json.loads((tmp_path / "state" / "front.json").read_text())
    assert [(one["door"], one["person"]) for one in state["passages"]] == [("front", PERSON)]
    assert (tmp_path / "state" / "front.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "cannot be read"),
        ("", "holds no sections"),
        ("timezone: nowhere\n", "must be a time zone"),
        (POLICY.replace("front:", "back:"), "has no door front"),
        (POLICY.replace("keys:", "people_keys:"), "unknown key"),
        (POLICY.partition("keys:")[0], "no policy names keys"),
    ],
)
def test_a_policy_that_does_not_serve_stops_the_start(
    alone: Settings, policy: Path, text: str | None, fault: str
) -> None:
    policy.unlink() if text is None else policy.write_text(text)
    with pytest.raises(ConfigError, match=fault):
        Daemon(Config.model_validate(alone))


def test_a_state_that_is_damaged_stops_the_start(alone: Settings, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "front.json").write_text("{")
    with pytest.raises(ConfigError, match=r"front\.json is damaged"):
        Daemon(Config.model_validate(alone))


def test_a_leaf_stands_open_at_the_hours_of_the_policy(
    settings: Settings, policy: Path, broker: MqttSettings
) -> None:
    day = '{days: "mon-sun, holiday", begins: "00:00", ends: "24:00"}'
    propped = POLICY.replace("front: {", "front: {propped: {when: day}, ")
    policy.write_text(f"{propped}schedules: {{day: [{day}]}}\n")
    settings["door"]["contact"] = {"pin": "GPIO22", "active_high": False, "pull": "down"}
    with Subscriber(broker) as subscriber, Run(settings):
        state = None
        while state is not State.PROPPED:  # it may have stood open before the first frame
            changed = told(subscriber, DoorStateChanged)
            assert isinstance(changed, DoorStateChanged)
            state = changed.state


def test_commands_are_obeyed_while_nobody_stands_there(
    settings: Settings, broker: MqttSettings, camera: MjpegCamera, policy: Path
) -> None:
    settings["camera"]["source"] = camera.url
    with Subscriber(broker) as subscriber, Run(settings) as run:
        subscriber.wait_status("online")
        while send(broker, "identify") is Refusal.BEFORE_START:
            pass  # for the first tenth of a second of its life
        told(subscriber, DoorIdentified)
        assert send(broker, "unlock") is None
        assert opened(run) == 1
        assert send(broker, "lockdown") is None
        assert send(broker, "unlock") is Refusal.LOCKDOWN
        assert send(broker, "release") is None
        policy.write_text("timezone: nowhere\n")
        assert send(broker, "reload") is Refusal.FAILED
        policy.write_text(CLOSED.partition("keys:")[0])  # with it this would be the last command
        assert send(broker, "reload") is Refusal.FAILED
        assert send(broker, "identify") is None
        unchanged = told(subscriber, DoorIdentified)
        assert isinstance(unchanged, DoorIdentified)
        assert not unchanged.lockdown
        policy.write_text(CLOSED)
        assert send(broker, "reload") is None
        assert send(broker, "unlock") is Refusal.LOCKDOWN
        assert send(broker, "identify") is None
        identity = told(subscriber, DoorIdentified)
        assert isinstance(identity, DoorIdentified)
        assert (identity.people, identity.lockdown) == (1, True)
        camera.show([jpeg(visit())])
        denied = told(subscriber, AccessDenied)
        assert isinstance(denied, AccessDenied)
        assert denied.ground is Ground.LOCKDOWN
        assert opened(run) == 1


def test_a_command_is_sent_from_the_command_line(
    settings: Settings,
    broker: MqttSettings,
    camera: MjpegCamera,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings["camera"]["source"] = camera.url
    key, config = tmp_path / "boss.key", tmp_path / "faceidd.yaml"
    save_key(KEY, key)
    config.write_text(json.dumps(settings))
    command = ["command", "send", "unlock", "--key", str(key), "--config", str(config)]
    with Subscriber(broker) as subscriber, Run(settings):
        subscriber.wait_status("online")
        assert main(command) == 1
        assert capsys.readouterr().out == "door front refused to unlock: before_start\n"
    assert main([*command, "--timeout", "0.5"]) == 9
    assert "door front did not answer" in capsys.readouterr().err


def test_a_key_is_made_and_signs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = str(tmp_path / "desk.key")
    assert main(["command", "keygen", "desk", "--out", key]) == 0
    assert "  desk: {public_key: " in capsys.readouterr().out
    assert main(["command", "sign", "unlock", "--door", "front", "--key", key]) == 0
    assert json.loads(capsys.readouterr().out)["door"] == "front"
    assert main(["command", "sign", "unlock", "--door", "a b", "--key", key]) == 3
    assert main(["command", "sign", "unlock", "--door=a", "--key", key, "--life", "61"]) == 3
    assert main(["command", "keygen", "a b", "--out", f"{key}2"]) == 3


def test_people_and_alarms_that_lead_nowhere_are_warned_of(
    alone: Settings, policy: Path, caplog: pytest.LogCaptureFixture
) -> None:
    policy.write_text(POLICY.replace("people: {", "people: {Kim: {duress_look: Kim again}, "))
    alone["mqtt"] = {}
    with caplog.at_level(logging.WARNING), Daemon(Config.model_validate(alone)):
        pass
    assert "people who are not in the gallery: Kim, Kim again" in caplog.text
    assert "the silent alarm is told to nobody" in caplog.text


def test_a_clock_that_nobody_vouches_for_opens_no_schedule(
    settings: Settings, policy: Path, broker: MqttSettings, tmp_path: Path
) -> None:
    policy.write_text(
        "timezone: UTC\n"
        'schedules: {day: [{days: mon-sun, begins: "00:00", ends: "24:00"}]}\n'
        "doors: {front: {allow: [{who: [everybody], when: day}]}}\n"
    )
    os.utime(policy, (0, 0))
    settings["policy"]["clock_file"] = str(tmp_path / "synchronized")
    settings["mqtt"]["commands"] = False
    with Subscriber(broker) as subscriber, Run(settings) as run:
        denied = told(subscriber, AccessDenied)
        assert isinstance(denied, AccessDenied)
        assert denied.ground is Ground.CLOCK_IMPLAUSIBLE
        assert opened(run) == 0
    (tmp_path / "synchronized").touch()
    with Subscriber(broker) as subscriber, Run(settings):
        told(subscriber, DoorOpened)
