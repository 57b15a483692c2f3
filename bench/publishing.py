"""What a publication costs for so many doors of one edition: `python -m bench.publishing 1000`.

A thousand people are published to the doors, one of them changes, and then nothing does. Keys lie
open in memory: their passphrases cost 0.2 s each, whatever is published.
"""

import gzip
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from faceidd.clock import wall
from faceidd.gallery.gallery import Gallery, Person
from faceidd.publish.advance import advance
from faceidd.publish.edition import Edition
from faceidd.publish.folder import PublishFolder
from faceidd.publish.keyring import Keyring
from faceidd.publish.passphrase import Passphrases
from faceidd.publish.publication import Order, publish
from faceidd.publish.repository import Repository
from faceidd.publish.roots import begin
from faceidd.publish.settings import ROLES, Settings
from faceidd.publish.signing_key import named
from faceidd.store.door_record import DoorRecord

PEOPLE, DIMENSION = 1000, 512
MODEL = "a" * 64


class _OpenKey(Keyring):
    """One key for all roles."""

    def __init__(self) -> None:
        super().__init__((), Passphrases())
        private = Ed25519PrivateKey.generate()
        self.public = named(private.public_key(), "bench")
        self._signer = CryptoSigner(private, self.public.key)

    def signer(self, key_id: str) -> CryptoSigner | None:
        """The key."""
        return self._signer if key_id == self.public.id else None


def _gallery() -> Gallery:
    raw = np.random.default_rng(0).standard_normal((PEOPLE, DIMENSION)).astype(np.float32)
    return Gallery(
        model_id=MODEL,
        model_name="facenet int8",
        detector="blazeface",
        people=tuple(Person(f"p{one:04}", f"Person {one}") for one in range(PEOPLE)),
        vectors=raw / np.linalg.norm(raw, axis=1, keepdims=True),
        norms=np.ones(PEOPLE, np.float32),
        owners=np.arange(PEOPLE),
        photos=np.ones(PEOPLE, np.int64),
    )


def _door(number: int) -> DoorRecord:
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    return DoorRecord(
        f"door-{number}", "seoul", ("staff",), recipient, MODEL, "facenet int8", "", wall()
    )


def _measure(folder: PublishFolder, doors: tuple[DoorRecord, ...]) -> None:
    key, gallery = _OpenKey(), _gallery()
    folder.make(Settings())
    begin(folder, {role: [key.public] for role in ROLES}, dict.fromkeys(ROLES, 1), wall())
    advance(folder, key, wall())
    changed = replace(
        gallery,
        people=(replace(gallery.people[0], name="Somebody"), *gallery.people[1:]),
    )
    for what, now in (("first", gallery), ("one person", changed), ("nothing", changed)):
        before = _served(folder)
        began = time.perf_counter()
        publish(folder, Order([Edition(now, doors)], lambda _: ()), key, wall())
        took = time.perf_counter() - began
        print(f"{what:>12}: {took:7.2f} s, {_served(folder) - before:12,d} bytes more are served")
    published = Repository(folder).published()
    if published is None:
        raise SystemExit("nothing was published")
    content = published.targets.to_bytes()
    print(f"targets.json: {len(content):,d} bytes, {len(content) / len(doors):.0f} a door;"
          f" {len(gzip.compress(content)):,d} compressed")  # fmt: skip
    for path, target in sorted(published.targets.signed.targets.items()):
        if path.startswith("galleries/"):
            print(f"{path}: {target.length:,d} bytes")


def _served(folder: PublishFolder) -> int:
    return sum(path.stat().st_size for path in folder.public.rglob("*") if path.is_file())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="faceidd-bench-") as place:
        _measure(PublishFolder(Path(place)), tuple(_door(one) for one in range(int(sys.argv[1]))))
