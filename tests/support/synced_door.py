"""A door that syncs from a signed repository, and what a test asks of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyrage
from support.people import MODEL
from support.signed_repository import SignedRepository
from support.static_server import Site, served

from faceidd.clock import WallClock, wall
from faceidd.gallery.file import load_gallery
from faceidd.gallery.gallery import Gallery, Person
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import Pack
from faceidd.sync.limits import Limits
from faceidd.sync.outcome import Outcome
from faceidd.sync.pack import PackPlace
from faceidd.sync.place import GalleryPlace
from faceidd.sync.status import BootTime, Status, load_status
from faceidd.sync.sync import SyncSettings, sync
from faceidd.sync.trial import DoorModel
from faceidd.units import Seconds

QUICK = Limits(
    connect_timeout=Seconds(5.0),
    read_timeout=Seconds(5.0),
    total=Seconds(30.0),
    least_speed=1,
    tries=1,
    most_bytes=1 << 24,
)
RUNS = DoorModel(MODEL, "facenet int8", "blazeface")


def serves(_pack: Pack[EmbedderManifest], _variant: str) -> None:
    """Try no model out: those of these tests are no networks."""


def taken_in(_gallery: Gallery) -> None:
    """Try no gallery as a daemon would: there is none."""


def people(
    count: int, version: int, *, dimension: int = 8, changed: int = 0, model_id: str = MODEL
) -> Gallery:
    """A gallery of so many people, the first few of them with other templates in each version."""
    rows = [
        np.random.default_rng([place, version if place < changed else 0]).normal(size=dimension)
        for place in range(count)
    ]
    raw = np.array(rows).reshape(count, dimension)
    norms = np.linalg.norm(raw, axis=1, keepdims=True)
    return Gallery(
        model_id=model_id,
        model_name="facenet int8",
        detector="blazeface",
        people=tuple(Person(f"p{place:06}", f"Person {place}") for place in range(count)),
        vectors=(raw / np.maximum(norms, 1e-9)).astype(np.float32),
        norms=norms[:, 0].astype(np.float32),
        owners=np.arange(count, dtype=np.intp),
        photos=np.ones(count, np.int64),
        version=version,
    )


@dataclass
class SyncedDoor:
    """One door, its repository and the server between them.

    Attributes:
        repository: What is published.
        site: How it is served.
        folder: Where the door keeps its files.
        recipient: The public half of the door's key.
        settings: How it syncs.
    """

    repository: SignedRepository
    site: Site
    folder: Path
    recipient: str
    settings: SyncSettings

    @property
    def gallery(self) -> Path:
        """The gallery's file."""
        return self.settings.place.file

    @property
    def status(self) -> Status:
        """What the door knows of its syncs."""
        return load_status(self.settings.state)

    @property
    def known(self) -> int:
        """How many people the door knows."""
        return len(load_gallery(self.gallery).people)

    def publish(self, count: int, version: int, **how: Any) -> None:
        """Publish a version with so many people, for this door."""
        self.repository.edit(people(count, version, **how), [self.recipient])
        self.repository.publish()

    def sync(
        self,
        wall_clock: WallClock = wall,
        boot_clock: Callable[[], BootTime] = BootTime.now,
    ) -> Outcome:
        """Sync once."""
        self.site.asked.clear()
        return sync(self.settings, wall_clock, boot_clock)

    def limited(self, limits: Limits) -> None:
        """Give it other limits."""
        self.settings = replace(self.settings, limits=limits)


def settings_of(folder: Path) -> SyncSettings:
    """How a door syncs that keeps its files in a folder."""
    return SyncSettings(
        trust=folder / "trust.json",
        key=folder / "door.key",
        state=folder / "sync",
        place=GalleryPlace(folder / "gallery.safetensors"),
        model=lambda: RUNS,
        limits=QUICK,
        try_out=taken_in,
        packs=PackPlace(folder / "models", serves),
    )


@contextmanager
def synced_door(folder: Path) -> Iterator[SyncedDoor]:
    """Set one up: an empty repository, a server, a key and a trust file."""
    repository = SignedRepository(folder / "repository")
    key, own = pyrage.x25519.Identity.generate(), folder / "door"
    own.mkdir()
    (own / "door.key").touch(mode=0o600)
    (own / "door.key").write_text(f"# a door's\n{key}\n")
    with served(repository.folder) as site:
        repository.trust(own / "trust.json", site.url)
        yield SyncedDoor(repository, site, own, str(key.to_public()), settings_of(own))
