"""Upkeep: what happens to the device behind the door -> events and states.

Whatever goes wrong here is logged: no door stops because it could not be told how it is doing.
"""

import hashlib
import logging
from collections.abc import Callable

from faceidd import __version__
from faceidd.backoff import delays
from faceidd.camera.health import PictureAlert, PictureFault
from faceidd.camera.latest import CameraState
from faceidd.clock import Clock, monotonic
from faceidd.daemon.config import Config
from faceidd.daemon.last_run import LastRun, LastRunFile
from faceidd.daemon.showing import Showing
from faceidd.events.envelope import Stamp, envelope
from faceidd.events.health import Health, OutboxHealth
from faceidd.events.sink import EventSink
from faceidd.events.upkeep import (
    CameraAlert,
    CameraBack,
    CameraLost,
    ConfigurationChanged,
    ConfigurationRefused,
    DaemonStarted,
    GalleryChanged,
    GalleryRefused,
    GalleryVersion,
    HealthReported,
    PolicyChanged,
)
from faceidd.gallery.gallery import Gallery
from faceidd.sync.status import Status
from faceidd.units import Instant, Seconds

AGAIN_S = Seconds(1.0), Seconds(60.0)
"""Shortest and longest pause before news of the camera that could not be told are tried again."""

_NOW = Seconds(0.0)
_log = logging.getLogger(__name__)


