"""Check of the way to the broker: found, reached, trusted, let in, allowed to write."""

import socket
from collections.abc import Iterator
from pathlib import Path

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.clock import monotonic
from faceidd.daemon.build import mqtt_settings
from faceidd.daemon.config import Config
from faceidd.daemon.password import awaits_credentials
from faceidd.errors import ConfigError, FaceiddError
from faceidd.events.check import check
from faceidd.events.mqtt import MqttSettings
from faceidd.events.refusal import unreachable
from faceidd.units import Seconds

TIMEOUT = Seconds(5.0)


def check_broker(one: Installation) -> Iterator[Check]:
    """Try the way to the broker as `faceidd events check` does; a running door stays connected."""
    if one.config.mqtt.host is None:
        yield Check.skipped("broker", "mqtt.host is null: nobody is told over MQTT")
    else:
        yield _way(one.config)


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
        BrokerError: It has none.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise unreachable(settings, error) from error
    return str(found[0][4][0])


def _is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"


def _files(config: Config) -> dict[str, Path]:
    tls = config.mqtt.tls
    files = {"mqtt.password_file": config.mqtt.password_file}
    if tls is not None:
        files |= {"mqtt.tls.ca": tls.ca, "mqtt.tls.cert": tls.cert, "mqtt.tls.key": tls.key}
    return {key: file for key, file in files.items() if file is not None}
