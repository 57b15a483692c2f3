"""Calibrations of people whose embeddings are made up, and what a door would do with them."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from support.measured_people import Vectors, crowd, together, unit
from support.people import MODEL

from faceidd.evaluation.calibration import Calibrated, ModelFacts, calibrate
from faceidd.evaluation.calibration_attempt import Purpose
from faceidd.evaluation.calibration_people import Crowd
from faceidd.evaluation.embedded import Embedded
from faceidd.gallery.calibration import Calibration
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Seeing, Target
from faceidd.gallery.scale import Normalization
from faceidd.gallery.scoring import Scorer

SEEING = Seeing(detector="blazeface", crop_sha256="c" * 64, limits_sha256="d" * 64)
FACTS = ModelFacts(MODEL, "facenet int8", SEEING)
NOW = datetime(2026, 5, 4, tzinfo=UTC)


def purpose(
    fmr: float = 1e-2,
    *,
    frames: int = 2,
    metric: Metric = Metric.COSINE,
    normalization: Normalization | None = Normalization.NONE,
) -> Purpose:
    """What a threshold is for, an FMR unless a test says more."""
    return Purpose(Target(fmr=fmr), frames, metric, normalization)


def calibrated(
    embedded: Embedded, wanted: Purpose | None = None, gallery: Gallery | None = None
) -> Calibrated:
    """Calibrate on these photos."""
    return calibrate(Crowd.of(embedded), FACTS, wanted or purpose(), NOW, gallery)


def leaning(embedded: Embedded, by: float) -> Embedded:
    """The same people, more alike: their embeddings all lean to one side."""
    vectors = embedded.vectors.astype(np.float64)
    vectors[:, 0] += by
    return replace(embedded, vectors=unit(vectors))


def with_lengths(embedded: Embedded, seed: int = 0) -> Embedded:
    """The same photos, with raw lengths that differ."""
    norms = np.random.default_rng(seed).uniform(5, 15, len(embedded.photos))
    return replace(embedded, norms=norms.astype(np.float32))


def two_groups(people: int, photos: int, *, lean: float = 0.5) -> Embedded:
    """A group, and another whose people are more alike."""
    return together(
        crowd(people, photos, set="one", group="apart"),
        leaning(crowd(people, photos, set="two", group="alike", seed=1), lean),
    )


def shuffled(embedded: Embedded, seed: int = 0) -> Embedded:
    """The same photos in another order."""
    return embedded.take(np.random.default_rng(seed).permutation(len(embedded.photos)))


def with_twin(embedded: Embedded, row: int = 7) -> Embedded:
    """The same photos, and the one of a row again under another name, as if it were a stranger."""
    twin = embedded.take(np.array([row]))
    other = replace(twin.photos[0], path=twin.photos[0].path.with_name("twin.png"), identity="twin")
    return together(embedded, replace(twin, photos=(other,)))


def some_people(embedded: Embedded, remainder: int) -> Embedded:
    """Every second person."""
    numbers = [int(photo.identity.split()[-1]) for photo in embedded.photos]
    return embedded.take(np.flatnonzero(np.array(numbers) % 2 == remainder))


def gallery_of(vectors: Vectors, model_id: str = MODEL) -> Gallery:
    """A gallery of one template a person."""
    count = len(vectors)
    return Gallery(
        model_id,
        "facenet int8",
        "blazeface",
        tuple(Person(str(number), str(number)) for number in range(count)),
        vectors.copy(),
        np.ones(count, np.float32),
        np.arange(count),
        np.ones(count, np.int64),
    )


def impostors_accepted(calibration: Calibration, embedded: Embedded) -> float:
    """Share of the pairs of two people that a door with this calibration would accept."""
    scorer = Scorer(calibration.scale, calibration.cohort)
    ready = scorer.prepare(embedded.vectors, embedded.norms)
    closeness = calibration.scale.closeness(scorer.values(ready, ready))
    sign = 1 if calibration.scale.greater_is_closer else -1
    accepted: NDArray[np.bool_] = closeness >= sign * calibration.threshold
    names = np.array([photo.identity for photo in embedded.photos])
    return float(accepted[names[:, None] != names].mean())