class Upkeep:
    """Says how one door's daemon is doing. For one thread.

    Args:
        config: All settings.
        sink: Who is told.
        showing: Shows what is so.
        outbox: How well events are kept; None where nobody but the log is told.
        boot: Random name of this run of the daemon.
        clock: The monotonic clock.

    Attributes:
        boot: Random name of this run of the daemon.
    """

    def __init__(
        self,
        config: Config,
        sink: EventSink,
        showing: Showing,
        outbox: Callable[[], OutboxHealth] | None,
        *,
        boot: str,
        clock: Clock = monotonic,
    ) -> None:
        self.boot = boot
        self._config = config
        self._sink = sink
        self._showing = showing
        self._outbox = outbox
        self._clock = clock
        self._began = self._report_at = clock()
        self._durable: bool | None = None
        self._camera: CameraState | None = None
        self._camera_at = self._lost_at = self._began
        self._lost_by = ""
        self._losses_told = self._returns_told = 0
        self._tell_camera_at: Instant | None = None
        self._pauses = delays(*AGAIN_S)
        self._blind: set[PictureFault] = set()
        self._runs: tuple[Gallery, str] | None = None
        self._status = Status()
        self._file = LastRunFile(config) if outbox is not None else None
        self._last = self._file.read() if self._file else None

    @property
    def up(self) -> Seconds:
        """How long the daemon has been running."""
        return Seconds(self._clock() - self._began)

    def started(self) -> None:
        """Tell that the daemon watches the door."""
        self._try(
            lambda: self._sink.publish(
                DaemonStarted(**self._stamp(), version=__version__, boot=self.boot)
            )
        )

    def poll(self, camera: CameraState) -> None:
        """Tell what is new of the camera, and now and then how all is doing; cheap."""
        now = self._clock()
        if camera is not self._camera:
            # What is said later of a loss, whatever it became by then, is how it began.
            if camera.losses > (self._camera.losses if self._camera else 0):
                self._lost_at = now
                self._lost_by = camera.reason or "it was lost for a moment"
            self._camera, self._camera_at, self._tell_camera_at = camera, now, now
            self._pauses = delays(*AGAIN_S)
        if self._tell_camera_at is not None and now >= self._tell_camera_at:
            self._tell_camera_at = Instant(now + next(self._pauses))
            self._try(lambda: self._tell_camera(camera))
        outbox = self._outbox() if self._outbox else None
        durable = None if outbox is None else outbox.durable
        if self._clock() < self._report_at and durable is self._durable:
            return
        self._durable = durable
        self._report_at = Instant(self._clock() + self._config.events.health_s)
        self._try(lambda: self._report(camera, outbox))

    def picture(self, alert: PictureAlert) -> None:
        """Tell that something is wrong with the camera's picture, or no longer is."""
        if alert.active:
            _log.warning("the camera's picture is %s: %s", alert.fault, alert.detail)
        else:
            _log.info("the camera's picture is no longer %s", alert.fault)
        change = self._blind.add if alert.active else self._blind.discard
        change(alert.fault)
        self._try(lambda: self._sink.publish(self._alert(alert)))
        if (camera := self._camera) is not None:
            self._try(lambda: self._showing.camera(camera, self._blind))

    def synced(self, status: Status) -> None:
        """Show how the gallery is kept new."""
        self._status = status
        self._try(self._show_gallery)

    def runs_with(self, gallery: Gallery, digest: str, policy: str | None) -> None:
        """Tell what of this is new: whom the door knows, its policy, its settings.

        Args:
            gallery: Whom it knows.
            digest: SHA-256 of the gallery's plain file.
            policy: SHA-256 of its policy's file; None without one.
        """
        self._try(lambda: self._compare(gallery, digest, policy))

    @property
    def loss_told(self) -> bool:
        """Whether it was told that the camera is lost now."""
        camera = self._camera
        return camera is not None and not camera.online and camera.losses == self._losses_told

    def renew(self, config: Config) -> None:
        """Go on by another configuration; `runs_with` tells of it."""
        self._config = config

    def configuration_refused(self, reason: str) -> None:
        """Tell that a new configuration, or a part of it, was not taken."""
        self._try(lambda: self._sink.publish(ConfigurationRefused(**self._stamp(), reason=reason)))

    def refused(self, error: Exception) -> None:
        """Tell that a new gallery or policy was not taken."""
        reason = str(error) or type(error).__name__  # a MemoryError says nothing
        self._try(lambda: self._sink.publish(GalleryRefused(**self._stamp(), reason=reason)))

    def _try(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception:
            _log.exception("it could not be told how the door is doing")

    def _alert(self, alert: PictureAlert) -> CameraAlert:
        age = Seconds(max(0.0, self._clock() - alert.at))
        return CameraAlert(
            **self._stamp(age=age), alert=alert.fault, active=alert.active, detail=alert.detail
        )

    def _report(self, camera: CameraState, outbox: OutboxHealth | None) -> None:
        health = Health(
            version=__version__,
            boot=self.boot,
            up_s=round(self.up),
            camera_online=camera.online,
            outbox=outbox,
        )
        self._showing.health(health)
        lifetime = Seconds(2 * self._config.events.health_s)
        self._sink.publish(HealthReported(**self._stamp(lifetime=lifetime), health=health))

    def _show_gallery(self) -> None:
        if self._runs is not None:
            self._showing.gallery(*self._runs, self._status)

    def _compare(self, gallery: Gallery, digest: str, policy: str | None) -> None:
        self._runs = gallery, digest
        self._show_gallery()
        was = self._last or LastRun()
        now = LastRun(
            gallery=GalleryVersion(
                version=gallery.version, sha256=digest, people=len(gallery.people)
            ),
            policy=policy,
            configuration=hashlib.sha256(self._config.model_dump_json().encode()).hexdigest(),
        )
        if now == self._last:
            return
        stamp = self._stamp()
        if now.gallery is not None and now.gallery != was.gallery:
            self._sink.publish(GalleryChanged(**stamp, was=was.gallery, now=now.gallery))
        if now.policy != was.policy:
            self._sink.publish(PolicyChanged(**stamp, was=was.policy, now=now.policy))
        if now.configuration and now.configuration != was.configuration:
            told = ConfigurationChanged(**stamp, was=was.configuration, now=now.configuration)
            self._sink.publish(told)
        self._last = now
        if self._file is not None:
            self._file.write(now)

    def _tell_camera(self, camera: CameraState) -> None:
        """Tell what is not told yet; whatever fails is tried again."""
        now = self._clock()
        if camera.losses > self._losses_told:
            stamp = self._stamp(age=Seconds(now - self._lost_at))
            self._sink.publish(CameraLost(**stamp, reason=self._lost_by, losses=camera.losses))
            self._losses_told = camera.losses
        if camera.online and camera.losses > self._returns_told:
            stamp = self._stamp(age=Seconds(now - self._camera_at))
            lost_ms = round(1000 * (self._camera_at - self._lost_at))
            self._sink.publish(CameraBack(**stamp, lost_ms=lost_ms))
            self._returns_told = camera.losses
        self._showing.camera(camera, self._blind)
        self._tell_camera_at = None

    def _stamp(self, lifetime: Seconds | None = None, age: Seconds = _NOW) -> Stamp:
        door = self._config.door
        life = self._config.events.keep if lifetime is None else lifetime
        return envelope(door.id, life, age=age, site=door.site)
