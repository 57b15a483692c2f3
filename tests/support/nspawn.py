"""The life of an installed door under a real systemd: `nspawn.py KILLS [RELEASE ...]`. Needs root.

For Debian 12 and 13 each: the project's packages are built and installed in a container of its
own, somebody is enrolled there, and the service is started, watched, hung, reloaded, upgraded,
killed in its pulses, removed and purged, with an MJPEG camera and mosquitto in the container.
Prints how long each took, or ends with the first thing that is not as it must be.
"""

import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from support import board
from support.container import (
    RELEASES,
    Container,
    NotAsItMustBeError,
    booted,
    fresh_rootfs,
    wait_until,
)
from support.nspawn_kills import killed
from support.small_door import PERSON

Row = tuple[str, float, str]
"""What was done, how long it took in seconds, and remarks."""

MOST_EXPOSURE = 1.5
MOST_STOP_S = 2.0
SERVICES = ("faceidd.service", "faceidd-sync.service")
UNITS = (*SERVICES, "faceidd-sync.timer", "faceidd-sync.path")
STATE, CONFIG = "/var/lib/faceidd/gallery.safetensors", "/etc/faceidd/faceidd.yaml"
NEWER = "99.0.0"
_RELOAD = ("systemctl", "reload", "faceidd")
_EVENT = "faceidd/front/event/person_recognized"


def live(release: str, kills: int) -> Iterator[Row]:
    """Install the door, use it, take it away.

    Args:
        release: Of Debian.
        kills: How often the daemon is killed in a pulse.

    Raises:
        NotAsItMustBeError: Something was not as it must be.
    """
    packages = board.build_packages(release)
    with fresh_rootfs(release) as rootfs:
        board.furnish(rootfs)
        for package in packages:
            shutil.copy(package, rootfs / "srv")
        with booted(rootfs) as container:
            yield _install(container, packages)
            yield _analyze(container)
            yield _enroll(container)
            yield _timed("start to READY", lambda: _start(container))
            yield _timed("until somebody who comes is told", lambda: _recognized(container))
            yield _hang(container)
            if container.show("CanReload") == "yes":
                yield _reload(container)
            yield _upgrade(container, packages[0])
            yield _timed("until somebody who comes is told", lambda: _recognized(container))
            board.show(rootfs, visits=False)
            yield from killed(container, kills)
            yield _stop(container)
            yield _remove(container)
            yield _purge(container)


def _timed(what: str, act: Callable[[], str]) -> Row:
    began = time.monotonic()
    remarks = act()
    return what, time.monotonic() - began, remarks


def _require(claim: bool, what: str) -> None:
    if not claim:
        raise NotAsItMustBeError(what)


def _install(container: Container, packages: list[Path]) -> Row:
    began = time.monotonic()
    files = [f"/srv/{package.name}" for package in packages]
    told = container.do("apt-get", "install", "-y", "--no-install-recommends", *files)
    took = time.monotonic() - began
    _require("enable --now faceidd" in told, f"the next step was not told: {told}")
    _require("warn" not in told.lower(), f"there are warnings: {told}")
    for unit in ("faceidd.service", "faceidd-sync.timer", "faceidd-sync.path"):
        enabled = container.run("systemctl", "is-enabled", unit).stdout.strip()
        _require(enabled == "disabled", f"{unit} is {enabled} after the installation")
    _require(container.is_in("inactive"), "the service runs before it is configured")
    owners = container.do("stat", "-c", "%n %U:%G %a", "/var/lib/faceidd", CONFIG, "/etc/faceidd")
    expected = f"/var/lib/faceidd faceidd:faceidd 700\n{CONFIG} root:faceidd 640\n"
    _require(owners == expected + "/etc/faceidd root:faceidd 750", owners)
    groups = set(container.do("id", "-nG", "faceidd").split())
    _require(groups == {"faceidd", "video", "gpio"}, f"its groups are {groups}")
    container.do("runuser", "-u", "faceidd", "--", "faceidd", "model", "verify")
    return "install", took, container.do("faceidd", "--version")


