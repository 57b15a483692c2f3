"""Kills a sync at every system call that writes, or every so many: `sync_kills.py [EVERY]`.

Each sync of a short history is recorded once under strace. For every system call of it the door's
folder is laid out as a crash would have left it there; then the old or the new gallery must load,
and the next sync must bring the new one and leave nothing aside. Some of the crashes are also done
for real, by a SIGKILL at that system call, and must leave what was told.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from support.crash_points import CRASHES, Call, Content, Crash, Disk, lay_out, record
from support.published_packs import manifest_of, tar_of
from support.static_server import break_off
from support.synced_door import RUNS, SyncedDoor, people, settings_of, synced_door

from faceidd.errors import FaceiddError
from faceidd.gallery.file import load_gallery
from faceidd.models.pack import MANIFEST
from faceidd.sync.pack import FOLDER
from faceidd.sync.refused import RefusedError
from faceidd.sync.sync import sync
from faceidd.sync.urllib3 import RESUMED_FROM

REAL_EVERY = 32
PEOPLE, WIDE = 130, 512
"""In the gallery, and numbers in a template: a whole one is large enough to be resumed."""

State = Mapping[str, tuple[Content, str]]


class NeitherError(Exception):
    """After a crash there is neither the old nor the new gallery, or no way on."""


def first(door: SyncedDoor) -> None:
    """The door's first sync."""
    door.publish(PEOPLE, 1, dimension=WIDE)


def by_delta(door: SyncedDoor) -> None:
    """One person has changed."""
    door.sync()
    door.publish(PEOPLE, 2, dimension=WIDE, changed=1)


def whole(door: SyncedDoor) -> None:
    """There is no delta from what the door has."""
    door.sync()
    for version in range(3, 8):
        door.publish(PEOPLE, version, dimension=WIDE, changed=1)


def rotated(door: SyncedDoor) -> None:
    """The keys of targets have changed, and so has the gallery."""
    door.sync()
    door.repository.rotate("targets")
    door.publish(PEOPLE, 8, dimension=WIDE, changed=2)


def revoked(door: SyncedDoor) -> None:
    """The door has no assignment any more."""
    door.sync()
    door.repository.revoke(door.recipient)
    door.repository.publish()


def resumed(door: SyncedDoor) -> None:
    """The download of a whole gallery broke off before."""
    door.repository.assign(door.recipient)
    door.repository.edit(people(PEOPLE + 9, 9, dimension=WIDE), [door.recipient], deltas=0)
    door.repository.publish()
    door.site.spoiled["galleries/"] = break_off
    with suppress(RefusedError):
        door.sync()
    door.site.spoiled.clear()


def followed(door: SyncedDoor) -> None:
    """The gallery is of another model, and its pack comes with it."""
    door.sync()
    network = bytes(RESUMED_FROM * 2)
    manifest = manifest_of(network)
    pack = tar_of({MANIFEST: manifest.model_dump_json().encode(), "net.tflite": network})
    model = manifest.model_id("int8")
    gallery = people(PEOPLE, 10, dimension=WIDE, model_id=model)
    document = door.repository.edit(gallery, [door.recipient], deltas=0)
    document["pack"] = {"target": f"packs/{model}.tar", "size": len(pack)}
    door.repository.put(document["pack"]["target"], pack)
    door.repository.put_edition(document)
    door.repository.publish()


Step = Callable[[SyncedDoor], None]
STORY: tuple[Step, ...] = (first, by_delta, whole, rotated, revoked, resumed, followed)


