"""MetricsState: what is so at the moment somebody reads the metrics.

Each part is asked for by itself: one that fails is left out, told once in the log, and hides no
other.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from faceidd.audit.writer import AuditWriter
from faceidd.camera.health import PictureFault
from faceidd.camera.latest import CameraState
from faceidd.clock import Clock, monotonic
from faceidd.daemon.board import Board
from faceidd.door.situation import Alert, Situation
from faceidd.door.state import State
from faceidd.events.health import OutboxHealth
from faceidd.sync.status import load_status
from faceidd.units import Instant

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """Where a daemon's state is asked for; None is what this daemon has not.

    Attributes:
        newest_frame: When the newest frame that came, looked at or not, was taken.
        camera: How the camera is doing.
        picture: What is wrong with its picture.
        door: All that is known of the door.
        broker: Whether the broker takes events now.
        outbox: What waits to be told.
        missed: How many snapshots were to be taken and are not there.
        audit: The audit log.
        gallery: The gallery's file.
        sync: Folder of the sync's state.
        capture: Id of the process that reads the camera; None while there is none.
        durable: Whether what waits to be told is to be kept on the disk.
        board: The machine.
    """

    newest_frame: Callable[[], Instant | None]
    camera: Callable[[], CameraState]
    picture: Callable[[], Collection[PictureFault]]
    door: Callable[[], Situation]
    broker: Callable[[], bool] | None
    outbox: Callable[[], OutboxHealth] | None
    missed: Callable[[], int] | None = None
    audit: AuditWriter | None
    gallery: Path
    sync: Path
    capture: Callable[[], int | None] = lambda: None
    durable: bool = True
    board: Board = field(default_factory=Board)


class MetricsState(Collector):
    """A collector for a registry.

    Args:
        probes: Where the state is asked for.
        clock: The clock of frames.
    """

    def __init__(self, probes: Probes, clock: Clock = monotonic) -> None:
        self._probes = probes
        self._clock = clock
        self._failed: set[str] = set()

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: some parts a machine has, some it has not."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Ask for everything now."""
        parts: Mapping[str, Callable[[], Iterable[Metric]]] = {
            "camera": self._camera,
            "door": self._door,
            "events": self._events,
            "snapshots": self._snapshots,
            "audit": self._audit,
            "gallery": self._gallery,
            "board": self._board,
            "process": self._process,
        }
        for name, part in parts.items():
            try:
                yield from list(part())
            except Exception:
                if name not in self._failed:
                    _log.exception("metrics of the %s are left out", name)
                self._failed.add(name)

    def _camera(self) -> Iterator[Metric]:
        camera, newest = self._probes.camera(), self._probes.newest_frame()
        yield _gauge("camera_online", "Whether the camera gives frames.", camera.online)
        yield _counter("camera_losses", "Times the camera was lost.", camera.losses)
        faults = self._probes.picture()
        alerts = {fault.value: fault in faults for fault in PictureFault}
        yield _gauges("camera_alert", "1 for what is wrong with the picture.", "alert", alerts)
        if newest is not None:
            age = max(0.0, self._clock() - newest)
            yield _gauge("frame_age_seconds", "Age of the newest frame, looked at or not.", age)

    def _door(self) -> Iterator[Metric]:
        situation = self._probes.door()
        states = {state.value: state is situation.state for state in State}
        yield _gauges("door_state", "1 for the state that the door is in.", "state", states)
        alerts = {alert.value: alert in situation.alerts for alert in Alert}
        yield _gauges("door_alert", "1 for what somebody should look after.", "alert", alerts)

    def _events(self) -> Iterator[Metric]:
        if self._probes.broker is not None:
            yield _gauge("broker_online", "Whether the broker takes events.", self._probes.broker())
        if self._probes.outbox is not None:
            outbox = self._probes.outbox()
            yield _gauge("outbox_waiting", "Events that wait to be told.", outbox.waiting)
            yield _counter("outbox_dropped", "Events that were never told.", outbox.dropped)
            if self._probes.durable:
                text = "1 while events are kept on the disk."
                yield _gauge("outbox_durable", text, outbox.durable)

    def _snapshots(self) -> Iterator[Metric]:
        if self._probes.missed is not None:
            missed = self._probes.missed()
            yield _counter("snapshots_missed", "Snapshots that were not taken or kept.", missed)

    def _audit(self) -> Iterator[Metric]:
        audit = self._probes.audit
        if audit is not None:
            yield _gauge("audit_record", "Number of the newest audit record.", audit.written)
            yield _gauge("audit_waiting", "Audit records that are not written.", audit.waiting)
            yield _counter("audit_lost", "Audit records that found no room.", audit.lost)
            yield _gauge(
                "audit_failing", "Whether the audit log cannot be written.", bool(audit.fault)
            )

    def _gallery(self) -> Iterator[Metric]:
        try:
            changed = self._probes.gallery.stat().st_mtime
        except FileNotFoundError:
            changed = None
        if changed is not None:
            yield _gauge(
                "gallery_changed_timestamp_seconds", "When the gallery's file changed.", changed
            )
        good_at = load_status(self._probes.sync).good_at
        if good_at is not None:
            when = good_at.timestamp()
            yield _gauge("sync_good_timestamp_seconds", "When the newest good sync was.", when)

    def _board(self) -> Iterator[Metric]:
        board = self._probes.board
        temperatures = board.temperatures()
        if temperatures:
            yield _gauges(
                "board_temperature_celsius", "Temperature of the board.", "zone", temperatures
            )
        throttling = board.throttling()
        if throttling is not None:
            held = GaugeMetricFamily(
                "faceidd_board_throttled",
                "1 for what holds the board back now, or did since its start.",
                labels=["condition", "when"],
            )
            for when, conditions in (
                ("now", throttling.now), ("since_start", throttling.since_start),
            ):  # fmt: skip
                for condition, is_so in conditions.items():
                    held.add_metric([condition, when], float(is_so))
            yield held

    def _process(self) -> Iterator[Metric]:
        board, capture = self._probes.board, self._probes.capture()
        memory = GaugeMetricFamily(
            "faceidd_memory_bytes", "Memory of the daemon's processes.", labels=["process", "kind"]
        )
        processor = CounterMetricFamily(
            "faceidd_cpu_seconds", "Processor time of the daemon's processes.", labels=["process"]
        )
        processes = {"daemon": None} if capture is None else {"daemon": None, "capture": capture}
        for name, process in processes.items():
            for kind, size in board.memory(process).items():
                memory.add_metric([name, kind], size)
            if (spent := board.processor(process)) is not None:
                processor.add_metric([name], spent)
        yield from (memory, processor)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"faceidd_{name}", what, value=float(value))


def _counter(name: str, what: str, value: float) -> Metric:
    return CounterMetricFamily(f"faceidd_{name}", what, value=float(value))


def _gauges(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"faceidd_{name}", what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
