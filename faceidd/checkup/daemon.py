"""Checks of the daemon: does it run, is it well, does systemd keep it?"""

import time
from collections.abc import Iterator

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import SERVICE, Installation
from faceidd.checkup.unit import Unit
from faceidd.daemon.status import Reading, Samples, duration, judge
from faceidd.errors import FaceiddError

_LOG = "see its log: journalctl -u faceidd"


def check_daemon(one: Installation) -> Iterator[Check]:
    """Say how the daemon is by its own word, and how systemd sees it."""
    yield _running(one)
    yield _service(one.unit)


def _running(one: Installation) -> Check:
    if one.samples is not None:
        return _by_its_word(one.samples)
    why = one.silence or FaceiddError("no daemon was asked", do=f"systemctl status {SERVICE}")
    told = f"process {one.holder} drives the door, but {why.what}" if one.holder else why.what
    return Check.warn("daemon", told, why.do)


def _by_its_word(samples: Samples) -> Check:
    one, now = Reading(samples), time.time()
    began = one.value("start_time_seconds")
    figures: dict[str, Figure] = {
        "up_s": None if began is None else round(now - began),
        "events_waiting": one.value("outbox_waiting"),
        "events_dropped": one.number("outbox_dropped_total"),
        "events_durable": one.value("outbox_durable"),
        "frames_failed": one.number("frames_failed_total"),
        "rss_mb": round((one.value("memory_bytes", process="daemon", kind="rss") or 0) / 1e6, 1),
    }
    told = "runs" if began is None else f"up {duration(now - began)}"
    worried = [part for part in judge(samples, now) if part.health == "warn"]
    if worried:
        told += "; " + "; ".join(f"{part.name}: {part.text}" for part in worried)
        return Check.warn("daemon", told, f"{_LOG}; faceidd status", **figures)
    waiting = one.value("outbox_waiting")
    told += "" if waiting is None else f", {waiting:.0f} events wait to be told"
    return Check.ok("daemon", f"{told}, {figures['rss_mb']} MB", **figures)


def _service(unit: Unit | None) -> Check:
    name = "daemon.service"
    if unit is None:
        return Check.skipped(name, "no systemd answers here")
    figures: dict[str, Figure] = {
        "load": unit.load,
        "active": unit.active,
        "enabled": unit.enabled,
        "result": unit.result,
        "restarts": int(unit.restarts) if unit.restarts.isdecimal() else None,
    }
    if not unit.is_installed:
        mend = "install it: docs/install.md"
        return Check.warn(name, f"{SERVICE} is {unit.load or 'not known'}", mend, **figures)
    if unit.active == "failed":
        return Check.fail(name, f"{SERVICE} has failed: {unit.result}", _LOG, **figures)
    told = f"{SERVICE} is {unit.active} and {unit.enabled}, restarted {unit.restarts or 0} times"
    mend = ""
    if unit.active != "active":
        mend = f"systemctl start {SERVICE}"
    elif unit.enabled != "enabled":
        mend = f"systemctl enable {SERVICE}: it does not start with the machine"
    elif figures["restarts"]:
        mend = _LOG
    return Check.warn(name, told, mend, **figures) if mend else Check.ok(name, told, **figures)
