"""Status: the metrics of a daemon, judged for a person who looks after the door."""

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from prometheus_client.parser import text_string_to_metric_families

from faceidd.daemon.metrics_server import UNIX
from faceidd.errors import FaceiddError
from faceidd.units import Seconds

OLD_FRAME = Seconds(10.0)
"""A frame that is older means that nobody would be seen."""
MOST_WAITING = 20
"""More events wait only where somebody does not take them."""
HOT = 80.0
"""Degrees Celsius from which a Raspberry Pi slows down."""
MOST_BYTES = 4 << 20
TIMEOUT = Seconds(5.0)

Health = Literal["ok", "warn", "off"]
Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]
"""Name without its prefix, and sorted labels -> value."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a daemon.

    Attributes:
        name: Which.
        health: `ok`, `warn` if somebody should look after it, `off` if this door has none.
        text: How it is, in words.
    """

    name: str
    health: Health
    text: str


def read_metrics(address: str) -> Samples:
    """Ask a daemon for its metrics.

    Args:
        address: As `MetricsServer` takes it.

    Raises:
        FaceiddError: It does not answer, or not with metrics.
    """
    try:
        return parse(_page(address).decode())
    except PermissionError as error:
        raise FaceiddError(
            f"the daemon on {address} may not be asked: {error.strerror}",
            do="run this as the user of the service: sudo -u faceidd faceidd status",
        ) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise FaceiddError(
            f"no daemon answers on {address}: {error}",
            do="see whether it runs: systemctl status faceidd",
        ) from error


def parse(text: str) -> Samples:
    """Read metrics.

    Raises:
        ValueError: It is no text of Prometheus's.
    """
    return {
        (one.name.removeprefix("faceidd_"), tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def judge(samples: Samples, now: float) -> list[Part]:
    """Say how a daemon is.

    Args:
        samples: Its metrics.
        now: The present moment, Unix time.
    """
    one = Reading(samples)
    return [
        _camera(one),
        _door(one),
        _gallery(one, now),
        _broker(one),
        _audit(one),
        _board(one),
        _process(one, now),
    ]


class Reading:
    """Finds single values among a daemon's metrics.

    Args:
        samples: The metrics.
    """

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def value(self, name: str, **labels: str) -> float | None:
        """A metric's value; None where the daemon has none."""
        return self._samples.get((name, tuple(sorted(labels.items()))))

    def number(self, name: str) -> int:
        """A count; 0 where the daemon has none."""
        return int(self.value(name) or 0)

    def labeled(self, name: str, label: str, **labels: str) -> dict[str, float]:
        """Value of a label -> what is measured there."""
        return {
            dict(found)[label]: value
            for (called, found), value in self._samples.items()
            if called == name and labels.items() <= dict(found).items()
        }


def _camera(one: Reading) -> Part:
    age, frames = one.value("frame_age_seconds"), one.number("frames_total")
    losses = one.number("camera_losses_total")
    lost = f", lost {losses} times" if losses else ""
    if not one.value("camera_online"):
        return Part("camera", "warn", f"lost{lost}")
    if age is None:
        return Part("camera", "warn", "no frame yet")
    failed = one.number("frames_failed_total")
    text = f"last frame {duration(age)} ago, {frames} looked at, {failed} failed{lost}"
    faults = [name for name, value in one.labeled("camera_alert", "alert").items() if value]
    if faults:
        return Part("camera", "warn", f"{text}: its picture is {', '.join(sorted(faults))}")
    return Part("camera", "warn" if age > OLD_FRAME else "ok", text)


def _door(one: Reading) -> Part:
    states = [name for name, value in one.labeled("door_state", "state").items() if value]
    alerts = [name for name, value in one.labeled("door_alert", "alert").items() if value]
    openings = int(sum(one.labeled("door_openings_total", "cause").values()))
    text = f"{', '.join(states)}, opened {openings} times"
    if alerts:
        return Part("door", "warn", f"{text}: {', '.join(sorted(alerts))}")
    return Part("door", "ok" if states else "warn", text)


def _gallery(one: Reading, now: float) -> Part:
    changed, synced = (
        one.value("gallery_changed_timestamp_seconds"),
        one.value("sync_good_timestamp_seconds"),
    )
    people, version = one.number("gallery_people"), one.number("gallery_version")
    text = f"{people} people, version {version}"
    text += "" if changed is None else f", changed {duration(now - changed)} ago"
    text += "" if synced is None else f", synced {duration(now - synced)} ago"
    return Part("gallery", "ok" if people and changed is not None else "warn", text)


def _broker(one: Reading) -> Part:
    """The broker, and what waits for it or for a web server."""
    online, waiting = one.value("broker_online"), one.value("outbox_waiting")
    if waiting is None:
        return Part("broker", "off", "none is configured")
    dropped, durable = one.number("outbox_dropped_total"), one.value("outbox_durable")
    state = "none" if online is None else "online" if online else "away"
    text = f"{state}, {waiting:.0f} events wait, {dropped} were never told"
    text += ", the disk takes none" if durable == 0 else ""
    is_well = online != 0 and not dropped and waiting <= MOST_WAITING and durable != 0
    return Part("broker", "ok" if is_well else "warn", text)


def _audit(one: Reading) -> Part:
    failing, lost = one.value("audit_failing"), one.number("audit_lost_total")
    if failing is None:
        return Part("audit", "off", "no log is kept")
    text = f"record {one.number('audit_record')}"
    text += f", cannot be written, {one.number('audit_waiting')} wait" if failing else ""
    text += f", {lost} lost" if lost else ""
    return Part("audit", "warn" if failing or lost else "ok", text)


def _board(one: Reading) -> Part:
    zones = one.labeled("board_temperature_celsius", "zone")
    now = one.labeled("board_throttled", "condition", when="now")
    held = sorted(condition for condition, is_so in now.items() if is_so)
    if not zones and not now:
        return Part("board", "off", "tells nothing")
    hottest = max(zones.values(), default=None)
    texts = ([] if hottest is None else [f"{hottest:.0f} °C"]) + held
    is_well = not held and (hottest is None or hottest < HOT)
    return Part("board", "ok" if is_well else "warn", ", ".join(texts))


def _process(one: Reading, now: float) -> Part:
    began = one.value("start_time_seconds")
    memory = one.labeled("memory_bytes", "process", kind="rss")
    version = next(iter(one.labeled("build_info", "version")), "?")
    text = f"version {version}"
    text += "" if began is None else f", up {duration(now - began)}"
    for process in sorted(memory, reverse=True):
        name = "" if process == "daemon" else f"{process} "
        text += f", {name}{memory[process] / (1 << 20):.0f} MB"
    return Part("daemon", "ok", text)


def duration(seconds: float) -> str:
    """A time as people say it: `0.3 s`, `12 min`, `3 h`, `5 d`."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.1f} s"


def _page(address: str) -> bytes:
    connection = _connection(address)
    try:
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise ValueError(f"it answered {answer.status} {answer.reason}")
        return answer.read(MOST_BYTES)
    finally:
        connection.close()


def _connection(address: str) -> http.client.HTTPConnection:
    if address.startswith(UNIX):
        return _UnixConnection(address.removeprefix(UNIX))
    host, _, port = address.rpartition(":")
    return http.client.HTTPConnection(host.strip("[]"), int(port), timeout=TIMEOUT)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(self._path)
