"""A calibration from photos to all that is told of it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from faceidd.errors import GalleryError
from faceidd.evaluation.calibration import ModelFacts, calibrate
from faceidd.evaluation.calibration_attempt import Purpose
from faceidd.evaluation.calibration_check import HeldOut, held_out
from faceidd.evaluation.calibration_people import Crowd
from faceidd.evaluation.calibration_photos import cohort_photos
from faceidd.evaluation.calibration_report import Told
from faceidd.evaluation.calibration_suspects import suspects
from faceidd.evaluation.embedded import count_reasons, embed_photos
from faceidd.evaluation.errors import EvaluationError
from faceidd.face.recognizer import Recognizer
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Scale

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Whose photos are taken, and how.

    Attributes:
        cohort: Folder of photos, or a manifest.
        groups: Manifest of that folder, if there is one.
        same: Name -> the name to use instead.
        cache: Folder to keep embeddings in; None keeps nothing.
        check: Into how many parts the people are dealt for the check; None checks nothing.
        progress: Whether a bar on stderr tells how far it is.
    """

    cohort: Path
    groups: Path | None
    same: Mapping[str, str]
    cache: Path | None
    check: int | None
    progress: bool


def run(
    job: Job,
    recognizer: Recognizer,
    name: str,
    purpose: Purpose,
    made_at: datetime,
    *,
    gallery: Gallery | None,
) -> Told:
    """Embed the photos, derive the threshold, and check it if that is asked for.

    Args:
        job: Whose photos.
        recognizer: The door's, with the model to be calibrated.
        name: That model as people call it.
        purpose: What the threshold is for.
        made_at: The present moment.
        gallery: The door's, if its size is not enough.

    Raises:
        FaceiddError: The photos cannot be used, are too few, or a network failed.
        OSError: The cache cannot be written.
    """
    found = cohort_photos(job.cohort, job.groups, job.same)
    embedded = embed_photos(found.photos, recognizer, cache=job.cache, progress=job.progress)
    crowd = Crowd.of(embedded)
    if embedded.refused:
        _log.info("photos left out, as the door would: %s", count_reasons(embedded.refused))
    seeing = Seeing.of(recognizer.detector.name, recognizer.rule, recognizer.gate.limits)
    model = ModelFacts(recognizer.model_id, name, seeing)
    made = calibrate(crowd, model, purpose, made_at, gallery)
    checks = _checked(crowd, purpose, made.calibration.scale, job.check) if job.check else ()
    return Told(
        made.calibration,
        suspects(crowd, made.attempt),
        count_reasons(embedded.refused),
        found.unlisted,
        checks,
    )


def _checked(crowd: Crowd, purpose: Purpose, scale: Scale, parts: int) -> tuple[HeldOut, ...]:
    try:
        return held_out(crowd, purpose, scale, parts)
    except (EvaluationError, GalleryError) as error:
        raise EvaluationError(
            f"the check in {parts} parts cannot be made: {error.what}",
            do="name more parts, so that each leaves more people to calibrate on,"
            " or leave --check out",
        ) from error
