"""Operating point: where likeness begins at a door, and who says so."""

import logging
from dataclasses import dataclass

from faceidd.daemon.config import Config
from faceidd.daemon.recognition import Model
from faceidd.errors import ConfigError
from faceidd.gallery.calibration import Calibration, calibration_path, load_calibration
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Cohort

LOOSE_FMR = 1e-2
"""A calibration for more false matches than this is told with a warning."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Where likeness begins.

    Attributes:
        scale: What scores are measured in.
        threshold: The least similarity, or greatest distance, that is accepted.
        cohort: The strangers that the scale needs; None if it needs none.
        templates: Size of the gallery that the threshold was made for; None for any.
    """

    scale: Scale
    threshold: float
    cohort: Cohort | None
    templates: int | None = None


def operating_point(config: Config, model: Model, gallery: Gallery | None) -> OperatingPoint:
    """Choose the threshold: the configuration's, or else the calibration's, or else the pack's.

    Args:
        config: All settings.
        model: What finds and embeds faces.
        gallery: Who is known; its calibration goes before the one beside the pack.

    Raises:
        GalleryError: The calibration is damaged, or does not fit the model.
        ConfigError: The calibration was made for another metric.
    """
    access = config.access
    metric, packs = Metric(access.metric), model.manifest.thresholds[access.metric]
    calibration = find_calibration(config, model, gallery)
    if access.threshold is not None:
        if calibration is not None:
            _log.warning("access.threshold is set, so the calibration is not used")
        if access.threshold < packs if metric.greater_is_closer else access.threshold > packs:
            _log.warning("the threshold is looser than the model pack's %.3f", packs)
        return OperatingPoint(Scale(metric), access.threshold, None)
    if calibration is None:
        _log.warning("not calibrated: the threshold is the model pack's (see faceidd calibrate)")
        return OperatingPoint(Scale(metric), packs, None)
    if calibration.scale.metric is not metric:
        raise ConfigError(
            f"the calibration is for {calibration.scale.metric}, access.metric is {metric}",
            do=f"set access.metric to {calibration.scale.metric}, or calibrate with the other",
        )
    own = gallery is not None and calibration is gallery.calibration
    _tell(calibration, "in the gallery" if own else "beside the model pack", access.min_frames)
    return OperatingPoint(
        calibration.scale,
        calibration.threshold,
        calibration.cohort,
        calibration.provenance.target.templates,
    )


def _tell(calibration: Calibration, where: str, min_frames: int) -> None:
    made = calibration.provenance
    _log.info(
        "the calibration is the one %s: of %s, for an FMR of %g, ruled by %s",
        where, made.made_at.date(), made.target.fmr, made.ruled_by,
    )  # fmt: skip
    if made.target.fmr > LOOSE_FMR:
        _log.warning("the calibration lets one stranger in %.0f pass", 1 / made.target.fmr)
    if made.frames != min_frames:
        _log.warning(
            "the calibration is of %d frames, access.min_frames is %d", made.frames, min_frames
        )


def find_calibration(config: Config, model: Model, gallery: Gallery | None) -> Calibration | None:
    """The calibration of the gallery, or else that beside the model pack; None without either.

    Raises:
        GalleryError: It is damaged, or was made for another model, or of faces cut otherwise.
    """
    models = config.models
    path = calibration_path(models.dir, models.embedder, models.variant)
    if gallery is not None and gallery.calibration is not None:
        calibration = gallery.calibration
    elif path.exists():
        calibration = load_calibration(path)
    else:
        return None
    one = model.recognizer
    calibration.require_model(one.model_id, model.name)
    calibration.require_seeing(Seeing.of(one.detector.name, one.rule, one.gate.limits))
    return calibration
