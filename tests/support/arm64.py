"""A door on arm64, without a board: `arm64.py [12|13]`. Needs root, debootstrap, qemu-user-static.

A Debian for arm64 of its own is made in `var/arm64`, its programs run by qemu's emulation of one
process at a time. The project's own packages are installed there; `faceidd doctor` looks at the
door; the door is run before a recording of somebody whom it knows, with simulated pins and a real
mosquitto outside, until it has opened and told so; meanwhile its time passes slowly. Then faces
are embedded there and here, and compared. Times are an emulator's: of a board they say nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from support import arm64_embeddings, arm64_slow_time
from support.environment import ROOT
from support.mosquitto import Login, Mosquitto
from support.portraits import EILEEN, GRACE, head
from support.seeing import recognizer
from support.small_door import PERSON, furnish
from support.started_daemon import StartedDaemon
from support.subscriber import Subscriber
from support.walk import walk
from support.whole_door import complete

from faceidd.camera.frame import Image
from faceidd.checkup.check import Verdict
from faceidd.checkup.report import Report
from faceidd.cli.doctor import FINDINGS
from faceidd.daemon.build import mqtt_settings
from faceidd.daemon.config import Config
from faceidd.demo.picture import write_video
from faceidd.door.pulse import LONGEST_PULSE
from faceidd.face.alignment import align
from faceidd.simulate.approach import Scene

SUITES = {"12": "bookworm", "13": "trixie"}
INCLUDED = "ca-certificates,init-system-helpers,libstdc++6,python3,systemd"
DOOR = Path("var/lib/faceidd/arm64")
"""Where the door's files are, below the root file system."""
EMULATOR = Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")
PATIENCE_S = 900.0
PATIENCE = "60"
"""The doctor's: it runs the networks, which takes an emulator a minute and more."""
FAILS = {"model.runtime": "take longer than evidence counts"}
"""Checks of the doctor that must fail, and words of the reason. An emulated look takes seconds,
three of them longer than `access.max_age_s`, and the doctor measures real time. No other may: the
recording is a camera, the pins are simulated, and that a chroot has neither a systemd to ask nor
/sys to read is skipped or warned of."""
PYTHON = "/usr/lib/faceidd/bin/python3"
SCENES = (Scene("nobody", 0.3), Scene("walks up", 0.15, "enrolled", (170, 200), (0.9, 1.0)))
"""Three frames of a visitor: the one that opens the door is the recording's last."""
LEAST_COSINE = {"float32": 0.9999, "float16": 0.9999, "int8": 0.99}


Arrays = dict[str, NDArray[np.float32]]


class NotAsItMustBeError(Exception):
    """The door did not do what it is there for."""


def inside(rootfs: Path, *command: str | Path, user: str = "root") -> list[str]:
    """The command that runs another one in a root file system, with its own processes alone."""
    # Without /sys: with it, what loads the networks crashes; it may take what stands there of this
    # machine's processors for an Arm's.
    # The shell is root's and stays: where it is killed with `unshare`, all that it started ends.
    script = f'mount -t proc proc {rootfs}/proc && chroot {rootfs} "$@"; exit $?'
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh"]
    change = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"]
    return [*unshare, *(change if user != "root" else []), *map(str, command)]


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    began = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - began:.1f} s", flush=True)


def make_rootfs(rootfs: Path, suite: str) -> None:
    """Install a small Debian for arm64, if it is not there.

    Raises:
        NotAsItMustBeError: This machine runs no programs of arm64.
    """
    if not EMULATOR.exists():
        raise NotAsItMustBeError(
            "no emulator of arm64 is registered: apt install qemu-user-static binfmt-support,"
            " and where nothing is in /proc/sys/fs/binfmt_misc, mount -t binfmt_misc there first"
        )
    if (rootfs / "made").exists():
        return
    shutil.rmtree(rootfs, ignore_errors=True)
    rootfs.parent.mkdir(parents=True, exist_ok=True)
    options = ["--arch=arm64", "--variant=minbase", f"--include={INCLUDED}"]
    subprocess.run(["debootstrap", *options, suite, str(rootfs)], check=True, stdout=sys.stderr)
    (rootfs / "made").touch()


