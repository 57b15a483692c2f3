"""Config -> the parts of a door. This module, `recognition` and `wiring` construct backends."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from faceidd.access.attendance import Attendance
from faceidd.access.decision import Rules
from faceidd.access.presence import Continuity
from faceidd.access.rejections import Rejections
from faceidd.camera.health import PictureHealth
from faceidd.camera.latest import LatestFrame
from faceidd.camera.motion import Motion
from faceidd.camera.pace import Pace
from faceidd.camera.settings import CameraSettings
from faceidd.daemon.attention import Attention
from faceidd.daemon.config import Config
from faceidd.daemon.gate import Gate
from faceidd.daemon.password import read_password
from faceidd.daemon.recognition import Model
from faceidd.daemon.telling import Telling
from faceidd.daemon.watch import Watch
from faceidd.errors import ConfigError
from faceidd.events.mqtt import MqttSettings, TlsSettings
from faceidd.gallery.calibration import Calibration, calibration_path, load_calibration
from faceidd.gallery.file import load_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Seeing
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Cohort

LOOSE_FMR = 1e-2
"""A calibration for more false matches than this is told with a warning."""

_log = logging.getLogger(__name__)


def build_gallery(config: Config, model: Model) -> Gallery:
    """Load the gallery and hold it against the model.

    Raises:
        GalleryError: It is missing or damaged, or was enrolled with another model.
    """
    gallery = load_gallery(config.gallery.file)
    gallery.require_model(model.recognizer.model_id, model.name)
    if gallery.detector != config.detector.name:
        _log.warning(
            "the gallery was enrolled with detector %s, the door runs %s: similarities suffer",
            gallery.detector,
            config.detector.name,
        )
    _log.info("gallery of %d people", len(gallery.people))
    return gallery


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


def operating_point(config: Config, model: Model) -> OperatingPoint:
    """Choose the threshold: the configuration's, or else the calibration's, or else the pack's.

    Raises:
        GalleryError: The calibration is damaged, or does not fit the model.
        ConfigError: The calibration was made for another metric.
    """
    access = config.access
    metric, packs = Metric(access.metric), model.manifest.thresholds[access.metric]
    calibration = find_calibration(config, model)
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
    _tell(calibration, access.min_frames)
    return OperatingPoint(
        calibration.scale,
        calibration.threshold,
        calibration.cohort,
        calibration.provenance.target.templates,
    )


def _tell(calibration: Calibration, min_frames: int) -> None:
    made = calibration.provenance
    _log.info(
        "calibrated on %s for an FMR of %g, ruled by %s",
        made.made_at.date(), made.target.fmr, made.ruled_by,
    )  # fmt: skip
    if made.target.fmr > LOOSE_FMR:
        _log.warning("the calibration lets one stranger in %.0f pass", 1 / made.target.fmr)
    if made.frames != min_frames:
        _log.warning(
            "the calibration is of %d frames, access.min_frames is %d", made.frames, min_frames
        )


def find_calibration(config: Config, model: Model) -> Calibration | None:
    """Load the calibration that lies beside the model pack; None where there is none.

    Raises:
        GalleryError: It is damaged, or was made for another model, or of faces cut otherwise.
    """
    models = config.models
    path = calibration_path(models.dir, models.embedder, models.variant)
    if not path.exists():
        return None
    calibration = load_calibration(path)
    one = model.recognizer
    calibration.require_model(one.model_id, model.name)
    calibration.require_seeing(Seeing.of(one.detector.name, one.rule, one.gate.limits))
    return calibration


def build_attendance(config: Config, model: Model, point: OperatingPoint) -> Attendance:
    """Put together what decides on visitors."""
    _log.info("scores in %s, threshold %.3f", point.scale, point.threshold)
    continuity = Continuity.of_model(model.recognizer.same_face)
    rules = access_rules(config, point)
    return Attendance(rules, continuity, config.access.visit_gap_s, lambda: uuid.uuid4().hex[:12])


def access_rules(config: Config, point: OperatingPoint) -> Rules:
    """When evidence on a visitor is enough."""
    access = config.access
    return Rules(
        scale=point.scale,
        threshold=point.threshold,
        min_margin=access.min_margin,
        min_frames=access.min_frames,
        stranger_frames=access.stranger_frames,
        max_age=access.max_age_s,
    )


def build_matcher(gallery: Gallery, point: OperatingPoint, looks: Mapping[str, str]) -> Matcher:
    """Put together what finds who is known.

    Args:
        gallery: Who is known.
        point: Where likeness begins.
        looks: Looks with ids of their own -> whose they are.

    Raises:
        GalleryError: The calibration does not fit the gallery.
    """
    if point.templates is not None and len(gallery.norms) > point.templates:
        _log.warning(
            "the gallery has %d templates, the threshold was made for %d: strangers will be taken"
            " for somebody more often than asked (see faceidd calibrate)",
            len(gallery.norms), point.templates,
        )  # fmt: skip
    return Matcher(gallery, point.scale, point.cohort, looks)


def build_watch(
    config: Config,
    model: Model,
    *,
    matcher: Matcher,
    point: OperatingPoint,
    gate: Gate,
    teller: Telling,
) -> Watch:
    """Put together what looks at frames."""
    return Watch(
        recognizer=model.recognizer,
        matcher=matcher,
        attendance=build_attendance(config, model, point),
        rejections=Rejections(config.access.stranger_frames, config.access.visit_gap_s),
        gate=gate,
        teller=teller,
    )


def build_camera(config: Config) -> LatestFrame:
    """Put the camera together, not yet started.

    Raises:
        CameraError: Its address leads nowhere.
    """
    camera = config.camera
    latest = LatestFrame(
        CameraSettings(
            source=camera.source,
            width=camera.width,
            height=camera.height,
            fps=camera.fps,
            fourcc=camera.fourcc,
            exposure_ms=camera.exposure_ms,
            pace=Pace(camera.pace),
            open_timeout_s=camera.open_timeout_s,
            read_timeout_s=camera.read_timeout_s,
            rotate=camera.rotate,
            reconnect_max_s=camera.reconnect_max_s,
        )
    )
    _log.info("camera %s", latest.name)
    return latest


def build_health(config: Config) -> PictureHealth:
    """Put together what judges the camera's pictures."""
    camera = config.camera
    size = None
    if camera.width is not None and camera.height is not None:
        turned = camera.rotate in {90, 270}
        size = (camera.height, camera.width) if turned else (camera.width, camera.height)
    return PictureHealth(size, camera.frozen_after_s)


def build_attention(config: Config) -> Attention:
    """Put together what chooses the frames to look at."""
    detector = config.detector
    return Attention(
        Motion(detector.min_face_px) if detector.motion_gate else None,
        idle_look=detector.idle_look_s,
        visit_gap=config.access.visit_gap_s,
    )


def mqtt_settings(config: Config) -> MqttSettings | None:
    """How to reach the broker; None if none is configured.

    Raises:
        ConfigError: The password file cannot be read.
    """
    mqtt = config.mqtt
    if mqtt.host is None:
        return None
    password = read_password(mqtt)
    return MqttSettings(
        host=mqtt.host,
        port=mqtt.broker_port,
        door=config.door.id,
        username=mqtt.username,
        password=password.get_secret_value() if password else None,
        tls=TlsSettings(mqtt.tls.ca, mqtt.tls.cert, mqtt.tls.key) if mqtt.tls else None,
        prefix=mqtt.prefix,
        client_id=config.mqtt_client_id,
        keepalive_s=mqtt.keepalive_s,
        keep_s=round(config.events.keep),
    )