def _analyze(container: Container) -> Row:
    began = time.monotonic()
    said = container.do("systemd-analyze", "verify", *UNITS)
    _require(not said, f"systemd-analyze verify says: {said}")
    if "verify" in container.do("udevadm", "--help"):  # since systemd 254
        container.do("udevadm", "verify", "/usr/lib/udev/rules.d/60-faceidd.rules")
    exposures = []
    for unit in SERVICES:
        table = container.do("systemd-analyze", "security", "--no-pager", unit)
        found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", table)
        _require(found is not None and float(found[1]) <= MOST_EXPOSURE, table)
        exposures.append(f"{unit} {found[1] if found else ''}")
    remarks = f"verify silent; exposure {', '.join(exposures)}"
    return "systemd-analyze", time.monotonic() - began, remarks


def _enroll(container: Container) -> Row:
    board.configure(container)
    container.do("faceidd", "config", "check")
    enroll = ("runuser", "-u", "faceidd", "--", "faceidd", "enroll", "folder", "/srv/photos")
    return _timed("enroll", lambda: container.do(*enroll).splitlines()[-1])


def _start(container: Container) -> str:
    container.do("systemctl", "enable", "--now", "faceidd-sync.timer", "faceidd-sync.path")
    container.do("systemctl", "enable", "--now", "faceidd")  # returns at READY
    _require(container.is_in("active"), "the service is not active")
    return ""


def _recognized(container: Container) -> str:
    """Wait for the next visit to be told to the broker."""
    told = container.do("mosquitto_sub", "-h", "127.0.0.1", "-t", _EVENT, "-C", "1", "-W", "60")
    _require(f'"{PERSON}"' in told, f"another was told: {told}")
    return f"the service is {_size(container)}"


def _size(container: Container) -> str:
    """How much the daemon and its camera's process take, together."""
    processes = [container.process(word) for word in ("run", "faceidd.camera.capture")]
    folders = [Path(f"/proc/{process}") for process in processes]
    pss_kb = sum(
        int(re.findall(r"^Pss: *(\d+) kB$", (folder / "smaps_rollup").read_text(), re.MULTILINE)[0])
        for folder in folders
    )
    tasks = sum(len(list((folder / "task").iterdir())) for folder in folders)
    opened = max(len(list((folder / "fd").iterdir())) for folder in folders)
    return f"{pss_kb / 1024:.0f} MB (PSS), {tasks} tasks, at most {opened} descriptors a process"


def _hang(container: Container) -> Row:
    board.hanging(container)
    container.do("systemctl", "restart", "faceidd")
    restarts, before = int(container.show("NRestarts")), container.process("run")
    container.path(board.HANG).touch()
    hung = wait_until(lambda: not container.path(board.HANG).exists(), "a stage hangs")
    _require(hung < 30, "no stage was reached")
    began = time.monotonic()
    wait_until(
        lambda: int(container.show("NRestarts")) > restarts and container.is_in("active"),
        "the watchdog has restarted the service",
    )
    took = time.monotonic() - began
    journal = _journal(container)
    _require("Watchdog timeout" in journal, journal)
    _require(container.process("run") != before, "the same process runs")
    board.require_rest(container, "a restart by the watchdog")
    board.drop_in(container, "hanging", None)
    container.do("systemctl", "restart", "faceidd")
    return "from a stage that hangs to READY again", took, "ended by the watchdog"


def _reload(container: Container) -> Row:
    before, file = container.process("run"), container.path(CONFIG)
    whole = file.read_text()
    file.write_text("door: [")
    _require(container.run(*_RELOAD).returncode != 0, "a wrong configuration was taken for good")
    changed = json.loads(whole) | {"sync": {"stale_after_h": 1000}}
    file.write_text(json.dumps(changed))
    row = _timed("reload of a changed configuration", lambda: container.do(*_RELOAD))
    told = "reloaded; changed: sync.stale_after_h"
    wait_until(lambda: told in _journal(container), "the change is told")
    _require(container.process("run") == before, "a reload started another process")
    return row[0], row[1], "the same process; a wrong one was refused, and the door went on"


