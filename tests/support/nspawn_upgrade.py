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
    """Upgrade while the service is stopped, and while it has failed.

    One that is stopped stays so; one that has failed is tried again, and the package is installed
    whether it starts or not. dpkg takes the same steps when it installs the same version once more.

    Raises:
        NotAsItMustBeError: It was started, was not tried again, or does not start.
    """
    container.do("systemctl", "stop", "faceidd")
    row = timed("upgrade of a stopped door", lambda: _again(container, "inactive"))
    require("does not start" not in row[2], f"the upgrade tried to start it: {row[2]}")
    require(container.process("run") is None, "a daemon runs that was stopped")
    whole = container.path(CONFIG).read_text()
    container.path(CONFIG).write_text("door: [")
    container.run("systemctl", "start", "faceidd")
    wait_until(lambda: container.is_in("failed"), "the service has failed")
    failed(container)
    said = _again(container, "failed")
    require("does not start with the new version" in said, f"nothing is said of it: {said}")
    require(container.path(CONFIG).read_text() == "door: [", "the configuration was replaced")
    container.path(CONFIG).write_text(whole)
    _again(container, "active")
    return row[0], row[1], "it stays stopped; one that has failed is tried again"


def _again(container: Container, then: str) -> str:
    """Install the version that is there once more; give what was said."""
    (file,) = container.path("/srv").glob(f"faceidd_{NEWER}*.deb")
    said = container.do(*_INSTALL, "--reinstall", f"/srv/{file.name}")
    now = container.show("ActiveState")
    require(now == then, f"the service is {now} after an upgrade, not {then}: {said}")
    enabled = container.do("systemctl", "is-enabled", "faceidd")
    require(enabled == "enabled", f"after the upgrade the service is {enabled}")
    if then != "active":
        board.require_rest(container, f"an upgrade of a service that is {then}")
    return said


def _kept(container: Container) -> tuple[bytes, bytes]:
    return container.path(STATE).read_bytes(), container.path(CONFIG).read_bytes()
