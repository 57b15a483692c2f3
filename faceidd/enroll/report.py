"""What each photo gave to a gallery: a report to be kept beside it, and a table for people.

The report holds names, paths and numbers; no picture and no embedding.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from faceidd.enroll.folder import Enrollment, Look, PhotoRecord
from faceidd.enroll.report_file import EnrollmentReport
from faceidd.gallery.metric import Metric

Norms = dict[Look, float]
"""Raw length of each template."""


def printable(path: Path | str) -> str:
    """A path, or a line with one, as it can be printed; a file's name need not be UTF-8."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def photo_digest(path: Path) -> str:
    """SHA-256 of a photo's file, in hex; blank where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def make_report(enrollment: Enrollment, metric: Metric = Metric.COSINE) -> EnrollmentReport:
    """Make the report on an enrollment; what each photo's file holds now is in it.

    Args:
        enrollment: What was enrolled.
        metric: What `value` tells a photo's nearness to its template in; `likeness` is a cosine.
    """
    gallery, norms = enrollment.gallery, _norms(enrollment)
    return EnrollmentReport.model_validate(
        {
            "schema_version": 1,
            "model_id": gallery.model_id,
            "model_name": gallery.model_name,
            "detector": gallery.detector,
            "metric": metric.value,
            "templates": [
                {
                    "person": name,
                    "look": look,
                    "photos_used": int(used),
                    "photos": [_entry(one, norms, metric) for one in _of((name, look), enrollment)],
                }
                for (name, look), used in zip(enrollment.looks, gallery.photos, strict=True)
            ],
        }
    )


def table(enrollment: Enrollment, metric: Metric = Metric.COSINE) -> Iterator[str]:
    """Lines of a table of what each photo gave, by person and look."""
    norms = _norms(enrollment)
    yield f"{'outcome':12} {'weight':>6} {'share':>6} {metric:>12}  photo"
    for record in enrollment.records:
        given = record.contribution
        share = f"{given.share:6.2f}" if given else " " * 6
        value = _value(record, norms, metric)
        near = " " * 12 if value is None else f"{value:12.2f}"
        weight = " " * 6 if record.quality is None else f"{record.quality:6.2f}"
        yield f"{_outcome(record):12} {weight} {share} {near}  {printable(record.photo.path)}"


def _of(look: Look, enrollment: Enrollment) -> Iterator[PhotoRecord]:
    return (one for one in enrollment.records if (one.photo.name, one.photo.look) == look)


def _entry(record: PhotoRecord, norms: Norms, metric: Metric) -> dict[str, str | float]:
    entry: dict[str, str | float] = {
        "path": printable(record.photo.path.absolute()),
        "sha256": photo_digest(record.photo.path),
        "outcome": _outcome(record),
    }
    if entry["path"] != str(record.photo.path.absolute()):  # it is no UTF-8
        entry["path_hex"] = os.fsencode(record.photo.path.absolute()).hex()
    value = _value(record, norms, metric)
    if record.quality is not None and record.contribution is not None and value is not None:
        entry["quality_weight"] = round(record.quality, 4)
        entry["share"] = round(record.contribution.share, 4)
        entry["likeness"] = round(record.contribution.likeness, 4)
        entry["value"] = round(value, 4)
    return entry


def _norms(enrollment: Enrollment) -> Norms:
    return dict(zip(enrollment.looks, enrollment.gallery.norms.tolist(), strict=True))


def _value(record: PhotoRecord, norms: Norms, metric: Metric) -> float | None:
    """How near a photo is to its template."""
    given, norm = record.contribution, record.norm
    if given is None or norm is None:
        return None
    cosine, one, other = np.array(
        [given.likeness, norm, norms[record.photo.name, record.photo.look]], np.float32
    )
    return float(metric.values(cosine, one, other))


def _outcome(record: PhotoRecord) -> str:
    if record.fault is not None:
        return record.fault.value
    return "used" if record.contribution is None else record.contribution.use.value