def install(rootfs: Path, release: str) -> None:
    """Build the project's packages for arm64, and install them as a user does."""
    environment = {**os.environ, "DEB_RELEASE": release, "DEB_ARCH": "arm64"}
    subprocess.run(["sh", "packaging/deb.sh"], cwd=ROOT, env=environment, check=True)
    debs = [*(ROOT / "var/deb").glob(f"faceidd_*~deb{release}_arm64.deb")]
    debs += (ROOT / "var/deb").glob("faceidd-models_*_all.deb")
    into = rootfs / "root"
    for deb in debs:
        shutil.copy(deb, into)
    names = [f"/root/{deb.name}" for deb in debs]
    options = ["--yes", "--no-install-recommends", "--reinstall"]
    _run(inside(rootfs, "apt-get", "update", "-q"))
    _run(inside(rootfs, "apt-get", "install", *options, *names))


def furnish_door(rootfs: Path, models: Path, broker: Mosquitto) -> Config:
    """Make the door's files in the root file system; the settings, as this machine reads them."""
    folder = rootfs / DOOR
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = furnish(folder, models)
    complete(settings, folder, broker.door_settings(folder))
    shutil.copy(broker.ca_file, folder / "ca.pem")
    settings["mqtt"]["tls"] = {"ca": str(folder / "ca.pem")}
    settings["models"] = {"dir": f"{rootfs}/var/lib/faceidd/models", "threads": 1}
    settings["camera"] = {"source": str(folder / "visit.avi"), "pace": "as_fast_as_possible"}
    # The kernel's guard of a pulse knows no slow time, and kills what holds the door open for
    # longer; until then the recording must have ended.
    settings["door"] |= {"pulse_s": LONGEST_PULSE}
    write_video(walk(SCENES), folder / "visit.avi")
    (folder / "faceidd.yaml").write_text(json.dumps(settings).replace(str(rootfs), ""))
    _run(inside(rootfs, "chown", "-R", "faceidd:faceidd", f"/{DOOR}"))
    _run(inside(rootfs, "install", "-d", "-o", "faceidd", "-m", "700", "/run/faceidd"))
    return Config.model_validate(settings)


def check_up(rootfs: Path) -> None:
    """Have `faceidd doctor` look at the door, show what it says, and hold that against `FAILS`.

    Raises:
        NotAsItMustBeError: It could not look, or something else fails, or does not.
    """
    options = ("--config", f"/{DOOR}/faceidd.yaml", "--patience", PATIENCE, "--json")
    command = inside(rootfs, "faceidd", "doctor", *options, user="faceidd")
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != FINDINGS:
        raise NotAsItMustBeError(
            f"the doctor ended with {done.returncode}: {done.stdout}{done.stderr}"
        )
    checks = Report.model_validate_json(done.stdout).checks
    for check in checks:
        print(f"  {check.verdict:<9}{check.name}: {check.reason}")
    failed = {check.name: check.reason for check in checks if check.verdict is Verdict.FAIL}
    if failed.keys() != FAILS.keys() or any(FAILS[name] not in failed[name] for name in FAILS):
        raise NotAsItMustBeError(f"these fail: {failed}")


@contextmanager
def slow_time(rootfs: Path) -> Iterator[None]:
    """Let time pass slowly for all that runs by faceidd's own Python.

    An emulated look takes seconds, so by the clock on the wall no three of them would ever agree
    within `access.max_age_s`. The program is the installed one; the access rules are the defaults.
    """
    module = Path(arm64_slow_time.__file__)
    (packages,) = (rootfs / "usr/lib/faceidd/lib").glob("python3.*/site-packages")
    laid = [packages / module.name, packages / f"{module.stem}.pth"]
    try:
        shutil.copy(module, laid[0])
        laid[1].write_text(f"import {module.stem}\n")
        yield
    finally:
        for file in laid:
            file.unlink(missing_ok=True)


