"""What stands around the service on a board in a container: a camera, a broker, somebody to know.

The camera is a program of its own that streams MJPEG; the pins are files.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import cv2
import numpy as np
from support.container import Container, NotAsItMustBeError
from support.environment import ROOT
from support.portraits import EILEEN, picture, scene
from support.small_door import PERSON, jpeg, visit

from faceidd.camera.frame import Image
from faceidd.door.pin_file import look

PULSE_S = 3.0
RELAY, BUTTON = "GPIO17", "GPIO27"
AT_REST = {(True, False), (False, False)}
HANG = "/var/lib/faceidd/hang"
"""Somebody who makes this file makes a stage hang, once `hanging` was called."""

_PINS = "/var/lib/faceidd/pins"
_SCRIPTS = "/opt/board"
_SETTINGS = {
    "door": {
        "pin_factory": "simulated",
        "pins_dir": _PINS,
        "pulse_s": PULSE_S,
        "exit": {"pin": BUTTON, "pull": "down"},
    },
    "camera": {"source": "http://127.0.0.1:8080/video"},
    "mqtt": {"host": "127.0.0.1"},
}
_CAMERA = f"""[Service]
Environment=PYTHONPATH={_SCRIPTS}
ExecStart=/usr/bin/python3 -m support.shown_pictures /srv/pictures 8080
[Install]
WantedBy=multi-user.target
"""
_HANGING = f"""[Service]
ExecStart=
ExecStart=/usr/lib/faceidd/bin/python3 -I {_SCRIPTS}/support/hanging_stage.py {HANG} run
"""


def furnish(rootfs: Path) -> None:
    """Put the camera, its pictures and photos to enroll into the container's files."""
    scripts = rootfs / _SCRIPTS.lstrip("/") / "support"
    scripts.mkdir(parents=True)
    for name in ("mjpeg_camera.py", "shown_pictures.py", "hanging_stage.py"):
        shutil.copy(ROOT / "tests/support" / name, scripts)
    (rootfs / "etc/systemd/system/camera.service").write_text(_CAMERA)
    wants = rootfs / "etc/systemd/system/multi-user.target.wants"
    (wants / "camera.service").symlink_to("/etc/systemd/system/camera.service")
    photos = rootfs / "srv/photos" / PERSON
    photos.mkdir(parents=True)
    cv2.imwrite(str(photos / "1.png"), picture(EILEEN))
    show(rootfs, visits=True)


def show(rootfs: Path, *, visits: bool) -> None:
    """Let somebody known come before the camera every few seconds, or nobody."""
    pictures = rootfs / "srv/pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    nobody, somebody = _noisy(scene()), _noisy(visit())
    for number in range(80):
        shown = somebody if visits and number >= 50 else nobody
        file = pictures / f"{number:03d}.jpg"
        file.with_suffix(".new").write_bytes(shown[number % 2])
        file.with_suffix(".new").replace(file)  # the camera may be reading it


def _noisy(image: Image) -> tuple[bytes, bytes]:
    """Two pictures of the same: no sensor gives one twice."""
    noise = np.random.default_rng(0).integers(0, 2, image.shape, np.uint8)
    return jpeg(image), jpeg(np.asarray(cv2.add(image, noise), dtype=np.uint8))


def configure(container: Container) -> None:
    """Write the door's settings over those of the package, as an admin edits them."""
    container.path("/etc/faceidd/faceidd.yaml").write_text(json.dumps(_SETTINGS))


def hanging(container: Container) -> None:
    """Have the service run with a stage that hangs on demand."""
    drop_in(container, "hanging", _HANGING)


def drop_in(container: Container, name: str, text: str | None) -> None:
    """Write a drop-in of the service, or take it away; it counts from the next start on."""
    folder = container.path("/etc/systemd/system/faceidd.service.d")
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.conf"
    file.unlink() if text is None else file.write_text(text)
    container.do("systemctl", "daemon-reload")


def relay(container: Container) -> tuple[bool, bool] | None:
    """Whether the relay's pin is driven, and whether it is high; None was never driven."""
    return look(container.path(_PINS), RELAY)


def press(container: Container, pressed: bool) -> None:
    """Press the exit button, or let it go."""
    (container.path(_PINS) / BUTTON).write_text(f"in {pressed:d}\n")


def require_rest(container: Container, after: str) -> None:
    """See that the lock holds.

    Raises:
        NotAsItMustBeError: The relay is energized.
    """
    if (pin := relay(container)) not in AT_REST:
        raise NotAsItMustBeError(f"the pin is {pin} after {after}")


def told(container: Container, event: str) -> str:
    """Wait for the next event of this type to be told to the broker; give it.

    Raises:
        NotAsItMustBeError: None came.
    """
    topic = f"faceidd/front/event/{event}"
    return container.do("mosquitto_sub", "-h", "127.0.0.1", "-t", topic, "-C", "1", "-W", "60")


def build_packages(release: str) -> list[Path]:
    """Build the project's packages for a release of Debian; those of this machine's kind."""
    settings = {**os.environ, "DEB_RELEASE": release}
    subprocess.run(["sh", "packaging/deb.sh"], cwd=ROOT, env=settings, check=True)
    built = ROOT / "var/deb"
    machine = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    ours, models = f"faceidd_*~deb{release}_{machine}.deb", "faceidd-models_*_all.deb"
    return [next(built.glob(ours)), next(built.glob(models))]


def version_of(file: Path) -> str:
    """The version that the package's first file states."""
    (version,) = re.findall(r'^__version__ = "(.+)"$', file.read_text(), re.MULTILINE)
    return str(version)


def newer(package: Path, version: str, into: Path) -> Path:
    """The same package with a higher version, in its name and in what it says of itself."""
    with tempfile.TemporaryDirectory() as work:
        tree = Path(work) / "tree"
        subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(tree)], check=True)
        (ours,) = tree.glob("usr/lib/faceidd/lib/*/site-packages/faceidd/__init__.py")
        old = version_of(ours)
        for file in (ours, tree / "DEBIAN/control"):
            file.write_text(file.read_text().replace(old, version, 1))
        out = into / package.name.replace(old, version)
        build = ["dpkg-deb", "--build", "--root-owner-group", "-Zzstd", "-z1", str(tree), str(out)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return out
