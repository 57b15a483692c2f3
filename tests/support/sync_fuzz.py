"""Documents, deltas, galleries and packs that are wrong in every way: `sync_fuzz.py COUNT`.

Each input must give a value or a fault of the room's own, never anything else.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pyrage
from hypothesis import strategies as st
from support.published_packs import NETWORK, manifest_of, tar_of
from support.signed_repository import EDITION
from support.synced_door import people

from faceidd.errors import FaceiddError
from faceidd.gallery.delta import apply_delta, make_delta
from faceidd.gallery.file import gallery_bytes, parse_gallery
from faceidd.models.pack import MANIFEST
from faceidd.sync.documents import parse_assignment, parse_edition
from faceidd.sync.identity import Identity
from faceidd.sync.pack import unpacked

EDITION_DOCUMENT: dict[str, Any] = {
    "schema": "faceidd.edition/1",
    "edition": EDITION,
    "version": 7,
    "published_at": "2026-11-25T20:00:00Z",
    "model_id": "a" * 64,
    "model_name": "facenet int8",
    "gallery": {"target": f"galleries/{EDITION}/7.age", "sha256": "b" * 64, "size": 12345},
    "deltas": [
        {"from": 6, "base_sha256": "c" * 64, "target": f"galleries/{EDITION}/6-7.age"},
    ],
    "pack": {"target": f"packs/{'a' * 64}.tar", "size": 24000000},
}
ASSIGNMENT_DOCUMENT: dict[str, Any] = {
    "schema": "faceidd.assignment/1",
    "door": "front",
    "site": "seoul",
    "groups": ["staff"],
    "edition": EDITION,
}
_VALUES: tuple[object, ...] = (
    None, True, -1, 0, 1, 2**53, 2**63, 10**400, 1e308, "", "a", "\0", "\ud800", "../..", "é" * 300,
    [], {}, [[], []], {"a": {}}, EDITION, "a" * 64, "2026-11-25T20:00:00Z",
    "9999-12-31T23:59:59-23:59",
)  # fmt: skip


def mutated(document: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Documents like one, with something else in one or more places, or cut off."""
    return st.randoms(use_true_random=False).map(lambda chance: _mutated(document, chance))


def fuzz(count: int, seed: int = 0) -> Counter[str]:
    """Try so many inputs; count what came of them.

    Raises:
        Exception: Whatever it is that is no fault of ours.
    """
    chance = random.Random(seed)  # noqa: S311 - no secrets
    old, new = people(4, 1, dimension=4), people(5, 2, dimension=4, changed=1)
    whole, delta = gallery_bytes(new), make_delta(old, new)
    key = pyrage.x25519.Identity.generate()
    door, age = Identity(key, "x"), pyrage.encrypt(whole, [key.to_public()])
    manifest = manifest_of().model_dump_json().encode()
    pack = tar_of({MANIFEST: manifest, "net.tflite": NETWORK})
    tries: tuple[Callable[[], object], ...] = (
        lambda: parse_edition(_mutated(EDITION_DOCUMENT, chance), "x", EDITION),
        lambda: parse_assignment(_mutated(ASSIGNMENT_DOCUMENT, chance), "x"),
        lambda: apply_delta(old, _bitten(delta, chance)),
        lambda: parse_gallery(_bitten(whole, chance)),
        lambda: door.open(_bitten(age, chance), "x"),
        lambda: unpacked(_bitten(pack, chance)),
    )
    counts: Counter[str] = Counter()
    for number in range(count):
        try:
            tries[number % len(tries)]()
            counts["taken"] += 1
        except FaceiddError:
            counts["refused"] += 1
    return counts


def _mutated(document: dict[str, Any], chance: random.Random) -> bytes:
    copy = json.loads(json.dumps(document))
    for _ in range(chance.randint(1, 3)):
        place: Any = copy
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(place[key], dict | list) and chance.random() < 0.7:
                place = place[key]
                continue
            if chance.random() < 0.2 and isinstance(place, dict):
                del place[key]
            else:
                place[key] = deepcopy(chance.choice(_VALUES))
            break
    content = json.dumps(copy).encode()
    return _bitten(content, chance) if chance.random() < 0.4 else content


def _bitten(content: bytes, chance: random.Random) -> bytes:
    """Something else in a few places, something too much, or cut off."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(5):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del made[at:]
            case 2:
                made[at:at] = chance.choice([b"[", b"{", b'"', b"\xff" * 8, b"0" * 300])
            case 3:
                del made[at : at + chance.randint(1, 64)]
            case _:
                made[at : at + 8] = chance.choice([b"\xff" * 8, bytes(8), b"\0" * 7 + b"\x7f"])
    return bytes(made)


if __name__ == "__main__":
    began, asked = time.monotonic(), int(sys.argv[1])
    print(dict(fuzz(asked)), f"in {time.monotonic() - began:.0f} s")
