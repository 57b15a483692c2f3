"""The service under a real systemd, killed in its pulses: `nspawn.py TIMES [ROOTFS]`. Needs root.

A Debian of its own is booted in a container by systemd-nspawn (packages `systemd-container` and
`debootstrap`), with the project's unit and this repository's code. The pins are files in its state
folder: this program presses the exit button there, kills the daemon in the pulse, and sees how
long the pin stays energized. ROOTFS is made where it is missing.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from support.mjpeg_camera import MjpegCamera
from support.small_door import furnish, jpeg

from faceidd.door.guard import GUARD_MARGIN
from faceidd.door.pin_file import look

ROOT = Path(__file__).parents[2]
PULSE_S = 3.0
PATIENCE_S = 90.0
PACKAGES = "systemd,systemd-sysv,dbus,python3,libgl1,libglib2.0-0"
RELAY, BUTTON = "GPIO17", "GPIO27"
LAUNCHER = """#!/bin/sh
export PYTHONPATH=/opt/faceidd/code:/opt/faceidd/packages
exec /usr/bin/python3 -m faceidd "$@"
"""
DROP_IN = "[Service]\nRestartSec=0.2\n"


class NotAsItMustBeError(Exception):
    """The service did not do what it is there for."""


class Container:
    """A booted Debian with the service in it.

    Args:
        rootfs: Its files.
        leader: Its first process, as this machine numbers it.
    """

    def __init__(self, rootfs: Path, leader: int) -> None:
        self.leader = leader
        self.pins = rootfs / "var/lib/faceidd/pins"
        self.config = rootfs / "etc/faceidd/faceidd.yaml"

    def run(self, *command: str) -> str:
        """Run a command in the container."""
        done = subprocess.run(
            ["nsenter", "--target", str(self.leader), "--all", *command],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    @property
    def daemon(self) -> int:
        """The daemon's process, as this machine numbers it.

        Raises:
            NotAsItMustBeError: There is none.
        """
        ours = Path(f"/proc/{self.leader}/ns/pid").readlink()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if b"run" in words and (process / "ns/pid").readlink() == ours:
                    return int(process.name)
        raise NotAsItMustBeError("no daemon runs")

    def press(self, pressed: bool) -> None:
        """Press the exit button, or let it go."""
        (self.pins / BUTTON).write_text(f"in {pressed:d}\n")

    @property
    def energized(self) -> bool:
        """Whether the relay is on."""
        return look(self.pins, RELAY) == (True, True)

    def is_in(self, state: str) -> bool:
        """Whether the service is in a state: `active` when the daemon listens to the button."""
        return self.run("systemctl", "show", "-P", "ActiveState", "faceidd") == state


def wait_until(wanted: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> float:
    """Wait for something; say how long it took.

    Raises:
        NotAsItMustBeError: It did not come.
    """
    began = time.monotonic()
    while not wanted():
        if time.monotonic() - began > seconds:
            raise NotAsItMustBeError(f"waited in vain until {what}")
        time.sleep(0.002)
    return time.monotonic() - began


def open_by_button(container: Container) -> tuple[int, float]:
    """Press the exit button of a door that is ready; say who keeps it, and since when."""
    wait_until(lambda: container.is_in("active"), "the service is ready")
    if container.energized:
        raise NotAsItMustBeError("the relay is energized after a restart")
    container.press(False)
    time.sleep(0.3)  # until the button counts as let go
    container.press(True)
    daemon = container.daemon
    wait_until(lambda: container.energized, "the relay is energized")
    return daemon, time.monotonic()


def kill_often(container: Container, times: int, chance: random.Random) -> list[float]:
    """Kill the daemon in its pulses; say how long the pin was energized after each kill."""
    lasted = []
    for number in range(times):
        daemon, _ = open_by_button(container)
        time.sleep(chance.uniform(0, 0.6 * PULSE_S))
        if not container.energized:
            raise NotAsItMustBeError("the pulse was over before the kill")
        os.kill(daemon, signal.SIGKILL)
        lasted.append(wait_until(lambda: not container.energized, "the pin is at rest"))
        if number % 10 == 9:
            print(f"{number + 1} kills", flush=True)  # noqa: T201 - its answer
    return lasted


def hang(container: Container) -> float:
    """Stop the daemon in a pulse, as one that hangs; say how long the pin was energized."""
    daemon, began = open_by_button(container)
    os.kill(daemon, signal.SIGSTOP)
    wait_until(lambda: not container.energized, "the pin of a daemon that hangs is at rest")
    return time.monotonic() - began


def break_configuration(container: Container) -> float:
    """Kill the daemon in a pulse, its configuration broken; say how long the pin was energized."""
    whole = container.config.read_text()
    daemon, _ = open_by_button(container)
    container.config.write_text("door: [")
    os.kill(daemon, signal.SIGKILL)
    lasted = wait_until(lambda: not container.energized, "the pin of a broken door is at rest")
    wait_until(lambda: container.is_in("failed"), "the service has given up")
    container.config.write_text(whole)
    container.run("systemctl", "start", "--no-block", "faceidd")
    return lasted


def stop(container: Container, *command: str) -> float:
    """End the service in a pulse; say how long the pin was energized after the command."""
    open_by_button(container)
    began = time.monotonic()
    container.run(*command)
    wait_until(lambda: not container.energized, "the pin of a stopped service is at rest")
    return time.monotonic() - began


@contextlib.contextmanager
def booted(rootfs: Path) -> Iterator[Container]:
    """Boot the container, and end it again."""
    command = ["systemd-nspawn", "-b", "--register=no", "--keep-unit", "-q", "-D", str(rootfs)]
    command += [f"--bind-ro={sysconfig.get_path('purelib')}:/opt/faceidd/packages"]
    # Its console is no terminal of ours.
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as nspawn:
        try:
            wait_until(lambda: _leader(nspawn.pid, rootfs) is not None, "the container boots")
            leader = _leader(nspawn.pid, rootfs)
            assert leader is not None
            yield Container(rootfs, leader)
        finally:
            nspawn.terminate()
            nspawn.wait(60)


def _leader(nspawn: int, rootfs: Path) -> int | None:
    """The container's first process: never a shell into anything that is not our own files."""
    children = Path(f"/proc/{nspawn}/task/{nspawn}/children")
    for child in children.read_text().split() if children.exists() else []:
        with contextlib.suppress(OSError):
            name = Path(f"/proc/{child}/comm").read_text().strip()
            if name == "systemd" and Path(f"/proc/{child}/root").samefile(rootfs):
                return int(child)
    return None


