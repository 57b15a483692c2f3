"""Kills a publisher at every change of the disk: `publish_kills.py [EVERY]`.

The kernel ends the process just before it would create, replace or remove something, at one place
after the other. Each time TUF's real client must find a whole repository and a version that is not
lower; and the next publisher must go on to the end.
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyrage
from support.publisher import Door, Publisher, crowd, make_door, make_publisher

from faceidd.gallery.file import parse_gallery
from faceidd.publish.edition import Edition
from faceidd.publish.folder import PublishFolder
from faceidd.publish.roots import change_root, with_key, without_key
from faceidd.publish.settings import ONLINE

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.chmod", "os.rmdir", "os.truncate"}
KILLED, DONE = 137, 0
PEOPLE = tuple(f"person {number}" for number in range(12))


class BrokenError(Exception):
    """What is served does not verify, or the next publisher cannot go on."""


def kill_everywhere(folder: Path, every: int = 1) -> Counter[str]:
    """Kill publishers at every so many-th place; count the places.

    Raises:
        BrokenError: As above.
    """
    front, back = make_door(folder, "front"), make_door(folder, "back")
    publisher = make_publisher(folder / "publisher")
    publisher.publish(Edition(crowd(*PEOPLE), (front.record, back.record)))
    publisher.publish(Edition(crowd(*PEOPLE, "Ada"), (front.record, back.record)))
    publisher.key("online-2")

    def publish(one: Publisher) -> None:
        one.publish(Edition(crowd(*PEOPLE, "Bo"), (front.record,)))

    def rotate(one: Publisher) -> None:
        old, new = "online-1", one.key("online-2")
        with one.folder.locked():
            change_root(
                one.folder,
                [make for role in ONLINE for make in (without_key(role, old), with_key(role, new))],
                one.now,
            )
        one.advance()

    counts: Counter[str] = Counter()
    for name, act, version in (("publish", publish, 3), ("rotate", rotate, 2)):
        for place in range(1, 1000, every):
            copy = _copied(publisher, folder / f"{name} {place}")
            killed = _killed_at(place, copy, act)
            _require_served(copy, front, {2, version}, f"{name}, killed at change {place}")
            if killed:
                _go_on(name, copy, act)
            _require_served(copy, front, {version}, f"{name} after a kill at change {place}")
            if name == "publish":
                _require_revoked(copy, back)
            shutil.rmtree(copy.folder.path)
            for door in (front, back):  # another publisher's files have the same versions
                shutil.rmtree(door.folder, ignore_errors=True)
            if not killed:
                break
            counts[name] += 1
    return counts


def _go_on(name: str, publisher: Publisher, act: Callable[[Publisher], None]) -> None:
    waits = (publisher.folder.pending / "root.json").exists()
    followed = (publisher.folder.metadata / "2.root.json").exists()
    if name == "rotate" and (waits or followed):
        publisher.advance()  # what an admin does: `publish sign`
    else:
        act(publisher)


def _copied(publisher: Publisher, path: Path) -> Publisher:
    shutil.copytree(publisher.folder.path, path)
    return Publisher(PublishFolder(path), publisher.now, publisher.signers)


def _killed_at(place: int, publisher: Publisher, act: Callable[[Publisher], None]) -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            _end_at(place)
            act(publisher)
            os._exit(DONE)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code not in {DONE, KILLED}:
        raise BrokenError(f"a publisher failed by itself, to be killed at change {place}")
    return code == KILLED


def _end_at(place: int) -> None:
    left = place

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(args[2], int) and bool(args[2] & os.O_CREAT)
        if writes or event in CHANGES:
            left -= 1
            if left == 0:
                os._exit(KILLED)

    sys.addaudithook(hook)


def _require_served(publisher: Publisher, door: Door, versions: set[int], when: str) -> None:
    edition = door.record.edition
    try:
        updater = door.updater(publisher)
        document = door.read(updater, f"editions/{edition}.json")
        found = next(one for one in versions if f'"version":{one},'.encode() in document)
        gallery = parse_gallery(door.read(updater, f"galleries/{edition}/{found}.age"))
    except Exception as error:
        raise BrokenError(f"{when}: {error!r}") from error
    if gallery.version != found:
        raise BrokenError(f"{when}: the gallery says version {gallery.version}, not {found}")


def _require_revoked(publisher: Publisher, door: Door) -> None:
    updater = door.updater(publisher)
    try:
        door.read(updater, f"galleries/{door.record.edition}/3.age")
    except pyrage.DecryptError:
        return
    raise BrokenError("a revoked door reads a new gallery")


def _main() -> None:
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="faceidd-publish-kills-") as folder:
        counts = kill_everywhere(Path(folder), every)
    for what, count in counts.items():
        print(f"{count:4d} places in {what}")
    print("served whole each time, and gone on with")


if __name__ == "__main__":
    _main()
