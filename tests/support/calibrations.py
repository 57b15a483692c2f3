"""Calibrations as `faceidd calibrate` makes them, of chosen numbers."""

from datetime import UTC, datetime

import numpy as np

from faceidd.gallery.calibration import Calibration
from faceidd.gallery.provenance import Provenance, Seeing, Target
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import Cohort

ELSEWHERE = Seeing(detector="blazeface", crop_sha256="c" * 64, limits_sha256="d" * 64)


def provenance(seeing: Seeing = ELSEWHERE) -> Provenance:
    """What a calibration of nobody rests on."""
    return Provenance(
        made_at=datetime(2026, 5, 4, tzinfo=UTC),
        version="0.1.0",
        model_name="facenet int8",
        seeing=seeing,
        frames=3,
        target=Target(fmr=1e-3),
        people=40,
        photos=40,
        low=3.5,
        high=4.0,
        ruled_by="all",
        cells=(),
        groups=(),
        tried=(),
    )


def cohort(model_id: str, dimension: int, *, count: int = 40) -> Cohort:
    """Strangers in random directions."""
    vectors = np.random.default_rng(0).normal(size=(count, dimension))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Cohort(model_id, vectors.astype(np.float32), np.ones(count, np.float32))


def calibration(
    model_id: str,
    *,
    scale: Scale,
    threshold: float,
    dimension: int = 512,
    seeing: Seeing = ELSEWHERE,
) -> Calibration:
    """A calibration of a model."""
    needed = scale.normalization is not Normalization.NONE
    strangers = cohort(model_id, dimension) if needed else None
    return Calibration(model_id, scale, threshold, strangers, provenance(seeing))
