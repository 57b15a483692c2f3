"""`faceidd doctor` in a container: each verdict that is not `ok` is one that was to be expected."""

import json
from typing import Any

from support.container import Container, require
from support.step import Row, timed

from faceidd.checkup.kernel_clock import kernel_clock
from faceidd.daemon.board import Board

USERS = ("root", "faceidd")
FINDINGS = 11
_GALLERY = "/var/lib/faceidd/gallery.safetensors"
_Expected = dict[str, tuple[str, str]]
"""Name of a check -> its verdict, and what its reason says."""

_ALWAYS: _Expected = {
    "policy": ("skipped", "policy.file is null"),
    "camera.formats": ("skipped", "a stream has its own"),
    "gallery": ("warn", "the threshold is the model pack's own, not calibrated"),
    "pins": ("warn", "the pins are simulated"),
    "certificates": ("skipped", "there are none"),
    "sync": ("skipped", "this door does not sync"),
}
_STOPPED: _Expected = {
    "daemon": ("warn", "no daemon answers on unix:/run/faceidd/front.metrics.sock"),
    "daemon.service": ("warn", "faceidd.service is inactive and enabled"),
}


def running(container: Container) -> Row:
    """Examine a door whose daemon runs."""
    return timed("doctor of a running door", lambda: _both(container, _ALWAYS | _machine()))


def stopped(container: Container) -> Row:
    """Stop the daemon, examine the door, break it, examine it again; start it at the end."""
    container.do("systemctl", "stop", "faceidd")
    expected = _ALWAYS | _machine() | _STOPPED
    row = timed("doctor of a stopped door", lambda: _both(container, expected))
    _broken(container, expected)
    container.do("systemctl", "start", "faceidd")
    return row[0], row[1], f"{row[2]}; a broken door gives {FINDINGS}, its mend heals it"


def failed(container: Container) -> None:
    """Examine a door whose configuration is broken, and whose service has failed of it.

    Raises:
        NotAsItMustBeError: That is not told.
    """
    code, checks = _examine(container, "root", "--only", "configuration", "camera", "daemon")
    expected: _Expected = {
        "configuration": ("fail", "/etc/faceidd/faceidd.yaml, line 1"),
        "camera": ("skipped", "the configuration is not right"),
        "daemon": ("warn", "not known without a right configuration"),
        "daemon.service": ("fail", "faceidd.service has failed: exit-code"),
    }
    _hold(checks, expected, "root, of a door that has failed")
    require(code == FINDINGS, f"doctor of a door that has failed ends with {code}")


def _both(container: Container, expected: _Expected) -> str:
    for user in USERS:
        code, checks = _examine(container, user)
        _hold(checks, expected, user)
        require(code == 0, f"doctor as {user} ends with {code}")
    warned = sorted(name for name, (verdict, _) in expected.items() if verdict == "warn")
    return f"as root and as the service's user; warns of {', '.join(warned)}"


def _broken(container: Container, expected: _Expected) -> None:
    """A broker that is away and a gallery that others may read are told, and how to mend it."""
    container.do("systemctl", "stop", "mosquitto")
    container.do("chmod", "644", _GALLERY)
    parts = ("--only", "broker", "permissions", "gallery")
    code, checks = _examine(container, "faceidd", *parts)
    faults: _Expected = {
        "broker": ("fail", "127.0.0.1:1883"),
        "permissions.folders": ("fail", f"{_GALLERY} is open to everybody (0644)"),
    }
    known = {"gallery": expected["gallery"]}
    _hold(checks, faults | known, "faceidd, of a broken door")
    require(code == FINDINGS, f"doctor of a broken door ends with {code}")
    container.do("systemctl", "start", "mosquitto")
    container.do("sh", "-c", checks["permissions.folders"]["mend"])
    code, checks = _examine(container, "faceidd", *parts)
    _hold(checks, known, "faceidd, after the mend")
    require(code == 0, f"doctor after the mend ends with {code}")


def _examine(container: Container, user: str, *more: str) -> tuple[int, dict[str, Any]]:
    """Its exit code, and the checks by their names."""
    # A library writes a line of its own to stderr.
    script = 'runuser -u "$0" -- faceidd doctor --json "$@" 2> /dev/null'
    done = container.run("sh", "-c", script, user, *more)
    require(done.stdout.startswith("{"), f"doctor as {user}: {done.returncode}\n{done.stdout}")
    return done.returncode, {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def _hold(checks: dict[str, Any], expected: _Expected, user: str) -> None:
    found = {name: check for name, check in checks.items() if check["verdict"] != "ok"}
    told = "\n".join(
        f"{check['verdict']} {name}: {check['reason']}" for name, check in found.items()
    )
    require(found.keys() == expected.keys(), f"doctor as {user} finds\n{told}\nnot {set(expected)}")
    for name, (verdict, reason) in expected.items():
        check = found[name]
        said = check["verdict"] == verdict and reason in check["reason"]
        require(said, f"doctor as {user} finds\n{told}\nand {name} should be {verdict}: {reason}")
        require(verdict == "skipped" or bool(check["mend"]), f"{name} says nothing of its mend")


def _machine() -> _Expected:
    """What is to be said of this machine's kernel, which is the container's too."""
    expected: _Expected = {}
    clock = kernel_clock()
    if clock is None:
        expected["clock"] = ("warn", "the kernel does not say whether it is kept right")
    elif not clock.synchronized:
        expected["clock"] = ("warn", "nothing keeps it right")
    if not Board().temperatures() and Board().throttling() is None:
        expected["board"] = ("skipped", "tells neither temperature nor throttling")
    return expected
