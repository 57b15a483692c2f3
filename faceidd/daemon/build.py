"""Config -> the parts of a door. This module, `recognition` and `wiring` construct backends."""

import logging
import uuid
from collections.abc import Mapping
from functools import partial

from faceidd.access.attendance import Attendance
from faceidd.access.decision import Rules
from faceidd.access.presence import Continuity
from faceidd.access.rejections import Rejections
from faceidd.camera.health import PictureHealth
from faceidd.camera.latest import LatestFrame
from faceidd.camera.motion import Motion
from faceidd.camera.pace import Pace
from faceidd.camera.settings import CameraSettings
from faceidd.clock import right_time
from faceidd.daemon.attention import Attention
from faceidd.daemon.config import Config
from faceidd.daemon.config_mqtt import MqttConfig
from faceidd.daemon.gallery_file import open_gallery
from faceidd.daemon.gate import Gate
from faceidd.daemon.operating_point import OperatingPoint
from faceidd.daemon.password import read_password
from faceidd.daemon.recognition import Model
from faceidd.daemon.telling import Telling
from faceidd.daemon.watch import Watch
from faceidd.events.mqtt import MqttSettings, TlsSettings
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.matcher import Matcher

_log = logging.getLogger(__name__)


def build_gallery(config: Config, model: Model) -> Gallery:
    """Load the gallery and hold it against the model.

    Raises:
        GalleryError: It is missing or damaged, or was enrolled with another model.
    """
    gallery = open_gallery(config)
    gallery.require_model(model.recognizer.model_id, model.name)
    if gallery.detector != config.detector.name:
        _log.warning(
            "the gallery was enrolled with detector %s, the door runs %s: similarities suffer",
            gallery.detector,
            config.detector.name,
        )
    _log.info("gallery of %d people", len(gallery.people))
    return gallery


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
        wall_clock=partial(right_time, config.policy.clock_file),
    )


def build_camera(config: Config) -> LatestFrame:
    """Put the camera together, not yet started.

    Raises:
        CameraError: Its address leads nowhere.
    """
    latest = LatestFrame(camera_settings(config))
    _log.info("camera %s", latest.name)
    return latest


def camera_settings(config: Config) -> CameraSettings:
    """How to reach the camera and how to read it."""
    camera = config.camera
    return CameraSettings(
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


def tls_settings(mqtt: MqttConfig) -> TlsSettings | None:
    """How the way to the broker is encrypted; None if it is not."""
    tls = mqtt.tls
    return None if tls is None else TlsSettings(tls.ca, tls.cert, tls.key)


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
        tls=tls_settings(mqtt),
        prefix=mqtt.prefix,
        client_id=config.mqtt_client_id,
        keepalive_s=mqtt.keepalive_s,
        keep_s=round(config.events.keep),
    )