def open_once(rootfs: Path, config: Config, listener: Login) -> None:
    """Run the door before the recording, and see that it opens for whom it knows.

    Raises:
        NotAsItMustBeError: It does not, or ends with a fault.
    """
    settings = mqtt_settings(config)
    assert settings is not None
    settings = replace(
        settings, client_id="listener", username=listener.username, password=listener.password
    )
    command = inside(rootfs, "faceidd", "run", "--config", f"/{DOOR}/faceidd.yaml", user="faceidd")
    with (
        tempfile.TemporaryDirectory() as folder,
        Subscriber(settings) as subscriber,
        StartedDaemon(command, Path(folder, "log"), {}) as daemon,
    ):
        ready = daemon.wait_ready(PATIENCE_S) - daemon.began
        if code := daemon.wait(PATIENCE_S):
            raise NotAsItMustBeError(f"exit code {code}: {daemon.log}")
        took = time.monotonic() - daemon.began
        print(daemon.log)
        told = [subscriber.next_news()]
        while told[-1].topic.rsplit("/")[-1] != "door_opened":
            told.append(subscriber.next_news())
    recognized = [message for message in told if message.topic.endswith("/person_recognized")]
    if not recognized or any(PERSON not in message.text for message in recognized):
        raise NotAsItMustBeError(f"told instead: {told}")
    print(f"ready after {ready:.1f} s, at the recording's end after {took:.1f} s")


def compare(rootfs: Path, models: Path) -> None:
    """Embed the same faces there and here, and say how alike the embeddings are.

    Raises:
        NotAsItMustBeError: They are not alike.
    """
    folder = rootfs / "root/embeddings"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copytree(models, folder / "models")
    shutil.copy(arm64_embeddings.__file__, folder)
    photos = _photos()
    here = recognizer(models)
    faces = [here.find(photo)[0].face for photo in photos]
    pairs = zip(photos, faces, strict=True)
    crops = [align(photo, face, here.rule, here.embedder.input_px).image for photo, face in pairs]
    np.savez(folder / "photos.npz", photos=np.stack(photos), crops=np.stack(crops))
    program = ("arm64_embeddings.py", "models", "photos.npz")
    _run([sys.executable, *program, "here.npz"], folder)
    in_folder = ("env", "--chdir=/root/embeddings", PYTHON)
    _run(inside(rootfs, *in_folder, *program, "there.npz"))
    _tell(dict(np.load(folder / "here.npz")), dict(np.load(folder / "there.npz")))


def _photos() -> list[Image]:
    """Two people at two distances, in two lights."""
    images = []
    for name in (EILEEN, GRACE):
        for width, light in ((110, 1.0), (190, 0.6)):
            canvas = np.full((480, 640, 3), 90, np.uint8)
            part = head(name, width)
            side = part.shape[0]
            canvas[20 : 20 + side, 60 : 60 + side] = part
            images.append((canvas * light).astype(np.uint8))
    return images


def _tell(here: Arrays, there: Arrays) -> None:
    for variant, least in LEAST_COSINE.items():
        for what in ("crops", "photos"):
            cosines = (here[f"{variant} {what}"] * there[f"{variant} {what}"]).sum(axis=1)
            print(
                f"{variant}, {len(cosines)} {what}: cosine of arm64 to x86-64"
                f" {np.median(cosines):.6f} (median), {cosines.min():.6f} at least;"
                f" {there[f'{variant} seconds']:.2f} s a face, emulated"
            )
            if cosines.min() < least:
                raise NotAsItMustBeError(f"{variant} {what}: {cosines}")


def _run(command: list[str], folder: Path = ROOT) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder, env=environment
    )
    if done.returncode:
        raise NotAsItMustBeError(f"{command}: {done.stdout}{done.stderr}")


def _main() -> None:
    release = sys.argv[1] if len(sys.argv) > 1 else "12"
    suite = SUITES[release]
    rootfs = ROOT / "var/arm64" / suite
    models = Path(os.environ.get("FACEIDD_MODELS") or ROOT / "var/models")
    with timed(f"Debian {release} for arm64"):
        make_rootfs(rootfs, suite)
    with timed("the packages, built and installed"):
        install(rootfs, release)
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker:
        config = furnish_door(rootfs, models, broker)
        with timed("faceidd doctor"):
            check_up(rootfs)
        with timed("faceidd run"), slow_time(rootfs):
            open_once(rootfs, config, broker.subscriber_login)
    with timed("embeddings"):
        compare(rootfs, models)


if __name__ == "__main__":
    _main()
