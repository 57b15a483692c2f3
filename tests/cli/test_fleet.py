"""`faceidd fleet`, over a real broker."""

import json
from pathlib import Path

import pytest
from support.mosquitto import Mosquitto, MosquittoUnavailableError
from support.stored import door_file

from faceidd.cli.main import main
from faceidd.events.mqtt import MqttSettings, TlsSettings
from faceidd.events.paho import Connection
from faceidd.store.door_record import edition_id
from faceidd.sync.door_file import DoorFile, save_door_file
from faceidd.units import Seconds

SOON = Seconds(60)


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACEIDD_STORE", str(tmp_path / "people.store"))
    assert main(["store", "init"]) == 0


def add(tmp_path: Path, door: str = "front", *more: str) -> DoorFile:
    file = door_file(door)
    save_door_file(file, tmp_path / "door.json")
    added = ["fleet", "add", str(tmp_path / "door.json"), "--site", "seoul", "--groups", "b, a"]
    assert main([*added, *more]) == 0
    return file


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_doors_are_added_listed_changed_revoked_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = add(tmp_path)
    assert file.fingerprint[:4] + " " + file.fingerprint[4:8] in told(capsys)
    assert main(["fleet", "set", "front", "--site", "busan", "--groups", "guests"]) == 0
    assert edition_id("busan", ["guests"], file.model_id) in told(capsys)
    assert main(["fleet", "revoke", "front"]) == 0
    assert main(["fleet", "list"]) == 0
    listed = told(capsys)
    assert (
        f"front  busan  guests  facenet int8  {edition_id('busan', ['guests'], file.model_id)}"
        in listed
    )
    assert file.fingerprint[:4] + " " + file.fingerprint[4:8] in listed
    assert "1 doors in" in listed
    assert "1 of them revoked" in listed
    assert main(["fleet", "remove", "front"]) == 0
    assert main(["fleet", "remove", "front"]) == 12
    assert "no door is called front" in capsys.readouterr().err


def test_a_door_is_replaced_only_where_that_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(tmp_path)
    save_door_file(door_file(), tmp_path / "new.json")
    again = ["fleet", "add", str(tmp_path / "new.json"), "--site", "seoul", "--groups", "a"]
    assert main(again) == 12
    assert "--replace" in capsys.readouterr().err
    assert main([*again, "--replace"]) == 0


def test_a_door_for_nobody_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_door_file(door_file(), tmp_path / "door.json")
    assert main(["fleet", "add", str(tmp_path / "door.json"), "--site", "seoul"]) == 12
    assert "for nobody" in capsys.readouterr().err
    assert main(["fleet", "add", str(tmp_path / "none.json"), "--site", "seoul"]) == 14
    add(tmp_path)
    assert main(["fleet", "set", "front"]) == 12
    assert main(["fleet", "set", "front", "--model", "facenet int8"]) == 12
    assert "no templates in the store" in capsys.readouterr().err


@pytest.fixture
def broker(tmp_path: Path) -> Mosquitto:
    folder = tmp_path / "broker"
    folder.mkdir()
    try:
        return Mosquitto(folder, door="+")
    except MosquittoUnavailableError as missing:
        pytest.skip(str(missing))


def say(broker: Mosquitto, door: str, gallery: object) -> None:
    login = broker.door_login
    settings = MqttSettings(
        broker.host,
        broker.port,
        door,
        door,
        username=login.username,
        password=login.password,
        tls=TlsSettings(broker.ca_file),
    )
    connection = Connection(settings, client_id=door, will=False)
    connection.open(SOON)
    connection.publish(settings.status_topic, '{"state":"online"}', retain=True)
    topic = f"{settings.prefix}/{door}/state/gallery"
    waiting = {1, connection.publish(topic, json.dumps(gallery), retain=True)}
    while waiting - {1}:
        connection.pump(SOON)
        waiting -= connection.take_answers().keys()
    connection.disconnect()
    connection.drop()


def test_the_broker_tells_how_every_door_stands(
    tmp_path: Path, broker: Mosquitto, capsys: pytest.CaptureFixture[str]
) -> None:
    file = add(tmp_path)
    add(tmp_path, "back")
    add(tmp_path, "quiet")
    edition = edition_id("seoul", ["a", "b"], file.model_id)
    gallery = {
        "edition": edition, "version": 7, "sha256": "0" * 64, "people": 31, "software": "1.2.3",
        "model_id": file.model_id, "model_name": "facenet int8",
        "published_at": "2026-01-01T00:00:00Z",
        "sync": {"checked_at": "2026-01-02T00:00:00Z", "ok": True, "reason": "delta"},
    }  # fmt: skip
    (tmp_path / "password").write_text(broker.subscriber_login.password)
    (tmp_path / "password").chmod(0o600)
    ask = [
        "fleet", "status", "--host", broker.host, "--port", str(broker.port), "--ca",
        str(broker.ca_file), "--username", broker.subscriber_login.username, "--password-file",
        str(tmp_path / "password"),
    ]  # fmt: skip
    with broker:
        say(broker, "front", gallery)
        failed = {"result": "expired", "detail": "the timestamp expired", "checked_at": None}
        say(broker, "back", {**gallery, "version": 6, "sync": failed})
        say(broker, "stranger", "\x1b[2J")
        told(capsys)
        assert main(ask) == 0
        lines = {line.split()[0]: line for line in told(capsys).splitlines()}
        assert main([*ask, "--json"]) == 0
        doors = [json.loads(line) for line in told(capsys).splitlines()]
    assert "seoul  yes     1.2.3     facenet int8" in lines["front"]
    assert lines["front"].endswith("  delta")
    assert f"{edition}    6 of 7   31" in lines["back"]
    assert "runs an old version; its last sync failed" in lines["back"]
    assert lines["quiet"].endswith("says nothing")
    assert lines["stranger"].endswith("not in the registry")
    assert lines["4"] == "4 doors, 3 online, 3 to look at"
    assert [(door["door"], door["marks"]) for door in doors] == [
        ("back", ["old_gallery", "sync_failed"]),
        ("front", []),
        ("quiet", ["silent"]),
        ("stranger", ["unknown"]),
    ]
    assert doors[1]["gallery"]["people"] == 31


def test_without_a_broker_it_says_what_to_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faceidd.cli.fleet_status.DEFAULT_CONFIG", tmp_path / "none.yaml")
    assert main(["fleet", "status"]) == 3
    assert "--host HOST" in capsys.readouterr().err
    assert main(["fleet", "status", "--host", "mqtt://x:1"]) == 3
    assert "the broker's host: " in capsys.readouterr().err
    assert main(["fleet", "status", "--host", "127.0.0.1", "--port", "1", "--no-tls"]) == 9
