"""Does enrolling many photos keep up with its two networks, in memory that does not grow?

2,000 photos of the evaluation faces are enrolled by the product's own `enroll_folder`, in turns
with the bare calls on the same photos, decoded beforehand: `detect`, `refine` and `embed`, one
after the other. Then the command itself is interrupted, killed, and run to its end.
"""

import argparse
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.dataset import FACES, require_faces
from bench.setup import PHOTO_FACE_PX, model, options
from faceidd.camera.frame import Image
from faceidd.enroll.embedding_cache import EmbeddingCache
from faceidd.enroll.faults import Fault
from faceidd.enroll.photos import Photo
from faceidd.enroll.reading import decode
from faceidd.enroll.seen_photos import see_photos
from faceidd.enroll.unfinished import unfinished_files
from faceidd.face.recognizer import Recognizer

PHOTOS = 2000
BLOCK = 100
"""Photos after which the two works change turns."""
INTERRUPTED_AFTER_S = 15.0
REQUIRED = 0.9
MOST_GROWTH_MB = 25
"""Memory that the second half may take beyond the first: embeddings, and the allocator's play."""


def main() -> int:
    """Print the table; return 1 where the speed or the memory is not as required."""
    arguments = options(__doc__ or "").parse_args()
    require_faces()
    recognizer = model(arguments).recognizer
    paths = sorted((FACES / "lfw").rglob("*.jpg"))[:PHOTOS]
    photos = [Photo(path, path.parent.name) for path in paths]
    usable: list[Photo] = []
    bare, whole, memory = _in_turns(photos, recognizer, usable)
    half = len(memory) // 2
    growth = memory[-1] - memory[half]
    print(f"{len(photos)} photos, {arguments.threads} thread(s) for the embedder\n")
    print("| what | photos a second |\n|---|---|")
    print(f"| detect, refine and embed, bare calls on decoded photos | {len(photos) / bare:.1f} |")
    print(f"| enrolling, from the files | {len(photos) / whole:.1f} |")
    print(f"\nenrolling runs at {bare / whole:.3f} of the bare calls' speed")
    print(f"memory (MB) after each {BLOCK} photos: {', '.join(f'{one:.0f}' for one in memory)}")
    sound = _interrupted(usable, arguments)
    return 0 if bare / whole >= REQUIRED and growth <= MOST_GROWTH_MB and sound else 1


def _in_turns(
    photos: Sequence[Photo], recognizer: Recognizer, usable: list[Photo]
) -> tuple[float, float, list[float]]:
    """Seconds of both works, and the memory after each turn, in MB; finds the usable photos."""
    bare = whole = 0.0
    memory = []
    known = EmbeddingCache(None)
    _bare([_decoded(photo) for photo in photos[:BLOCK]], recognizer)
    for start in range(0, len(photos), BLOCK):
        block = photos[start : start + BLOCK]
        began = time.perf_counter()
        for photo, outcome in see_photos(block, recognizer, known):
            if not isinstance(outcome, Fault):
                usable.append(photo)
        whole += time.perf_counter() - began
        images = [_decoded(photo) for photo in block]
        began = time.perf_counter()
        _bare(images, recognizer)
        bare += time.perf_counter() - began
        memory.append(_resident_mb())
    return bare, whole, memory


def _decoded(photo: Photo) -> Image:
    image = decode(photo.path.read_bytes())
    if isinstance(image, Fault):
        raise SystemExit(f"cannot read {photo.path}")
    return image


def _bare(images: Sequence[Image], recognizer: Recognizer) -> None:
    for image in images:
        found = recognizer.refiner.refine(image, recognizer.detector.detect(image))
        face = next((face for face in found if face is not None), None)
        if face is not None:
            recognizer.embed(image, face)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _interrupted(photos: Sequence[Photo], arguments: argparse.Namespace) -> bool:
    """Interrupt the command, kill it, and let it end: whether its gallery is that of one run."""
    print("\n| the command | ended after s | photos known then |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        people = Path(folder) / "photos"
        people.mkdir()
        for (
            photo
        ) in photos:  # each as a person's own: not all people of the set agree with themselves
            (people / photo.path.stem).mkdir()
            (people / photo.path.stem / photo.path.name).symlink_to(photo.path.resolve())
        whole, parts = Path(folder) / "whole.gallery", Path(folder) / "parts.gallery"
        runs = (
            ("in one run", whole, None),
            ("Ctrl-C", parts, signal.SIGINT),
            ("killed", parts, signal.SIGKILL),
            ("to its end", parts, None),
        )
        for what, gallery, number in runs:
            seconds = _enroll(people, gallery, arguments, number)
            print(f"| {what} | {seconds:.1f} | {_known(gallery)} |", flush=True)
        same = whole.read_bytes() == parts.read_bytes()
        left = [file.name for file in Path(folder).glob("*.unfinished.npz")]
    print(f"\nthe gallery is {'' if same else 'NOT '}that of one run; left: {left or 'nothing'}")
    return same and not left


def _enroll(
    people: Path, gallery: Path, arguments: argparse.Namespace, number: signal.Signals | None
) -> float:
    """Run `faceidd enroll folder`, which a signal ends after a while; tell the seconds."""
    command = [sys.executable, "-m", "faceidd", "enroll", "folder", str(people), "--skip-bad"]
    command += ["--gallery", str(gallery), "--models", str(arguments.models)]
    command += ["--min-face-px", str(PHOTO_FACE_PX)]
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)  # noqa: S603 - our own
    try:
        process.wait(None if number is None else INTERRUPTED_AFTER_S)
    except subprocess.TimeoutExpired:
        process.send_signal(number or signal.SIGTERM)
        process.wait()
    return time.perf_counter() - began


def _known(gallery: Path) -> int:
    """Photos that the next run need not look at."""
    known = 0
    for file in unfinished_files(gallery):
        with np.load(file) as tables:
            known += len(tables["digests"]) + len(tables["refused"])
    return known


if __name__ == "__main__":
    raise SystemExit(main())
