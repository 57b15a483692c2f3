"""The life of an installed door under a real systemd: `nspawn.py KILLS [RELEASE ...]`. Needs root.

For Debian 12 and 13 each: the project's packages are built and installed in a container of its
own, somebody is enrolled there, and the service is started, watched, examined by `faceidd doctor`,
hung, reloaded, upgraded, killed in its pulses, stopped, upgraded once more, removed and purged,
with an MJPEG camera and mosquitto in the container.
Prints how long each took, or ends with the first thing that is not as it must be.
"""

import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from support import board
from support.container import (
    RELEASES,
    Container,
    booted,
    fresh_rootfs,
    require,
    wait_until,
)
from support.nspawn_doctor import running, stopped
from support.nspawn_kills import killed
from support.nspawn_reload import CONFIG, reloaded, status_says
from support.nspawn_upgrade import STATE, upgraded, upgraded_at_rest
from support.small_door import PERSON
from support.step import Row, timed

MOST_EXPOSURE = 1.5
MOST_STOP_S = 2.0
SERVICES = ("faceidd.service", "faceidd-sync.service")
UNITS = (*SERVICES, "faceidd-sync.timer", "faceidd-sync.path")


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
            yield timed("start to READY", lambda: _start(container))
            yield timed("until somebody who comes is told", lambda: _recognized(container))
            status_says(container, "door front locked; watching")
            yield running(container)
            yield _hang(container)
            yield stopped(container)
            yield reloaded(container)
            yield upgraded(container, packages[0])
            yield timed("until somebody who comes is told", lambda: _recognized(container))
            board.show(rootfs, visits=False)
            yield from killed(container, kills)
            yield _stop(container)
            yield upgraded_at_rest(container)
            yield _remove(container)
            yield _purge(container)


def _install(container: Container, packages: list[Path]) -> Row:
    began = time.monotonic()
    files = [f"/srv/{package.name}" for package in packages]
    told = container.do("apt-get", "install", "-y", "--no-install-recommends", *files)
    took = time.monotonic() - began
    require("enable --now faceidd" in told, f"the next step was not told: {told}")
    require("warn" not in told.lower(), f"there are warnings: {told}")
    for unit in ("faceidd.service", "faceidd-sync.timer", "faceidd-sync.path"):
        enabled = container.run("systemctl", "is-enabled", unit).stdout.strip()
        require(enabled == "disabled", f"{unit} is {enabled} after the installation")
    require(container.is_in("inactive"), "the service runs before it is configured")
    owners = container.do("stat", "-c", "%n %U:%G %a", "/var/lib/faceidd", CONFIG, "/etc/faceidd")
    expected = f"/var/lib/faceidd faceidd:faceidd 700\n{CONFIG} root:faceidd 640\n"
    require(owners == expected + "/etc/faceidd root:faceidd 750", owners)
    groups = set(container.do("id", "-nG", "faceidd").split())
    require(groups == {"faceidd", "video", "gpio"}, f"its groups are {groups}")
    container.do("runuser", "-u", "faceidd", "--", "faceidd", "model", "verify")
    return "install", took, container.do("faceidd", "--version")


def _analyze(container: Container) -> Row:
    began = time.monotonic()
    said = container.do("systemd-analyze", "verify", *UNITS)
    require(not said, f"systemd-analyze verify says: {said}")
    if "verify" in container.do("udevadm", "--help"):  # since systemd 254
        container.do("udevadm", "verify", "/usr/lib/udev/rules.d/60-faceidd.rules")
    exposures = []
    for unit in SERVICES:
        table = container.do("systemd-analyze", "security", "--no-pager", unit)
        found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", table)
        require(found is not None and float(found[1]) <= MOST_EXPOSURE, table)
        exposures.append(f"{unit} {found[1] if found else ''}")
    remarks = f"verify silent; exposure {', '.join(exposures)}"
    return "systemd-analyze", time.monotonic() - began, remarks


def _enroll(container: Container) -> Row:
    board.configure(container)
    container.do("faceidd", "config", "check")
    enroll = ("runuser", "-u", "faceidd", "--", "faceidd", "enroll", "folder", "/srv/photos")
    return timed("enroll", lambda: container.do(*enroll).splitlines()[-1])


