"""Operating point: where likeness begins at a door, and who says so."""

import logging
from dataclasses import dataclass

from faceidd.daemon.config import Config
from faceidd.daemon.following import EmbedderPlace
from faceidd.daemon.recognition import Model
from faceidd.errors import ConfigError, GalleryError
from faceidd.gallery.calibration import Calibration, calibration_path, load_calibration
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Cohort
from faceidd.models.manifest import EmbedderManifest

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


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What an operating point needs to know of a model; it need not be loaded for that.

    Attributes:
        id: Its digest.
        name: Pack and variant as people call them, `facenet int8`.
        manifest: Its pack's; it holds the thresholds.
        seeing: What a face goes through before it is embedded.
        place: Where its pack lies.
    """

    id: str
    name: str
    manifest: EmbedderManifest
    seeing: Seeing
    place: EmbedderPlace


def operating_point(config: Config, model: Model, gallery: Gallery | None) -> OperatingPoint:
    """Choose the threshold of a model that runs, as `point_for` does.

    Raises:
        GalleryError: As of `point_for`.
        ConfigError: As of `point_for`.
    """
    models, one = config.models, model.recognizer
    facts = ModelFacts(
        one.model_id,
        model.name,
        model.manifest,
        Seeing.of(one.detector.name, one.rule, one.gate.limits),
        model.place or EmbedderPlace(models.dir, models.embedder, models.variant),
    )
    return point_for(config, facts, gallery)


def point_for(config: Config, model: ModelFacts, gallery: Gallery | None) -> OperatingPoint:
    """Choose the threshold: the configuration's, or else the calibration's, or else the pack's.

    Args:
        config: All settings.
        model: What embeds faces.
        gallery: Who is known; its calibration goes before the one beside the pack.

    Raises:
        GalleryError: The calibration is damaged, or does not fit the model; or the gallery's own
            was made for another metric.
        ConfigError: The one beside the pack was made for another metric.
    """
    access = config.access
    metric, packs = Metric(access.metric), model.manifest.thresholds[access.metric]
    calibration = find_calibration(model, gallery)
    if access.threshold is not None:
        if calibration is not None:
            _log.warning("access.threshold is set, so the calibration is not used")
        if access.threshold < packs if metric.greater_is_closer else access.threshold > packs:
            _log.warning("the threshold is looser than the model pack's %.3f", packs)
        return OperatingPoint(Scale(metric), access.threshold, None)
    if calibration is None:
        _log.warning("not calibrated: the threshold is the model pack's (see faceidd calibrate)")
        return OperatingPoint(Scale(metric), packs, None)
    own = gallery is not None and calibration is gallery.calibration
    if calibration.scale.metric is not metric:
        # What a gallery brought is mended by the next gallery; what lies here, by the admin only.
        fault = GalleryError if own else ConfigError
        raise fault(
            f"the calibration is for {calibration.scale.metric}, access.metric is {metric}",
            do=f"set access.metric to {calibration.scale.metric}, or calibrate with the other",
        )
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


def find_calibration(model: ModelFacts, gallery: Gallery | None) -> Calibration | None:
    """The calibration of the gallery, or else that beside the model pack; None without either.

    Raises:
        GalleryError: It is damaged, or was made for another model, or of faces cut otherwise.
    """
    place = model.place
    path = calibration_path(place.folder, place.pack, place.variant)
    if gallery is not None and gallery.calibration is not None:
        calibration = gallery.calibration
    elif path.exists():
        calibration = load_calibration(path)
    else:
        return None
    calibration.require_model(model.id, model.name)
    calibration.require_seeing(model.seeing)
    return calibration
