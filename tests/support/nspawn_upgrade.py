"""Upgrades of a door in a container: what ran runs on anew, what did not run stays so."""

import shutil
import tempfile
from pathlib import Path

from support import board
from support.container import Container, require, wait_until
from support.nspawn_doctor import failed
from support.nspawn_reload import CONFIG
from support.step import Row, timed

STATE = "/var/lib/faceidd/gallery.safetensors"
NEWER = "99.0.0"
_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")


def upgraded(container: Container, package: Path) -> Row:
    """Install a newer version while the door runs.

    Args:
        container: Where.
        package: The version that runs; one that is newer is made of it.

    Raises:
        NotAsItMustBeError: The old one runs on, or something was lost.
    """
    kept = _kept(container)
    before = container.process("run")
    with tempfile.TemporaryDirectory() as folder:
        file = shutil.copy(board.newer(package, NEWER, Path(folder)), container.path("/srv"))
    row = timed("upgrade", lambda: container.do(*_INSTALL, f"/srv/{Path(file).name}") and "")
    wait_until(lambda: container.is_in("active"), "the new version is ready")
    require(container.process("run") not in {None, before}, "the old process still runs")
    version = container.do("faceidd", "--version")
    require(NEWER in version, f"after the upgrade it is {version}")
    require(_kept(container) == kept, "the upgrade changed state or configuration")
    enabled = container.do("systemctl", "is-enabled", "faceidd")
    require(enabled == "enabled", f"after the upgrade the service is {enabled}")
    return row[0], row[1], f"{version} runs, {enabled}; gallery and configuration as before"


def upgraded_at_rest(container: Container) -> Row:
    """Upgrade while the service is stopped, and while it has failed: it stays so, and starts after.

    dpkg takes the same steps when it installs the version that is there once more.

    Raises:
        NotAsItMustBeError: It was started, or cannot be.
    """
    (file,) = container.path("/srv").glob(f"faceidd_{NEWER}*.deb")
    name = f"/srv/{file.name}"
    container.do("systemctl", "stop", "faceidd")
    row = timed("upgrade of a stopped door", lambda: _again(container, name, "inactive"))
    whole = container.path(CONFIG).read_text()
    container.path(CONFIG).write_text("door: [")
    container.run("systemctl", "start", "faceidd")
    wait_until(lambda: container.is_in("failed"), "the service has failed")
    failed(container)
    _again(container, name, "failed")
    require(container.path(CONFIG).read_text() == "door: [", "the configuration was replaced")
    container.path(CONFIG).write_text(whole)
    container.do("systemctl", "start", "faceidd")
    return row[0], row[1], "stays stopped; one that has failed stays failed; both start after it"


def _again(container: Container, file: str, state: str) -> str:
    said = container.do(*_INSTALL, "--reinstall", file)
    now = container.show("ActiveState")
    require(now == state, f"a service that was {state} is {now} after an upgrade: {said}")
    require(container.process("run") is None, f"a daemon runs, and it was {state}")
    require("does not start" not in said, f"the upgrade tried to start it: {said}")
    enabled = container.do("systemctl", "is-enabled", "faceidd")
    require(enabled == "enabled", f"after the upgrade the service is {enabled}")
    board.require_rest(container, f"an upgrade while {state}")
    return ""


def _kept(container: Container) -> tuple[bytes, bytes]:
    return container.path(STATE).read_bytes(), container.path(CONFIG).read_bytes()