def make_rootfs(rootfs: Path) -> None:
    """Install a small Debian, if it is not there."""
    if not (rootfs / "usr/bin/python3").exists():
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm"]
        subprocess.run([*command, str(rootfs)], check=True)


def install(rootfs: Path, camera: str, models: Path, furniture: Path) -> None:
    """Put the service into the container's files, as the README does on a board."""
    prefix, state = rootfs / "opt/faceidd", rootfs / "var/lib/faceidd"
    for folder in (prefix, state):
        shutil.rmtree(folder, ignore_errors=True)
    (prefix / "packages").mkdir(parents=True)
    (prefix / "bin").mkdir()
    shutil.copytree(ROOT / "faceidd", prefix / "code/faceidd")
    (prefix / "bin/faceidd").write_text(LAUNCHER)
    (prefix / "bin/faceidd").chmod(0o755)
    shutil.copytree(models, state / "models")
    furnish(furniture, models)
    shutil.copy(furniture / "gallery.safetensors", state)
    settings = {
        "door": {
            "pin_factory": "simulated",
            "pins_dir": "/var/lib/faceidd/pins",
            "pulse_s": PULSE_S,
            "exit": {"pin": BUTTON, "pull": "down"},
        },
        "camera": {"source": camera},
    }
    (rootfs / "etc/faceidd").mkdir(exist_ok=True)
    (rootfs / "etc/faceidd/faceidd.yaml").write_text(json.dumps(settings))
    units = rootfs / "etc/systemd/system"
    shutil.copy(ROOT / "systemd/faceidd.service", units)
    (units / "faceidd.service.d").mkdir(exist_ok=True)
    (units / "faceidd.service.d/quick.conf").write_text(DROP_IN)
    for command in (
        ["groupadd", "--force", "--system", "gpio"],
        ["useradd", "--system", "--groups", "video,gpio", "faceidd"],
        ["chown", "-R", "faceidd:faceidd", "/var/lib/faceidd"],
        ["systemctl", "enable", "faceidd"],
    ):
        subprocess.run(["chroot", str(rootfs), *command], check=False, capture_output=True)


def _main() -> None:
    times = int(sys.argv[1])
    rootfs = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "var/rootfs"
    models = Path(os.environ.get("FACEIDD_MODELS") or ROOT / "var/models")
    make_rootfs(rootfs)
    nobody = jpeg(np.full((480, 640, 3), 127, np.uint8))
    with tempfile.TemporaryDirectory() as furniture, MjpegCamera([nobody]) as camera:
        install(rootfs, camera.url, models, Path(furniture))
        with booted(rootfs) as container:
            lasted = kill_often(container, times, random.Random(1))  # noqa: S311 - moments
            hung = hang(container)
            broken = break_configuration(container)
            restarted = stop(container, "systemctl", "--no-block", "restart", "faceidd")
            stopped = stop(container, "systemctl", "--no-block", "stop", "faceidd")
            wait_until(lambda: container.is_in("inactive"), "the service has ended")
            resting = look(container.pins, RELAY)
    if resting != (False, False):
        raise NotAsItMustBeError(f"the pin is {resting} after the last stop")
    print(  # noqa: T201 - its answer
        f"{times} kills in pulses of {PULSE_S} s: at rest after each, energized for"
        f" {statistics.median(lasted):.2f} s more (median), {max(lasted):.2f} s at most\n"
        f"a daemon that hangs: energized for {hung:.2f} s in all, guarded at"
        f" {PULSE_S + GUARD_MARGIN:.1f} s\n"
        f"killed with a broken configuration: energized for {broken:.2f} s more\n"
        f"a restart in a pulse: {restarted:.2f} s more; a stop in a pulse: {stopped:.2f} s more"
    )


if __name__ == "__main__":
    _main()