def _journal(container: Container) -> str:
    return container.do("journalctl", "-u", "faceidd", "-o", "cat", "--no-pager")


def _upgrade(container: Container, package: Path) -> Row:
    state = container.path(STATE).read_bytes(), container.path(CONFIG).read_bytes()
    before = container.process("run")
    with tempfile.TemporaryDirectory() as folder:
        file = shutil.copy(board.newer(package, NEWER, Path(folder)), container.path("/srv"))
    install = ("apt-get", "install", "-y", "--no-install-recommends", f"/srv/{Path(file).name}")
    row = _timed("upgrade", lambda: container.do(*install) and "")
    wait_until(lambda: container.is_in("active"), "the new version is ready")
    _require(container.process("run") not in {None, before}, "the old process still runs")
    version = container.do("faceidd", "--version")
    _require(NEWER in version, f"after the upgrade it is {version}")
    kept = container.path(STATE).read_bytes(), container.path(CONFIG).read_bytes()
    _require(kept == state, "the upgrade changed state or configuration")
    enabled = container.do("systemctl", "is-enabled", "faceidd")
    return row[0], row[1], f"{version} runs, {enabled}; gallery and configuration as before"


def _stop(container: Container) -> Row:
    container.do("systemctl", "start", "faceidd")
    daemon = Path(f"/proc/{container.process('run')}")
    began = time.monotonic()
    container.do("systemctl", "stop", "--no-block", "faceidd")
    took = wait_until(lambda: not daemon.exists(), "the daemon has ended")
    board.require_rest(container, "a stop")
    _require(took < MOST_STOP_S, f"a stop took {took:.1f} s")
    wait_until(lambda: container.is_in("inactive"), "the service has ended")
    whole = time.monotonic() - began
    container.do("systemctl", "start", "faceidd")
    return "stop, until the daemon is gone", took, f"{whole:.1f} s with what puts pins at rest"


def _remove(container: Container) -> Row:
    row = _timed("remove", lambda: container.do("apt-get", "remove", "-y", "faceidd") and "")
    _require(container.process("run") is None, "the daemon outlived its package")
    board.require_rest(container, "the removal")
    for unit in UNITS:
        state = container.show("ActiveState", unit)
        _require(state == "inactive", f"{unit} is {state} after the removal")
        _require(container.run("systemctl", "cat", unit).returncode != 0, f"{unit} is still there")
    for gone in ("/usr/lib/faceidd", "/usr/bin/faceidd", "/usr/lib/sysusers.d/faceidd.conf"):
        _require(not container.path(gone).exists(), f"{gone} is still there")
    for kept in (STATE, CONFIG):
        _require(container.path(kept).is_file(), f"{kept} was removed")
    return row[0], row[1], "gallery and configuration kept"


def _purge(container: Container) -> Row:
    purge = ("apt-get", "purge", "-y", "faceidd", "faceidd-models")
    row = _timed("purge", lambda: container.do(*purge) and "")
    left = container.do("find", "/etc", "/usr", "/var/lib", "/run", "-name", "*faceidd*")
    others = [line for line in left.splitlines() if "/faceidd.service.d" not in line]
    _require(not others, f"left after the purge: {others}")
    return row[0], row[1], "nothing left but the user"


def _main() -> None:
    kills, releases = int(sys.argv[1]), sys.argv[2:] or list(RELEASES)
    for release in releases:
        print(f"\nDebian {release}\n| what | seconds | |\n|---|---|---|")  # noqa: T201 - its answer
        for what, seconds, remarks in live(release, kills):
            print(f"| {what} | {seconds:.2f} | {remarks} |", flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    _main()
