"""Checks of the way to the broker, found, trusted and let in; and of the days of certificates."""

import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from faceidd.checkup.certificate import Validity, of_file, of_server
from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.clock import monotonic, wall
from faceidd.daemon.build import mqtt_settings
from faceidd.daemon.config import Config
from faceidd.daemon.password import awaits_credentials
from faceidd.errors import ConfigError, FaceiddError
from faceidd.events.check import check
from faceidd.events.mqtt import MqttSettings
from faceidd.units import Seconds

TIMEOUT = Seconds(5.0)
SOON_DAYS = 30
"""A certificate that ends sooner is told."""


def check_broker(one: Installation, now: Callable[[], datetime] = wall) -> Iterator[Check]:
    """Try the way to the broker as `faceidd events check` does, then look at certificates.

    Args:
        one: The installation.
        now: The clock on the wall.
    """
    config = one.config
    if config.mqtt.host is None:
        yield Check.skipped("broker", "mqtt.host is null: nobody is told over MQTT")
    else:
        yield _way(config)
    yield from _certificates(config, now())


def _way(config: Config) -> Check:
    if hidden := [key for key, file in _files(config).items() if awaits_credentials(file)]:
        told = f"only the service has {', '.join(hidden)}"
        return Check.skipped("broker", told, "see faceidd status for the daemon's own connection")
    figures: dict[str, Figure] = {}
    try:
        settings = mqtt_settings(config)
        if settings is None:
            raise ConfigError("no broker is named", do="set mqtt.host")
        figures["address"] = settings.address
        figures["resolved"] = _resolved(settings)
        began = monotonic()
        check(settings, TIMEOUT)
        figures["check_ms"] = round(1000 * (monotonic() - began))
    except FaceiddError as error:
        return Check.fault("broker", error, **figures)
    by = "in the clear" if settings.tls is None else "over TLS, its certificate verified"
    told = f"{settings.address} takes events of door {settings.door}, {by}"
    if settings.tls is None and not _is_loopback(str(figures["resolved"])):
        mend = "set mqtt.tls: names and the password go over the network"
        return Check.warn("broker", told, mend, **figures)
    return Check.ok("broker", told, **figures)


def _resolved(settings: MqttSettings) -> str:
    """The broker's first address.

    Raises:
        ConfigError: It has none.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConfigError(
            f"the broker's name {settings.host} is not found: {error}",
            do="correct mqtt.host, or see the machine's name server: resolvectl status",
        ) from error
    return str(found[0][4][0])


def _is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"


def _files(config: Config) -> dict[str, Path]:
    tls = config.mqtt.tls
    files = {"mqtt.password_file": config.mqtt.password_file}
    if tls is not None:
        files |= {"mqtt.tls.ca": tls.ca, "mqtt.tls.cert": tls.cert, "mqtt.tls.key": tls.key}
    return {key: file for key, file in files.items() if file is not None}


def _certificates(config: Config, now: datetime) -> Iterator[Check]:
    mqtt = config.mqtt
    if mqtt.host is not None and mqtt.tls is not None:
        server = of_server(mqtt.host, mqtt.broker_port, TIMEOUT)
        if server is None:
            told = "it shows no certificate: see broker"
            yield Check.skipped("certificate.broker", told)
        else:
            mend = "renew the broker's certificate and have the broker read it"
            yield _dated("certificate.broker", server, now, mend)
    tls = mqtt.tls
    kept = {
        "mqtt.tls.ca": None if tls is None else tls.ca,
        "mqtt.tls.cert": None if tls is None else tls.cert,
        "webhook.ca": config.webhook.ca,
    }
    for key, file in kept.items():
        if file is None or awaits_credentials(file):
            continue
        try:
            validity = of_file(file, newest=not key.endswith("cert"))
        except FaceiddError as error:
            yield Check.fault(f"certificate.{key}", error)
        else:
            yield _dated(f"certificate.{key}", validity, now, f"put a new one into {file}")


def _dated(name: str, validity: Validity, now: datetime, mend: str) -> Check:
    left = (validity.until - now).total_seconds() / 86400
    figures: dict[str, Figure] = {
        "subject": validity.subject,
        "not_before": validity.since.isoformat(),
        "not_after": validity.until.isoformat(),
        "days_left": round(left, 1),
    }
    if validity.since > now:
        told = f"{validity.subject} holds from {validity.since:%Y-%m-%d} on: see clock"
        return Check.fail(name, told, mend, **figures)
    if left <= 0:
        told = f"{validity.subject} expired on {validity.until:%Y-%m-%d}"
        return Check.fail(name, told, mend, **figures)
    told = f"{validity.subject} holds until {validity.until:%Y-%m-%d}, {left:.0f} days"
    if left < SOON_DAYS:
        return Check.warn(name, told, mend, **figures)
    return Check.ok(name, told, **figures)
