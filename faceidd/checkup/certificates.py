"""Checks of certificates: until when do they hold?"""

from collections.abc import Callable, Iterator
from datetime import datetime

from faceidd.checkup.certificate import Validity, of_file, of_server
from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.clock import wall
from faceidd.daemon.config import Config
from faceidd.daemon.config_mqtt import MqttConfig
from faceidd.daemon.password import awaits_credentials
from faceidd.errors import FaceiddError
from faceidd.units import Seconds

TIMEOUT = Seconds(5.0)
SOON_DAYS = 30
"""A certificate that ends sooner is told."""


def check_certificates(one: Installation, now: Callable[[], datetime] = wall) -> Iterator[Check]:
    """Look at the broker's certificate, and at those that the configuration names.

    Args:
        one: The installation.
        now: The clock on the wall.
    """
    config, at = one.config, now()
    if config.mqtt.tls is None and config.webhook.ca is None:
        yield Check.skipped("certificates", "mqtt.tls and webhook.ca are null: there are none")
        return
    yield from _of_broker(config.mqtt, at)
    yield from _of_files(config, at)


def _of_broker(mqtt: MqttConfig, now: datetime) -> Iterator[Check]:
    if mqtt.host is not None and mqtt.tls is not None:
        name = "certificates.broker"
        server = of_server(mqtt.host, mqtt.broker_port, TIMEOUT)
        if server is None:
            told = "it does not answer, or shows no certificate: see broker"
            yield Check.skipped(name, told)
        else:
            mend = "renew the broker's certificate and have the broker read it"
            yield _dated(name, server, now, mend)


def _of_files(config: Config, now: datetime) -> Iterator[Check]:
    tls = config.mqtt.tls
    kept = {
        "ca": None if tls is None else tls.ca,
        "client": None if tls is None else tls.cert,
        "webhook_ca": config.webhook.ca,
    }
    for key, file in kept.items():
        name = f"certificates.{key}"
        if file is None or awaits_credentials(file):
            continue
        try:
            validity = of_file(file, newest=key != "client")
        except FaceiddError as error:
            yield Check.fault(name, error)
        else:
            yield _dated(name, validity, now, f"put a new one into {file}")


def _dated(name: str, validity: Validity, now: datetime, mend: str) -> Check:
    left = (validity.until - now).total_seconds() / 86400
    figures: dict[str, Figure] = {
        "subject": validity.subject,
        "not_before": validity.since.isoformat(),
        "not_after": validity.until.isoformat(),
        "days_left": round(left, 1),
    }
    if validity.since > now:
        mend = "see clock; else have it made anew"
        told = f"{validity.subject} holds from {validity.since:%Y-%m-%d} on"
        return Check.fail(name, told, mend, **figures)
    if left <= 0:
        told = f"{validity.subject} expired on {validity.until:%Y-%m-%d}"
        return Check.fail(name, told, mend, **figures)
    told = f"{validity.subject} holds until {validity.until:%Y-%m-%d}, {left:.0f} days"
    if left < SOON_DAYS:
        return Check.warn(name, told, mend, **figures)
    return Check.ok(name, told, **figures)
