"""The way to the broker and the days of certificates, against a real broker with TLS."""

import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.installations import found, installation, verdicts
from support.mosquitto import Mosquitto, MosquittoUnavailableError

from faceidd.checkup.broker import check_broker
from faceidd.checkup.certificates import check_certificates
from faceidd.checkup.installation import Installation

MakeDoor = Callable[..., tuple[Mosquitto, Installation]]


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """Makes a broker whose certificate holds for so many days, and a door that tells it."""
    with ExitStack() as running:

        def make(days: int = 60, **mqtt: Any) -> tuple[Mosquitto, Installation]:
            folder = tmp_path / "broker"
            folder.mkdir()
            try:
                broker = running.enter_context(Mosquitto(folder, days=days))
            except MosquittoUnavailableError as missing:
                pytest.skip(str(missing))
            settings = {
                "host": broker.host,
                "port": broker.port,
                "username": "door",
                "password": broker.door_login.password,
                "tls": {"ca": str(broker.ca_file)},
            }
            return broker, installation(tmp_path, {"mqtt": {**settings, **mqtt}})

        yield make


def test_a_broker_that_takes_our_events_is_well(make: MakeDoor) -> None:
    broker, door = make()
    check = found(check_broker(door))["broker"]
    assert (check.verdict, check.figures["resolved"]) == ("ok", "127.0.0.1")
    assert f"127.0.0.1:{broker.port} takes events of door front, over TLS" in check.reason
    certificates = found(check_certificates(door))
    assert certificates["certificates.broker"].verdict == "ok"
    assert certificates["certificates.broker"].figures["days_left"] == pytest.approx(60, abs=0.1)
    assert certificates["certificates.ca"].verdict == "warn"  # two days
    later = datetime.now(UTC) + timedelta(days=31)
    assert verdicts(check_certificates(door, lambda: later)) == {
        "certificates.broker": "warn",
        "certificates.ca": "fail",
    }
    too_early = datetime.now(UTC) - timedelta(days=1)
    early = found(check_certificates(door, lambda: too_early))
    assert early["certificates.broker"].verdict == "fail"
    assert early["certificates.broker"].mend.startswith("see clock")


def test_an_expired_certificate_is_named_though_it_is_not_trusted(make: MakeDoor) -> None:
    _, door = make(days=-1)
    check = found(check_broker(door))["broker"]
    assert check.verdict == "fail"
    assert "expired" in check.reason
    assert "renew" in check.mend
    dated = found(check_certificates(door))["certificates.broker"]
    assert (dated.verdict, dated.figures["subject"]) == ("fail", "broker")
    assert "expired on" in dated.reason


def test_what_the_broker_refuses_is_told(make: MakeDoor, tmp_path: Path) -> None:
    broker, door = make(password="wrong")  # noqa: S106 - that is the point
    assert "refuses us" in found(check_broker(door))["broker"].reason
    own = {**door.config.mqtt.model_dump(), "password": broker.door_login.password}
    other = installation(tmp_path, {"mqtt": own, "door": {"id": "back"}})
    check = found(check_broker(other))["broker"]
    assert "does not take faceidd/back" in check.reason
    assert "allow this user to write" in check.mend


def test_a_clients_certificate_is_the_first_of_its_file(tmp_path: Path) -> None:
    for name, days in (("client", "5"), ("authority", "400")):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", tmp_path / f"{name}.key",
             "-out", tmp_path / f"{name}.pem", "-days", days, "-subj", f"/CN={name}"],
            check=True, capture_output=True,
        )  # fmt: skip
    chain = (tmp_path / "client.pem").read_text() + (tmp_path / "authority.pem").read_text()
    (tmp_path / "chain.pem").write_text(chain)
    tls = {"cert": str(tmp_path / "chain.pem"), "ca": str(tmp_path / "chain.pem")}
    checks = found(check_certificates(installation(tmp_path, {"mqtt": {"tls": tls}})))
    client, authorities = checks["certificates.client"], checks["certificates.ca"]
    assert (client.figures["subject"], client.verdict) == ("client", "warn")
    assert (authorities.figures["subject"], authorities.verdict) == ("authority", "ok")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_without_a_certificate_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    door = installation(tmp_path, {"mqtt": {"tls": {"ca": str(tmp_path / "ca.pem")}}})
    assert verdicts(check_certificates(door)) == {"certificates.ca": "fail"}


def test_a_broker_that_is_not_there_is_told(tmp_path: Path) -> None:
    gone = {"host": "127.0.0.1", "port": 9, "tls": {}}
    door = installation(tmp_path, {"mqtt": gone})
    assert "nobody listens" in found(check_broker(door))["broker"].reason
    assert verdicts(check_certificates(door)) == {"certificates.broker": "skipped"}
    unnamed = installation(tmp_path, {"mqtt": {"host": "no.such.host.invalid"}})
    check = found(check_broker(unnamed))["broker"]
    assert (check.verdict, "unknown" in check.reason) == ("fail", True)


def test_what_only_the_service_has_is_not_judged(tmp_path: Path) -> None:
    hidden = {"host": "127.0.0.1", "username": "door", "password_file": "$CREDENTIALS_DIRECTORY/p"}
    check = found(check_broker(installation(tmp_path, {"mqtt": hidden})))["broker"]
    assert check.verdict == "skipped"


def test_a_door_without_a_broker_has_nothing_to_check(tmp_path: Path) -> None:
    door = installation(tmp_path)
    assert verdicts(check_broker(door)) == {"broker": "skipped"}
    assert verdicts(check_certificates(door)) == {"certificates": "skipped"}
