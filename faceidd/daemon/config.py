"""Config: every setting of a door, its default, what it is for and what is allowed.

The schema is the only place that knows the settings. The commented file `config/faceidd.yaml` and
the tables of `docs/configuration.md` are held against it by tests. Reading a file, and telling
what is wrong in it, belong to `config_file`; whether a camera, a model or a broker is really
there is found out by the rooms that use them.
"""

import re
from math import inf
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_serializer, field_validator

from faceidd.access.presence import MOST_SIGHTINGS
from faceidd.camera.address import masked
from faceidd.daemon.config_audit import AuditConfig, MetricsConfig
from faceidd.daemon.config_door import DoorConfig
from faceidd.daemon.config_events import EventsConfig, WebhookConfig
from faceidd.daemon.config_mqtt import MqttConfig
from faceidd.daemon.config_section import ConfigPath, PackName, Section, matching, resolved
from faceidd.daemon.config_snapshots import SnapshotsConfig
from faceidd.daemon.config_sync import SyncConfig
from faceidd.models.manifest import MOST_THRESHOLD, MetricName
from faceidd.models.runtime import RuntimeName
from faceidd.units import Seconds

_NO_PATH = r".*://|libcamera:"


class CameraConfig(Section):
    """Where the pictures come from."""

    source: Annotated[int, Field(ge=0, le=255)] | Annotated[str, Field(min_length=1)] = Field(
        default=0,
        repr=False,
        json_schema_extra={"allowed": "a camera's number, a path or a URL"},
    )
    """The camera's number (0 is /dev/video0), a device, `libcamera:0` on a Raspberry Pi, a video
    file, a folder of pictures, or a stream's URL."""
    width: Annotated[int, Field(ge=16, le=8192)] | None = None
    """Width to ask the camera for, in pixels; null leaves it to the camera."""
    height: Annotated[int, Field(ge=16, le=8192)] | None = None
    """Height to ask the camera for, in pixels; null leaves it to the camera."""
    fps: Annotated[int, Field(ge=1, le=240)] | None = None
    """Frames a second to ask the camera for; null leaves it to the camera."""
    fourcc: (
        Annotated[
            str,
            matching(r"^[A-Za-z0-9]{4}$", "a code of 4 letters and digits, 'MJPG' or 'YUYV'"),
        ]
        | None
    ) = None
    """Pixel format to ask the camera for; null leaves it to the camera."""
    exposure_ms: Annotated[float, Field(ge=0.1, le=1000)] | None = None
    """Exposure to ask a device or libcamera for, in milliseconds; null leaves it to the camera."""
    rotate: Literal[0, 90, 180, 270] = 0
    """How far to turn the picture clockwise, in degrees, until faces stand upright."""
    view_deg: Annotated[float, Field(ge=10, le=170)] | None = None
    """How wide the lens sees, in degrees from left to right, for `faceidd doctor`, which says how
    near a visitor must come; null takes 60."""
    pace: Literal["real_time", "as_fast_as_possible"] = "real_time"
    """How fast a video file or a folder is played; cameras and streams have their own pace."""
    open_timeout_s: Annotated[Seconds, Field(ge=0.1, le=120)] = Seconds(5.0)
    """How long opening the camera may take, in seconds."""
    read_timeout_s: Annotated[Seconds, Field(ge=0.1, le=120)] = Seconds(2.0)
    """How long the camera may give no frame, in seconds, before it is opened again."""
    reconnect_max_s: Annotated[Seconds, Field(ge=1, le=3600)] = Seconds(30.0)
    """Longest wait between two tries to open the camera, in seconds; the waits grow up to it."""
    frozen_after_s: Annotated[Seconds, Field(ge=5, le=3600)] | None = Seconds(30.0)
    """How long the picture may stay the same to the last pixel, in seconds, before that is told;
    null never tells it."""

    @field_validator("source")
    @classmethod
    def _resolve(cls, source: int | str, info: ValidationInfo) -> int | str:
        # What is no path: a number, a number in quotes, a URL, a libcamera.
        if isinstance(source, int) or source.isdecimal() or re.match(_NO_PATH, source):
            return source
        return resolved(source, info)

    @field_serializer("source", when_used="json")
    def _mask(self, source: int | str) -> int | str:
        return masked(source) if isinstance(source, str) else source


class ModelsConfig(Section):
    """The neural networks and what runs them."""

    dir: ConfigPath = Path("/var/lib/faceidd/models")
    """Folder that holds the model packs, one folder each."""
    embedder: PackName = "facenet"
    """The pack that tells faces apart; the gallery must have been enrolled with it."""
    variant: PackName = "int8"
    """Which of the pack's variants to run; the gallery must have been enrolled with it."""
    follow_gallery: bool = False
    """Whether a synced gallery of another model brings its pack with it, and the daemon then
    starts anew with that one."""
    runtime: Literal[RuntimeName] = "litert"
    """The library that runs the networks."""
    threads: Annotated[int, Field(ge=1, le=16)] = 2
    """Processor cores a network may use."""


