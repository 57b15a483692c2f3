"""What a fleet of doors costs one web server: many doors, one edition, one version after the other.

A real nginx serves over TLS with a certificate of its own CA; the doors are real in all but their
number: each has its key, its state and its gallery's file. They sync one after the other in as many
processes as there are cores. Needs nginx; `PYTHONPATH=tests:. python -m bench.sync --doors 1000`.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyrage
from support.nginx import Nginx
from support.signed_repository import SignedRepository
from support.synced_door import people, settings_of

from faceidd.gallery.file import gallery_bytes
from faceidd.gallery.gallery import Gallery
from faceidd.sync.outcome import Outcome
from faceidd.sync.sync import sync
from faceidd.units import Seconds

DIMENSION = 512
CHANGED = 0.01
FIRST = 20
"""Doors that fetch the whole gallery; all others are made from the first of them."""


def main() -> None:
    """Publish, sync, publish again, sync again, sync for nothing; print what each cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--doors", type=int, default=1000)
    parser.add_argument("--people", type=int, default=1000, help="in the gallery")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        repository = SignedRepository(folder / "repository")
        (folder / "nginx").mkdir()
        with Nginx(folder / "nginx", folder / "repository") as nginx:
            keys = [_door(folder / f"door{n}", repository, nginx) for n in range(arguments.doors)]
            _measure(repository, keys, folder, arguments.people)


def _measure(repository: SignedRepository, keys: list[str], folder: Path, count: int) -> None:
    doors = [folder / f"door{number}" for number in range(len(keys))]
    changed = max(1, int(count * CHANGED))
    galleries = [people(count, one, dimension=DIMENSION, changed=changed) for one in (1, 2)]
    print(f"{len(keys)} doors, {count} people, {len(gallery_bytes(galleries[0]))} bytes of gallery")
    print("what              way          bytes/door  requests/door  s/door   s in all")
    _publish(repository, galleries[0], keys)
    _round("the first sync", doors[:FIRST])
    for door in doors[FIRST:]:
        _made_from(doors[0], door)
    _publish(repository, galleries[1], keys)
    _round(f"{CHANGED:.0%} changed", doors)
    _round("nothing changed", doors)
    for path in ("metadata", "targets"):
        size = sum(one.stat().st_size for one in (repository.folder / path).rglob("*.*"))
        print(f"{path}: {size} bytes on the server")


def _publish(repository: SignedRepository, gallery: Gallery, keys: list[str]) -> None:
    repository.edit(gallery, keys)
    repository.publish()


def _made_from(door: Path, other: Path) -> None:
    """Give a door the gallery and the metadata of another, as an image of a card would."""
    (other / "sync").mkdir()
    shutil.copytree(door / "sync" / "metadata", other / "sync" / "metadata")
    shutil.copy2(door / "gallery.safetensors", other)


def _round(what: str, doors: Iterable[Path]) -> None:
    began = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(_sync, doors, chunksize=8))
    took = time.perf_counter() - began
    outcomes = [outcome for outcome, _ in done]
    ways = ", ".join(sorted({one.way.value for one in outcomes}))
    size = statistics.mean(one.received for one in outcomes)
    asked = statistics.mean(one.requests for one in outcomes)
    each = statistics.mean(seconds for _, seconds in done)
    print(f"{what:<16}  {ways:<11}  {size:>10.0f}  {asked:>13.1f}  {each:>6.3f}  {took:>9.1f}")


def _sync(folder: Path) -> tuple[Outcome, float]:
    settings = settings_of(folder)
    limits = replace(settings.limits, total=Seconds(600.0), most_bytes=1 << 30)
    began = time.perf_counter()
    return sync(replace(settings, limits=limits)), time.perf_counter() - began


def _door(folder: Path, repository: SignedRepository, nginx: Nginx) -> str:
    folder.mkdir()
    key = pyrage.x25519.Identity.generate()
    (folder / "door.key").touch(mode=0o600)
    (folder / "door.key").write_text(f"{key}\n")
    repository.trust(folder / "trust.json", nginx.url, nginx.ca_file.read_text())
    return str(key.to_public())


if __name__ == "__main__":
    main()
