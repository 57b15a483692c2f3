"""Calibration: the operating threshold of a model, the scale it is on, and what it rests on.

It lies beside the model pack, one file a variant, or within a gallery. The cohort in it is
embeddings of strangers, one each, without their identities and in no order.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from faceidd.durable import replace_file
from faceidd.errors import GalleryError, GalleryModelError
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Provenance, Seeing, Sha256
from faceidd.gallery.reading import TooLargeError, read_bounded
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import Cohort
from faceidd.gallery.sealed import DAMAGES, Content, Tables, sealed, table, unsealed

KIND = "calibration"
FOLDER = "calibration"
SCHEMA = 1
MOST_BYTES = 1 << 27
"""A larger file is refused before it is read: a cohort of 3000 of 512 numbers takes a twentieth."""
_AGAIN = "calibrate again: faceidd calibrate"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Where likeness begins, for one model.

    Attributes:
        model_id: Digest of the model.
        scale: What `threshold` is measured in.
        threshold: Least similarity, or greatest distance, at which a face is a person's.
        cohort: The strangers that the scale needs; None if it needs none.
        provenance: What it rests on.

    Raises:
        GalleryError: The parts do not fit together.
    """

    model_id: str
    scale: Scale
    threshold: float
    cohort: Cohort | None
    provenance: Provenance

    def __post_init__(self) -> None:
        faults = []
        if not np.isfinite(self.threshold):
            faults.append("its threshold is no number")
        if (self.cohort is None) != (self.scale.normalization is Normalization.NONE):
            faults.append(f"the scale {self.scale} and its cohort do not fit")
        if self.cohort is not None and self.cohort.model_id != self.model_id:
            faults.append("its cohort comes from another model")
        for fault in faults:
            raise GalleryError(f"the calibration is inconsistent: {fault}", do=_AGAIN)

    def require_model(self, model_id: str, name: str) -> None:
        """Refuse to work with another model than the one that was calibrated.

        Args:
            model_id: Digest of the model that runs.
            name: That model as people call it.

        Raises:
            GalleryModelError: The digests differ.
        """
        if self.model_id != model_id:
            raise GalleryModelError(
                f"the calibration is of {self.provenance.model_name} ({self.model_id[:12]}),"
                f" the door runs {name} ({model_id[:12]})",
                do=f"{_AGAIN}, or remove the file",
            )

    def require_seeing(self, seeing: Seeing) -> None:
        """Refuse faces that are cut or let through otherwise than those of the calibration.

        Args:
            seeing: What a face goes through where the model runs. Another detector alone is told in
                the log: all are refined to the same faces.

        Raises:
            GalleryError: The crop rule or the limits of quality differ.
        """
        own = self.provenance.seeing
        different = own.differences(seeing)
        if own.same_faces(seeing):
            for one in different:
                _log.warning("the calibration was made with another of: %s", one)
            return
        raise GalleryError(
            f"the calibration does not fit what the door does to faces: {', '.join(different)}",
            do=_AGAIN,
        )


class _Schema(BaseModel):
    model_config = ConfigDict(extra="ignore")
    schema_version: int


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    schema_version: Literal[1]
    model_id: Sha256
    metric: Metric
    normalization: Normalization
    threshold: Annotated[float, Field(strict=True)]
    provenance: Provenance


def calibration_path(models: Path, pack: str, variant: str) -> Path:
    """Where the calibration of a pack's variant lies.

    Args:
        models: Folder of model packs.
        pack: The pack's name.
        variant: The variant's.
    """
    return models / pack / FOLDER / f"{variant}.safetensors"


def calibration_parts(calibration: Calibration) -> tuple[str, Tables]:
    """A calibration as the JSON and the tables of a file."""
    header = _Header(
        schema_version=SCHEMA,
        model_id=calibration.model_id,
        metric=calibration.scale.metric,
        normalization=calibration.scale.normalization,
        threshold=calibration.threshold,
        provenance=calibration.provenance,
    ).model_dump_json()
    if calibration.cohort is None:
        return header, {}
    return header, {"vectors": calibration.cohort.vectors, "norms": calibration.cohort.norms}


def calibration_of(header: str, tables: Tables) -> Calibration:
    """A calibration from the JSON and the tables of a file.

    Raises:
        GalleryError: The parts do not fit together.
        ValueError: The header is unknown, or a table has another form.
        KeyError: A table is missing.
    """
    return _calibration(_Header.model_validate_json(header), tables)


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration: aside, to the disk, then in place of the old one; its owner's only.

    Raises:
        GalleryError: The folder is missing or not writable, or the disk is full; an old file
            stays as it was.
    """
    header, tables = calibration_parts(calibration)
    try:
        if path.parent.name == FOLDER:
            path.parent.mkdir(exist_ok=True)
        replace_file(path, sealed(KIND, header, tables))
    except OSError as error:
        raise GalleryError(
            f"cannot write the calibration {path}: {error.strerror}",
            do="check that the folder exists, is writable and has room",
        ) from error


def load_calibration(path: Path) -> Calibration:
    """Read a calibration and check it through and through.

    Raises:
        GalleryError: The file is missing, unreadable, too large, damaged, edited, or of another
            schema.
    """
    try:
        header, tables = unsealed(KIND, _read(path))
        version = _Schema.model_validate_json(header).schema_version
        if version != SCHEMA:
            raise GalleryError(
                f"{path} is of schema {version}, this version reads {SCHEMA}", do=_AGAIN
            )
        return calibration_of(header, tables)
    except DAMAGES as error:
        raise GalleryError(
            f"{path} is damaged or no faceidd calibration: {_reason(error)}",
            do=f"copy it again, or {_AGAIN}",
        ) from error


def _calibration(header: _Header, tables: Tables) -> Calibration:
    cohort = None
    if header.normalization is not Normalization.NONE:
        vectors = table(tables["vectors"], np.float32, 2)
        cohort = Cohort(header.model_id, vectors, table(tables["norms"], np.float32, 1))
    return Calibration(
        header.model_id,
        Scale(header.metric, header.normalization),
        header.threshold,
        cohort,
        header.provenance,
    )


def _read(path: Path) -> Content:
    try:
        return read_bounded(path, MOST_BYTES)
    except TooLargeError as error:
        raise GalleryError(
            f"{path} has {error.size} bytes, more than any calibration",
            do=f"remove it, and {_AGAIN}",
        ) from error
    except OSError as error:
        raise GalleryError(
            f"cannot read the calibration {path}: {error.strerror}", do=_AGAIN
        ) from error


def _reason(error: Exception) -> str:
    # Pydantic's message would repeat the file's content.
    return "unknown header" if isinstance(error, ValidationError) else str(error)