class DetectorConfig(Section):
    """What finds faces in the picture."""

    name: Literal["blazeface", "haar", "mtcnn", "yunet"] = "blazeface"
    """The detector; all are refined to the same boxes and landmarks."""
    min_face_px: Annotated[int, Field(ge=20, le=2000)] = 130
    """Narrower faces are not searched for, in pixels: sets how near a visitor must come."""
    min_score: Annotated[float, Field(ge=0, le=1)] | None = None
    """Least confidence for a face; null is the detector's own."""
    motion_gate: bool = True
    """Whether frames in which nothing has changed and nobody was are mostly passed over."""
    idle_look_s: Annotated[Seconds, Field(ge=0.1, le=10)] = Seconds(2.0)
    """How often faces are looked for even where nothing moves, in seconds."""
    yunet_model: ConfigPath | None = None
    """YuNet's ONNX file, for `name: yunet` only."""

    @field_validator("yunet_model")
    @classmethod
    def _yunet_has_its_model(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if info.data.get("name") == "yunet" and file is None:
            raise ValueError("must be set, because detector.name is 'yunet'")
        return file


class GalleryConfig(Section):
    """The people the door knows."""

    file: ConfigPath = Path("/var/lib/faceidd/gallery.safetensors")
    """The gallery, as `faceidd enroll` writes it."""
    key_file: ConfigPath | None = None
    """The key that the gallery is encrypted with; may begin with `$CREDENTIALS_DIRECTORY/`. null
    is for a plain one."""


class AccessConfig(Section):
    """When the door is opened, and to whom."""

    metric: MetricName = "cosine"
    """How two faces are compared; `cosine` is greater for closer faces, the others smaller."""
    threshold: float | None = None
    """How close a face must be: at least this cosine, at most this distance; null is the
    calibration's, or else the pack's."""
    min_margin: Annotated[float, Field(ge=0, le=1)] = 0.05
    """How much nearer, in cosine, a face must be to its person than to the next one."""
    min_frames: Annotated[int, Field(ge=1, le=MOST_SIGHTINGS)] = 3
    """Frames of one face that are compared together before the door opens."""
    stranger_frames: Annotated[int, Field(ge=1, le=200)] = 10
    """Frames of evidence before a face is called a stranger; at least `min_frames`."""
    max_age_s: Annotated[Seconds, Field(ge=0.1, le=10)] = Seconds(1.5)
    """Evidence older than this counts no more, in seconds."""
    visit_gap_s: Annotated[Seconds, Field(ge=0.1, le=60)] = Seconds(2.0)
    """A visit ends when its face was not seen for this long, in seconds."""

    @field_validator("threshold")
    @classmethod
    def _threshold_fits_metric(cls, value: float | None, info: ValidationInfo) -> float | None:
        metric: MetricName | None = info.data.get("metric")
        if value is None or metric is None:
            return value
        most = MOST_THRESHOLD[metric]
        if not 0 < value <= most:
            limit = f" and at most {most:g}" if most < inf else ""
            raise ValueError(f"must be above 0{limit}, because access.metric is {metric!r}")
        return value

    @field_validator("stranger_frames")
    @classmethod
    def _stranger_is_no_sooner(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("min_frames", 1)
        if value < least:
            raise ValueError(f"must be at least access.min_frames, which is {least}")
        return value


class PolicyConfig(Section):
    """Who of them passes, and when; see docs/access.md."""

    file: ConfigPath | None = None
    """The policy; null lets everybody in the gallery pass, always."""
    state_dir: ConfigPath = Path("/var/lib/faceidd/state")
    """Folder for what must outlive a restart: lockdowns, passages, commands that were taken, and
    events that were not told yet."""
    clock_file: ConfigPath | None = None
    """What needs the clock is denied until this file is there; null trusts the clock. For
    systemd-timesyncd it is /run/systemd/timesync/synchronized."""
    keypad: ConfigPath | None = None
    """Keypad for PINs, a USB keyboard as /dev/input/by-id/ names it; null is none."""
    card_reader: ConfigPath | None = None
    """Reader for cards that types like a keyboard, likewise; null is none."""


class LogConfig(Section):
    """What the daemon writes to its log."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least weight of a message that is written."""


class Config(Section):
    """All settings of one door; `Config()` is the defaults.

    `model_dump(mode="json")` masks every secret; other dumps do not.
    """

    door: DoorConfig = DoorConfig()
    camera: CameraConfig = CameraConfig()
    models: ModelsConfig = ModelsConfig()
    detector: DetectorConfig = DetectorConfig()
    gallery: GalleryConfig = GalleryConfig()
    access: AccessConfig = AccessConfig()
    policy: PolicyConfig = PolicyConfig()
    sync: SyncConfig = SyncConfig()
    mqtt: MqttConfig = MqttConfig()
    snapshots: SnapshotsConfig = SnapshotsConfig()
    webhook: WebhookConfig = WebhookConfig()
    events: EventsConfig = EventsConfig()
    audit: AuditConfig = AuditConfig()
    metrics: MetricsConfig = MetricsConfig()
    log: LogConfig = LogConfig()

    @field_validator("*", mode="before")
    @classmethod
    def _empty_section_is_defaults(cls, section: object) -> object:
        # `camera:` with all its keys commented out is null in YAML.
        return {} if section is None else section

    @property
    def mqtt_client_id(self) -> str:
        """The client id to show to the broker."""
        return self.mqtt.client_id or f"faceidd-{self.door.id}"
