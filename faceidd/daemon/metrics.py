"""Metrics: counts and times of one daemon, as Prometheus reads them; no person, visit or key in it.

What happens is counted as it happens, which costs microseconds. What merely *is* (an age, a
state, a temperature) is asked for when somebody reads: see `metrics_state`. All labels are of fixed
sets.
"""

import time
from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from faceidd import __version__
from faceidd.access.attendance import Outcome
from faceidd.access.decision import Verdict
from faceidd.access.ruling import Ruling
from faceidd.camera.frame import Frame
from faceidd.daemon.operating_point import OperatingPoint
from faceidd.daemon.watch import Look
from faceidd.door.change import DoorChange
from faceidd.events.command_check import Refusal
from faceidd.face.stages import Stage
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.scale import Normalization, Scale
from faceidd.units import Instant, Seconds

STAGE_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
LATENCY_BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0)

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each began is the process's start


class Metrics:
    """Counts what one daemon does.

    Attributes:
        registry: All of it, and whatever else is to be read with it.
        newest_frame: When the newest frame was taken; None before the first.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.newest_frame: Instant | None = None
        one = _Maker(self.registry)
        build = one.gauge("build_info", "Always 1; the version is its label.", "version")
        build.labels(__version__).set(1)
        one.gauge("start_time_seconds", "When the daemon started, Unix time.").set(time.time())
        self._captured = one.counter("camera_frames", "Frames that the camera gave.")
        self._sides = one.gauge("picture_pixels", "Size of the newest frame.", "side")
        self._sequence = -1
        self._frames = one.counter("frames", "Frames that were looked at.")
        self._failed = one.counter("frames_failed", "Frames that failed, and granted nothing.")
        self._latency = one.histogram(
            "look_latency_seconds", "From a frame's capture to its last consequence.",
            LATENCY_BUCKETS,
        )  # fmt: skip
        self._stages = one.histogram(
            "stage_seconds", "Time of each stage of a look.", STAGE_BUCKETS, "stage"
        )
        self._judged = one.counter("faces_judged", "Faces good enough to be compared.")
        self._rejected = one.counter(
            "faces_rejected", "Faces whose picture cannot be judged.", "reason"
        )
        self._decisions = one.counter(
            "decisions", "Verdicts, one for each face in each frame.", "verdict", "reason"
        )
        self._visits = one.counter(
            "visits", "Verdicts that are news, once a visit.", "verdict", "reason"
        )
        self._rulings = one.counter("rulings", "What the policy said, once a visit each.", "ground")
        self._openings = one.counter("door_openings", "Times the lock was released.", "cause")
        self._commands = one.counter(
            "commands", "Commands: obeyed, or why they were refused.", "result"
        )
        self._threshold = one.gauge("threshold", "Where likeness begins, on the scale.", "scale")
        self._people = one.gauge("gallery_people", "People whom the door knows.")
        self._templates = one.gauge("gallery_templates", "Templates of these people.")
        self._version = one.gauge("gallery_version", "Number of the gallery's publication.")
        self._similarity: Histogram | None = None
        self._scale: Scale | None = None

    def text(self) -> bytes:
        """All metrics in Prometheus's text format."""
        return generate_latest(self.registry)

    def stage(self, stage: Stage, took: Seconds) -> None:
        """A stage of a look is over."""
        self._stages.labels(stage).observe(took)

    def frame(self, frame: Frame) -> None:
        """Note that a frame came, looked at or not."""
        self.newest_frame = frame.captured_at
        self._captured.inc(frame.sequence - self._sequence)  # also those that nobody took
        self._sequence = frame.sequence
        height, width = frame.image.shape[:2]
        self._sides.labels("width").set(width)
        self._sides.labels("height").set(height)

    def look(self, look: Look, now: Instant) -> None:
        """A frame was looked at.

        Args:
            look: What it came to.
            now: The present moment, on the clock of frames.
        """
        self._frames.inc()
        self._latency.observe(now - look.frame.captured_at)
        if look.fault is not None:
            self._failed.inc()
        for one in look.rejected:
            if one.quality.rejection is not None:
                self._rejected.labels(one.quality.rejection).inc()
        for outcome in look.outcomes:
            self._judged.inc()
            self._decisions.labels(outcome.decision.verdict, outcome.decision.reason).inc()

    def outcome(self, outcome: Outcome) -> None:
        """A visitor was recognized, or is nobody whom the door lets in."""
        decision = outcome.decision
        self._visits.labels(decision.verdict, decision.reason).inc()
        match = decision.match
        if match is None or self._similarity is None or match.scale != self._scale:
            return
        matched = "yes" if decision.verdict is Verdict.GRANT else "no"
        self._similarity.labels(matched).observe(match.value)

    def ruling(self, ruling: Ruling) -> None:
        """The policy lets somebody pass, or not."""
        self._rulings.labels(ruling.ground).inc()

    def change(self, change: DoorChange) -> None:
        """The relay was energized or released."""
        if change.open:
            self._openings.labels(change.cause).inc()

    def command(self, refusal: Refusal | None) -> None:
        """A command was obeyed, or refused."""
        self._commands.labels(refusal or "obeyed").inc()

    def loaded(self, gallery: Gallery, point: OperatingPoint) -> None:
        """The door goes by these now."""
        self._people.set(len(gallery.people))
        self._templates.set(len(gallery.norms))
        self._version.set(gallery.version)
        self._threshold.clear()
        self._threshold.labels(str(point.scale)).set(point.threshold)
        if point.scale != self._scale:  # values on two scales are in no one histogram
            if self._similarity is not None:
                self.registry.unregister(self._similarity)
            self._similarity = _Maker(self.registry).histogram(
                "similarity", "Values of visits on the scale: of who was recognized, and not.",
                similarity_buckets(point), "matched",
            )  # fmt: skip
            self._scale = point.scale


def similarity_buckets(point: OperatingPoint) -> tuple[float, ...]:
    """Bounds that spread the values of a scale.

    Cosines lie between -1 and 1, z- and t-normalized scores within some standard deviations of 0,
    and distances around the threshold, which is all that is known of their size.
    """
    if point.scale.normalization is Normalization.S_NORM:
        return tuple(float(bound) for bound in range(-3, 16))
    if point.scale.greater_is_closer:
        return tuple(round(-0.2 + 0.05 * step, 2) for step in range(25))
    return tuple(round(point.threshold * step / 10, 6) for step in range(1, 26))


class _Maker:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"faceidd_{name}", what, labels, registry=self._registry)

    def gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"faceidd_{name}", what, labels, registry=self._registry)

    def histogram(self, name: str, what: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"faceidd_{name}", what, labels, buckets=buckets, registry=self._registry)
