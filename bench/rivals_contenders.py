"""What is compared in `bench.rivals`: photos, and each contender's embeddings of them.

The people are parted: scores are normalized by, and thresholds calibrated on, people of whom none
is measured: all of SCUT and the stars, and half of LFW's people outside the East Asian group.
"""

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.dataset import FACES
from bench.rivals_models import rivals
from bench.setup import PHOTO_FACE_PX
from faceidd.daemon.config import Config
from faceidd.daemon.recognition import Model, build_model
from faceidd.evaluation.calibration import ModelFacts, calibrate
from faceidd.evaluation.calibration_attempt import Purpose
from faceidd.evaluation.calibration_people import Crowd
from faceidd.evaluation.embedded import Embedded, PhotoModel, RecognizerModel, embed_with
from faceidd.evaluation.labeled import LabeledPhoto, read_manifest, with_sessions
from faceidd.gallery.provenance import Seeing, Target
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Scorer

CACHE = Path("var/rivals-embeddings")
PACKS = {"facenet": ("int8", "FaceNet"), "mobilefacenet": ("float32", "MobileFaceNet")}
"""Pack -> its variant that runs by default, and what to call it in tables."""
CELLS = {
    ("lfw", "east_asian"): "LFW, East Asian",
    ("casia", "east_asian"): "CASIA-FaceV5",
    ("nuaa_live", "east_asian"): "NUAA",
    ("nogizaka", "east_asian"): "Nogizaka",
    ("kpop", "east_asian"): "K-pop",
    ("lfw", "other"): "LFW, other",
}
STRANGERS = ("scut", "star")
SESSIONS = r"^\d+_\d+_\d+_(?P<session>\d+)_"
"""In the names of NUAA's files; its genuine pairs are of different days."""
TARGET_FMR = 1e-3
FRAMES = 3

Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Photos:
    """Photos of two disjoint parts of the people.

    Attributes:
        measured: Photos that are compared.
        strangers: Photos for the product's calibration.
    """

    measured: tuple[LabeledPhoto, ...]
    strangers: tuple[LabeledPhoto, ...]

    @classmethod
    def read(cls) -> "Photos":
        """Read them.

        Raises:
            EvaluationError: The manifest cannot be used.
        """
        every = read_manifest(FACES / "manifest.csv")
        nuaa = [photo for photo in every if photo.set == "nuaa_live"]
        rest = [photo for photo in every if (photo.set, photo.group) in CELLS]
        rest = [photo for photo in rest if photo.set != "nuaa_live"]
        measured = (photo for photo in rest if not _is_stranger(photo))
        return cls(
            (*measured, *with_sessions(nuaa, SESSIONS)),
            tuple(photo for photo in every if _is_stranger(photo)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """A system and all it says of the measured photos.

    Attributes:
        name: What to call it in tables.
        ours: Whether it is one of our packs.
        calibrated: Whether it runs as `faceidd calibrate` has it.
        seen: The photos in which it found a face.
        good: Of those, the ones that the product's quality gate lets through; of a rival, all.
        scorer: What its scores are measured in.
        threshold: Its own, on that scale.
    """

    name: str
    ours: bool
    calibrated: bool
    seen: Embedded
    good: Embedded
    scorer: Scorer
    threshold: float

    @property
    def limit(self) -> float:
        """The threshold, signed so that greater is closer."""
        return self.threshold if self.scorer.scale.greater_is_closer else -self.threshold


@dataclass(frozen=True, slots=True)
class Timed:
    """A model whose time is to be taken."""

    name: str
    model: PhotoModel


def contenders(
    arguments: argparse.Namespace, photos: Photos
) -> tuple[tuple[Contender, ...], tuple[Timed, ...]]:
    """Let every system look at every photo; what it says is kept in `CACHE`.

    Raises:
        ModelError: A pack of ours cannot be read.
        EvaluationError: The strangers are too few to calibrate.
    """
    found: list[Contender] = []
    timed: list[Timed] = []
    for rival in rivals(arguments.models):
        seen = _embed(photos.measured, rival.model, rival.name)
        scorer = Scorer(rival.scale)
        found.append(Contender(rival.name, False, False, seen, seen, scorer, rival.threshold))
        timed.append(Timed(rival.name, rival.model))
    for pack, (variant, name) in PACKS.items():
        model = _model(arguments, pack, variant)
        gated = RecognizerModel(model.recognizer, gate=True)
        every = RecognizerModel(model.recognizer, gate=False)
        seen = _embed(photos.measured, every, name)
        good = _embed(photos.measured, gated, f"{name}, gate")
        strangers = _embed(photos.strangers, gated, f"{name}, strangers")
        plain = Scorer(Scale())
        least = model.manifest.thresholds["cosine"]
        found.append(Contender(f"{name}, cosine", True, False, seen, good, plain, least))
        scorer, threshold = _calibrated(model, strangers)
        found.append(Contender(f"{name}, calibrated", True, True, seen, good, scorer, threshold))
        timed.append(Timed(f"{name} {variant}", gated))
    return tuple(found), tuple(timed)


def common(parts: Sequence[Embedded]) -> frozenset[Path]:
    """The photos that all have an embedding of."""
    return frozenset.intersection(
        *(frozenset(photo.path for photo in part.photos) for part in parts)
    )


def taken(embedded: Embedded, paths: frozenset[Path], cell: Cell) -> Embedded:
    """Some photos of a cell, in the order of their paths."""
    rows = [
        row
        for row, photo in enumerate(embedded.photos)
        if photo.path in paths and (photo.set, photo.group) == cell
    ]
    rows.sort(key=lambda row: embedded.photos[row].path)
    return embedded.take(np.array(rows, np.intp))


def _is_stranger(photo: LabeledPhoto) -> bool:
    if (photo.set, photo.group) == ("lfw", "other"):
        return hashlib.sha256(photo.identity.encode()).digest()[0] % 2 == 1
    return photo.set in STRANGERS


def _embed(photos: Sequence[LabeledPhoto], model: PhotoModel, name: str) -> Embedded:
    print(f"<!-- {name} looks at {len(photos)} photos -->", flush=True)
    return embed_with(photos, model, cache=CACHE, progress=True)


def _model(arguments: argparse.Namespace, pack: str, variant: str) -> Model:
    models = {
        "dir": str(arguments.models.resolve()),
        "embedder": pack,
        "variant": variant,
        "threads": arguments.threads,
    }
    detector = {"name": "blazeface", "min_face_px": PHOTO_FACE_PX}
    return build_model(Config.model_validate({"models": models, "detector": detector}))


def _calibrated(model: Model, strangers: Embedded) -> tuple[Scorer, float]:
    """Calibrate as `faceidd calibrate` does."""
    one = model.recognizer
    seeing = Seeing.of(one.detector.name, one.rule, one.gate.limits)
    facts = ModelFacts(one.model_id, model.name, seeing)
    purpose = Purpose(Target(fmr=TARGET_FMR), FRAMES)
    made = calibrate(Crowd.of(strangers), facts, purpose, datetime.now(UTC)).calibration
    print(f"<!-- {model.name}: {made.scale}, threshold {made.threshold:.3f} -->")
    return Scorer(made.scale, made.cohort), made.threshold