def crash_often(
    folder: Path, steps: tuple[Step, ...] = STORY, *, sample: int = 1, real: bool = True
) -> Counter[str]:
    """Crash at every system call, or every `sample`-th; count what was tried.

    Args:
        folder: An empty folder.
        steps: What is published before each of the syncs.
        sample: At every how many-th call.
        real: Whether some are done for real too.

    Raises:
        NeitherError: A crash left neither the old nor the new gallery, or no way on.
    """
    counts: Counter[str] = Counter()
    with synced_door(folder) as door:
        for step in steps:
            step(door)
            before = folder / "before"
            shutil.copytree(door.folder, before)
            calls = record(_command(door.folder), door.folder, folder / "strace.log")
            old, new = _gallery(before), _gallery(door.folder)
            if old == new:
                raise NeitherError(f"{step.__name__}: this sync changed nothing")
            for state in _states(before, door.folder, calls, sample):
                _check(state, door.folder, folder / "crashed", (old, new))
                counts[step.__name__] += 1
            # How many writes a download makes is chance; all other calls come alike each time.
            same = [number for number, call in enumerate(calls) if call.name != "write"]
            for number in same[::REAL_EVERY] if real else []:
                _kill_for_real(before, door.folder, calls, number)
                counts["for real"] += 1
            shutil.rmtree(before)
            print(step.__name__, counts[step.__name__], flush=True)
    return counts


def _states(before: Path, folder: Path, calls: list[Call], sample: int) -> Iterator[State]:
    disk, seen = _disk(before, folder), set()
    for number, call in enumerate(calls):
        disk.play(call)
        if number % sample:
            continue
        for crash, part in CRASHES:
            state = disk.after(crash, part)
            key = hash(tuple(state.items()))  # of contents that are there many times it is known
            if key not in seen:
                seen.add(key)
                yield state


def _disk(before: Path, folder: Path) -> Disk:
    disk = Disk.of(before)
    moved = {str(folder / Path(one).relative_to(before)): at for one, at in disk.names.items()}
    return replace(disk, names=moved, _synced_names=dict(moved))


def _check(state: State, was: Path, place: Path, galleries: tuple[str, str]) -> None:
    lay_out(state, was, place)
    try:
        if _gallery(place) not in galleries:
            raise NeitherError(f"neither the old nor the new gallery is in {place}")
        sync(settings_of(place))
    except FaceiddError as error:
        raise NeitherError(f"{place}: {error}") from error
    if _gallery(place) != galleries[1]:
        raise NeitherError(f"the next sync did not bring the new gallery in {place}")
    if left := [path.name for path in place.rglob(".*") if path.name != FOLDER]:
        raise NeitherError(f"{place} holds {left}")
    shutil.rmtree(place)


def _gallery(folder: Path) -> str:
    settings = settings_of(folder)
    file, packs = settings.place.file, settings.packs
    if not file.exists():
        return "none"
    model = load_gallery(file).model_id
    if model != RUNS.id and (packs is None or packs.find(model) is None):
        raise NeitherError(f"the gallery in {folder} has no model")
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _kill_for_real(before: Path, folder: Path, calls: list[Call], number: int) -> None:
    """Kill a sync where a system call begins, and compare with what was told of the one before."""
    call = calls[number]
    shutil.rmtree(folder)
    shutil.copytree(before, folder)
    inject = f"inject={call.name}:signal=SIGKILL:when={call.number}"
    strace = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call.name}", "-e", inject]
    subprocess.run([*strace, *_command(folder)], check=False, capture_output=True)
    disk = _disk(before, folder)
    for one in calls[:number]:
        disk.play(one)
    told, found = _outline(disk), _outline(Disk.of(folder))
    if told != found:
        raise NeitherError(f"a kill at {call.name} {call.number} left {found}, and not {told}")


def _outline(disk: Disk) -> list[tuple[str, int]]:
    """Names and sizes; random parts of names are left out. Times in the status differ each time."""
    return sorted(
        (_CHANCE.sub("", path), -1 if content is None or link else len(content))
        for path, (content, link) in disk.after(Crash.KILLED).items()
    )


_CHANCE = re.compile(r"(?<=/tmp)[a-z0-9_]{8}$|(?<=\.)[a-z0-9_]{8}$")


def _command(folder: Path) -> list[str]:
    paths = ":".join(str(one) for one in Path(__file__).parents[1:3])
    python = ["env", f"PYTHONPATH={paths}", sys.executable, "-B"]
    return [*python, "-m", "support.sync_process", str(folder)]


if __name__ == "__main__":
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory() as made:
        done = crash_often(Path(made), sample=every)
    print(f"{sum(done.values())} crashes, each left the old or the new gallery: {dict(done)}")
