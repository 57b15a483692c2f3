"""A Debian with files of its own, booted by systemd-nspawn. Needs root, and the packages
`systemd-container` and `debootstrap`.

Its network is its own loopback. Its systemd is a real one, but a container's: there is no hardware,
udev does not run, and where this machine has the older hierarchy of control groups no limit of
memory and no list of devices is enforced.
"""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from support.environment import ROOT

RELEASES = {"12": "bookworm", "13": "trixie"}
"""Debian's releases: number -> name."""

PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "udev", "libpam-systemd", "python3"),
    *("libstdc++6", "zlib1g", "procps", "mosquitto", "mosquitto-clients"),
)
"""What ours depend on, and a broker."""

PATIENCE_S = 90.0


class NotAsItMustBeError(Exception):
    """The service did not do what it is there for."""


class Container:
    """A booted Debian.

    Args:
        rootfs: Its files.
        leader: Its first process, as this machine numbers it.
    """

    def __init__(self, rootfs: Path, leader: int) -> None:
        self.leader = leader
        self._rootfs = rootfs

    def path(self, inside: str) -> Path:
        """Where this machine sees one of its files."""
        return self._rootfs / inside.lstrip("/")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the container, whatever comes of it; stderr joins stdout."""
        return subprocess.run(
            ["nsenter", "--target", str(self.leader), "--all", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"},
        )

    def do(self, *command: str) -> str:
        """Run a command that must go well; give what it said.

        Raises:
            NotAsItMustBeError: It failed.
        """
        done = self.run(*command)
        if done.returncode:
            raise NotAsItMustBeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}")
        return done.stdout.strip()

    def show(self, name: str, unit: str = "faceidd") -> str:
        """A property of a unit."""
        return self.do("systemctl", "show", "-P", name, unit)

    def is_in(self, state: str) -> bool:
        """Whether the service is in a state: `active` when it has said that it is ready."""
        return self.show("ActiveState") == state

    def journal(self) -> str:
        """What the service and those who start it have said."""
        return self.do("journalctl", "-u", "faceidd", "-o", "cat", "--no-pager")

    def process(self, word: str) -> int | None:
        """A process with this word in its command line, as this machine numbers it."""
        ours = Path(f"/proc/{self.leader}/ns/pid").readlink()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if word.encode() in words and (process / "ns/pid").readlink() == ours:
                    return int(process.name)
        return None


def require(claim: bool, what: str) -> None:
    """Hold something.

    Raises:
        NotAsItMustBeError: It is not so.
    """
    if not claim:
        raise NotAsItMustBeError(what)


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


@contextlib.contextmanager
def fresh_rootfs(release: str) -> Iterator[Path]:
    """Files of a Debian that nothing was done to yet; they are removed again."""
    pristine = ROOT / "var/rootfs" / release
    if not pristine.exists():
        _bootstrap(RELEASES[release], pristine)
    rootfs = pristine.with_name(f"{release}-running")
    shutil.rmtree(rootfs, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(pristine), str(rootfs)], check=True)
    try:
        yield rootfs
    finally:
        shutil.rmtree(rootfs)


@contextlib.contextmanager
def booted(rootfs: Path) -> Iterator[Container]:
    """Boot the container, wait until its services run, and end it again."""
    command = ["systemd-nspawn", "-b", "--register=no", "--keep-unit", "--private-network", "-q"]
    # Later releases do not start with the older hierarchy of control groups.
    environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    # Its console is no terminal of ours.
    with subprocess.Popen(
        [*command, "-D", str(rootfs)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as nspawn:
        try:
            wait_until(lambda: _leader(nspawn.pid, rootfs) is not None, "the container boots")
            leader = _leader(nspawn.pid, rootfs)
            assert leader is not None
            container = Container(rootfs, leader)
            wait_until(lambda: _is_up(container), "the container's services run")
            yield container
        finally:
            nspawn.terminate()
            nspawn.wait(60)


def _is_up(container: Container) -> bool:
    return container.run("systemctl", "is-system-running").stdout.strip() in {"running", "degraded"}


def _bootstrap(name: str, rootfs: Path) -> None:
    """Install a small Debian, from where this machine has its own packages."""
    command = ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"]
    sites = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    unfinished = rootfs.with_name(f"{rootfs.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    bootstrap = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
    subprocess.run([*bootstrap, name, str(unfinished), *sites[:1]], check=True)
    unfinished.rename(rootfs)


def _leader(nspawn: int, rootfs: Path) -> int | None:
    """The container's first process: never a shell into anything that is not our own files."""
    children = Path(f"/proc/{nspawn}/task/{nspawn}/children")
    for child in children.read_text().split() if children.exists() else []:
        with contextlib.suppress(OSError):
            name = Path(f"/proc/{child}/comm").read_text().strip()
            if name == "systemd" and Path(f"/proc/{child}/root").samefile(rootfs):
                return int(child)
    return None
