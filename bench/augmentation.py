"""Does a gallery get better when each photo is enrolled with changed copies of itself?

Open-set identification as `faceidd eval people` does it, the door's own fusion of photos and of
three frames a visit, plain cosine. Each row enrolls the same photos of the same people: alone, or
each with copies that one change made, or mixes of all. Told is the TPIR at an FPIR of 1 %, by set,
for one and for three photos of a person. What the gate refuses of the copies is left out, as
`faceidd enroll folder --skip-bad` would.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.dataset import FACES, read_image, require_faces
from bench.setup import options
from faceidd.camera.frame import Image
from faceidd.daemon.config import Config
from faceidd.daemon.recognition import build_model
from faceidd.enroll.augmentation import RANGES, Change, Mix
from faceidd.enroll.embedding_cache import PhotoEmbedding
from faceidd.enroll.templates import Agreement
from faceidd.evaluation.draws import DrawRules
from faceidd.evaluation.embedded import Embedded, RecognizerModel, embed_with
from faceidd.evaluation.fusion import DoorFusion, Fused
from faceidd.evaluation.identification import identify
from faceidd.evaluation.labeled import LabeledPhoto, read_manifest, with_sessions
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Scorer

SETS = ("casia", "nuaa_live", "nogizaka", "kpop", "lfw")
SESSION = r"^\d{4}_\d\d_\d\d_(?P<session>\d\d)_\d+\."
"""NUAA's sessions, so that nobody comes on the day of enrollment only."""
PHOTOS = (1, 3)
FPIR = 1e-2
COPIES, MIXES = 2, 4
"""Copies of a photo that one change makes, and mixes of all."""
LEAST_PHOTOS = 4
"""LFW's other people come as strangers only; most have one photo."""
NOTHING = "none"
ALL = "mix of all"

Make = Callable[[Image, np.random.Generator], Image]


@dataclass(frozen=True, slots=True, eq=False)
class WithCopies:
    """The door's fusion, to which each photo of an enrollment brings its copies.

    Attributes:
        door: The door's fusion.
        copies: Photo -> what the model says of its copies.
    """

    door: DoorFusion
    copies: Mapping[LabeledPhoto, Sequence[PhotoEmbedding]]

    def templates(self, photos: Embedded) -> Fused:
        """Enroll a person from photos and their copies."""
        more = [copy for photo in photos.photos for copy in self.copies.get(photo, ())]
        if not more:
            return self.door.templates(photos)
        return self.door.templates(
            Embedded(
                photos.photos,
                np.concatenate([photos.vectors, np.stack([copy.vector for copy in more])]),
                np.concatenate([photos.norms, np.array([copy.norm for copy in more], np.float32)]),
                np.concatenate(
                    [photos.weights, np.array([copy.weight for copy in more], np.float32)]
                ),
                (),
            )
        )

    def visit(self, frames: Embedded) -> Fused:
        """Make one embedding of the frames of a visit."""
        return self.door.visit(frames)


def main() -> int:
    """Print a table for each model."""
    parser = options(__doc__ or "")
    parser.add_argument("--embedder", action="append", metavar="PACK[:VARIANT]")
    arguments = parser.parse_args()
    require_faces()
    photos = with_sessions(read_manifest(FACES / "manifest.csv"), SESSION)
    for name in arguments.embedder or ["facenet:int8", "mobilefacenet:float16"]:
        _measure(_model(arguments, name), name, [one for one in photos if one.set in SETS])
    return 0


def _model(arguments: argparse.Namespace, name: str) -> Recognizer:
    embedder, _, variant = name.partition(":")
    models = {
        "dir": str(arguments.models.resolve()),
        "embedder": embedder,
        "variant": variant,
        "threads": arguments.threads,
    }
    config = Config.model_validate({"models": models, "detector": {"min_face_px": 45}})
    return build_model(config).recognizer


def _measure(recognizer: Recognizer, name: str, photos: Sequence[LabeledPhoto]) -> None:
    model = RecognizerModel(recognizer, gate=True)
    door = DoorFusion(Agreement.of_model(recognizer.same_face))
    by_set = {
        one: embed_with([photo for photo in photos if photo.set == one], model, cache=None)
        for one in SETS
    }
    print(f"\n{name}, TPIR at FPIR {FPIR:.0e}, 1 photo / 3 photos\n")
    print("| enrolled with | copies refused | " + " | ".join(SETS) + " |")
    print("|---|---|" + "---|" * len(SETS))
    for made, (makes, count) in _kinds().items():
        cells, refused, tried = [], 0, 0
        for embedded in by_set.values():
            copies, failed = _copies(embedded, model, makes, count)
            refused += failed
            tried += failed + sum(map(len, copies.values()))
            cells.append(" / ".join(_rate(embedded, door, copies, number) for number in PHOTOS))
        share = f"{refused / tried:.3f}" if tried else "-"
        print(f"| {made} | {share} | " + " | ".join(cells) + " |", flush=True)


def _kinds() -> dict[str, tuple[Make | None, int]]:
    """What each row enrolls beside the photos: what makes the copies, and how many of each."""
    kinds: dict[str, tuple[Make | None, int]] = {NOTHING: (None, 0)}
    for change, limits in RANGES.items():
        count = 1 if change is Change.FLIP else COPIES
        kinds[change.value] = (Mix({change: limits}, 1).apply, count)
    kinds[ALL] = (Mix(RANGES, 3).apply, MIXES)
    return kinds


def _copies(
    embedded: Embedded, model: RecognizerModel, make: Make | None, count: int
) -> tuple[dict[LabeledPhoto, list[PhotoEmbedding]], int]:
    """What the model says of copies of those photos that may be enrolled, and refusals."""
    found: dict[LabeledPhoto, list[PhotoEmbedding]] = {}
    refused = 0
    people = [photo.identity for photo in embedded.photos]
    for row, photo in enumerate(embedded.photos):
        if make is None or (photo.set == "lfw" and people.count(photo.identity) < LEAST_PHOTOS):
            continue
        random = np.random.default_rng(row)
        image = read_image(photo.path)
        said = [model.look(make(image, random)) for _ in range(count)]
        found[photo] = [one for one in said if isinstance(one, PhotoEmbedding)]
        refused += count - len(found[photo])
    return found, refused


def _rate(
    embedded: Embedded,
    door: DoorFusion,
    copies: Mapping[LabeledPhoto, Sequence[PhotoEmbedding]],
    photos: int,
) -> str:
    rows = np.arange(len(embedded.photos))
    people = [photo.identity for photo in embedded.photos]
    if embedded.photos[0].set == "lfw":
        rows = np.array([row for row in rows if people.count(people[row]) >= LEAST_PHOTOS])
    rules = DrawRules(photos=photos, frames=3, repeats=100, seed=0)
    found = identify(embedded.take(rows), Scorer(Scale(), None), WithCopies(door, copies), rules)
    rate = None if found is None else found.tpir_at(FPIR)
    return "-" if rate is None else f"{rate:.3f}"


if __name__ == "__main__":
    raise SystemExit(main())
