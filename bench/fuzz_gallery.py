"""Whether any bytes make reading a gallery, an encrypted one or a delta fail otherwise than it may.

Inputs are made of good files: bytes are flipped, cut, repeated and written over, then the checksum
is mended or the file encrypted anew, so that what lies behind these checks is met too. Whatever is
no gallery must be a GalleryError, and nothing may take more memory than the process is left.

`bench.fuzz_gallery_led` has the same readers led by coverage.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.poly1305 import Poly1305

from faceidd.errors import GalleryError
from faceidd.gallery.consent import Consent
from faceidd.gallery.delta import MAGIC, apply_delta, make_delta
from faceidd.gallery.encrypted import encrypted
from faceidd.gallery.file import gallery_bytes, load_gallery, parse_gallery
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.key import GalleryKey
from faceidd.gallery.sealed import CHECKSUM, CHECKSUM_KEY

LEFT = 1 << 29
"""Bytes that the process may take beyond what it has when it begins."""
MEMORY = "/dev/shm"  # noqa: S108 - a folder of its own is made in it
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = GalleryKey(bytes(32))
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 1 << 31, (1 << 31) - 1, (1 << 62), (1 << 63) - 1, (1 << 64) - 1)
WORDS = (b"[", b"{", b'"', b"null", b"-1", b"1e99", b"9" * 30, b'"shape":[', b"F32", b"\xff\xfe")

Read = Callable[[bytes], Gallery]


def known(*names: str) -> Gallery:
    """A gallery with something in every table."""
    vectors = np.eye(8, dtype=np.float32)[: len(names)]
    return Gallery(
        model_id="a" * 64,
        model_name="facenet int8",
        detector="blazeface",
        people=tuple(
            Person(
                name, f"{name} 김", ("guest", name), NOON, NOON, Consent(name, NOON, "2026-03 ko")
            )
            for name in names
        ),
        vectors=vectors,
        norms=np.ones(len(names), np.float32),
        owners=np.arange(len(names)),
        photos=np.ones(len(names), np.int64),
    )


OLD = known("Kim", "Lee", "Park")
NEW = replace(known("Kim", "Park", "Zoë", "Yu"), version=2)


def mended(content: bytes) -> bytes:
    """A file with the checksum that its bytes have, where a checksum can be found in it."""
    begin = content.find(f'"{CHECKSUM}":"'.encode()) + len(CHECKSUM) + 4
    if begin < len(CHECKSUM) + 4 or len(content) < begin + 32:
        return content
    blank = content[:begin] + b"0" * 32 + content[begin + 32 :]
    tag = Poly1305.generate_tag(CHECKSUM_KEY, blank).hex().encode()
    return content[:begin] + tag + content[begin + 32 :]


def mended_delta(content: bytes) -> bytes:
    """A delta whose gallery has the checksum that its bytes have."""
    begin = len(MAGIC) + 8
    begin += int.from_bytes(content[len(MAGIC) : begin], "little")
    return content[:begin] + mended(content[begin:])


def readers(folder: Path) -> dict[str, tuple[bytes, Read]]:
    """What is read, by its name, with the good file that inputs are made of."""
    gallery, delta = gallery_bytes(OLD), make_delta(OLD, NEW)
    locked = b"".join(encrypted([gallery], KEY))
    file = folder / "locked"

    def read_locked(content: bytes) -> Gallery:
        file.write_bytes(content)
        return load_gallery(file, KEY)

    return {
        "gallery": (gallery, parse_gallery),
        "gallery, checksum mended": (gallery, lambda content: parse_gallery(mended(content))),
        "encrypted": (locked, read_locked),
        "encrypted anew": (
            gallery,
            lambda content: read_locked(b"".join(encrypted([content], KEY))),
        ),
        "delta": (delta, lambda content: apply_delta(OLD, content)),
        "delta, checksum mended": (
            delta,
            lambda content: apply_delta(OLD, mended_delta(content)),
        ),
    }


def changed(content: bytes, chance: random.Random) -> bytes:
    """The content after one to four accidents."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if not made:
            break
        # Half of them in the later part: headers are long, and soon refused.
        at = chance.randrange(chance.choice((0, len(made) * 2 // 3)), len(made))
        long = chance.choice((1, 2, 4, 8, 64))
        match chance.randrange(7):
            case 0:
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                made[at : at + 8] = chance.choice(NUMBERS).to_bytes(8, "little")
            case 2:
                made[at : at + 4] = (chance.choice(NUMBERS) & 0xFFFFFFFF).to_bytes(4, "little")
            case 3:
                del made[at : at + long]
            case 4:
                made[at:at] = made[chance.randrange(len(made)) :][:long]
            case 5:
                word = chance.choice(WORDS)
                made[at : at + len(word)] = word
            case _:
                del made[at:]
    return bytes(made)


def tried(read: Read, content: bytes) -> str:
    """What came of reading some bytes.

    Raises:
        Exception: Whatever else than a GalleryError the reader raised.
    """
    try:
        tuple(read(content).people)  # each is made when it is asked for
    except GalleryError as error:
        return "refused: " + str(error).partition(": ")[2].partition(".")[0][:60]
    return "read"


def main() -> int:
    """Try inputs; return 1 at the first that fails otherwise than it may."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=1_000_000, help="how many in all")
    options.add_argument("--seed", type=int, default=0)
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        every = readers(Path(folder))
        size = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + LEFT, size + LEFT))
        return max(
            _try(name, *one, arguments.inputs // len(every), arguments.seed)
            for name, one in every.items()
        )


def _try(name: str, content: bytes, read: Read, inputs: int, seed: int) -> int:
    chance, found, began = random.Random(seed), Counter[str](), time.perf_counter()  # noqa: S311 - no secret
    for _ in range(inputs):
        while (made := changed(content, chance)) == content:
            pass
        try:
            found[tried(read, made)] += 1
        except BaseException:
            print(f"{name}: failed on {made.hex()}")
            raise
    took = time.perf_counter() - began
    print(f"{name}: {inputs} inputs, {found['read']} read, {took:.0f} s")
    for outcome, count in found.most_common(12):
        print(f"  {count:8}  {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