def _start(container: Container) -> str:
    container.do("systemctl", "enable", "--now", "faceidd-sync.timer", "faceidd-sync.path")
    container.do("systemctl", "enable", "--now", "faceidd")  # returns at READY
    require(container.is_in("active"), "the service is not active")
    return ""


def _recognized(container: Container) -> str:
    """Wait for the next visit to be told to the broker."""
    told = board.told(container, "person_recognized")
    require(f'"{PERSON}"' in told, f"another was told: {told}")
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
    pss_mb = pss_kb * 1024 / 1e6
    return f"{pss_mb:.0f} MB (PSS), {tasks} tasks, at most {opened} descriptors a process"


def _hang(container: Container) -> Row:
    board.hanging(container)
    container.do("systemctl", "restart", "faceidd")
    restarts, before = int(container.show("NRestarts")), container.process("run")
    container.path(board.HANG).touch()
    hung = wait_until(lambda: not container.path(board.HANG).exists(), "a stage hangs")
    require(hung < 30, "no stage was reached")
    began = time.monotonic()
    wait_until(
        lambda: int(container.show("NRestarts")) > restarts and container.is_in("active"),
        "the watchdog has restarted the service",
    )
    took = time.monotonic() - began
    journal = container.journal()
    require("Watchdog timeout" in journal, journal)
    require(container.process("run") != before, "the same process runs")
    board.require_rest(container, "a restart by the watchdog")
    board.drop_in(container, "hanging", None)
    container.do("systemctl", "restart", "faceidd")
    return "from a stage that hangs to READY again", took, "ended by the watchdog"


def _stop(container: Container) -> Row:
    container.do("systemctl", "start", "faceidd")
    status_says(container, "door front locked; watching")
    daemon, mark = Path(f"/proc/{container.process('run')}"), len(container.journal())
    began = time.monotonic()
    container.do("systemctl", "stop", "--no-block", "faceidd")
    took = wait_until(lambda: not daemon.exists(), "the daemon has ended")
    board.require_rest(container, "a stop")
    require(took < MOST_STOP_S, f"a stop took {took:.1f} s")
    wait_until(lambda: container.is_in("inactive"), "the service has ended")
    whole = time.monotonic() - began
    require("camera_lost" not in container.journal()[mark:], "a stop is told as a lost camera")
    container.do("systemctl", "start", "faceidd")
    return "stop, until the daemon is gone", took, f"{whole:.1f} s with what puts pins at rest"


def _remove(container: Container) -> Row:
    row = timed("remove", lambda: container.do("apt-get", "remove", "-y", "faceidd") and "")
    require(container.process("run") is None, "the daemon outlived its package")
    board.require_rest(container, "the removal")
    for unit in UNITS:
        state = container.show("ActiveState", unit)
        require(state == "inactive", f"{unit} is {state} after the removal")
        require(container.run("systemctl", "cat", unit).returncode != 0, f"{unit} is still there")
    for gone in ("/usr/lib/faceidd", "/usr/bin/faceidd", "/usr/lib/sysusers.d/faceidd.conf"):
        require(not container.path(gone).exists(), f"{gone} is still there")
    for kept in (STATE, CONFIG):
        require(container.path(kept).is_file(), f"{kept} was removed")
    return row[0], row[1], "gallery and configuration kept"


def _purge(container: Container) -> Row:
    purge = ("apt-get", "purge", "-y", "faceidd", "faceidd-models")
    row = timed("purge", lambda: container.do(*purge) and "")
    left = container.do("find", "/etc", "/usr", "/var/lib", "/run", "-name", "*faceidd*")
    others = [line for line in left.splitlines() if "/faceidd.service.d" not in line]
    require(not others, f"left after the purge: {others}")
    return row[0], row[1], "nothing left but the user"


def _main() -> None:
    kills, releases = int(sys.argv[1]), sys.argv[2:] or list(RELEASES)
    for release in releases:
        print(f"\nDebian {release}\n| what | seconds | |\n|---|---|---|")
        for what, seconds, remarks in live(release, kills):
            print(f"| {what} | {seconds:.2f} | {remarks} |", flush=True)


if __name__ == "__main__":
    _main()
