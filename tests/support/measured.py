"""The metrics of a daemon that has everything, and has seen something."""

import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from support.audited import WallClock, audit_log
from support.hand_clock import HandClock
from support.outcomes import MINA, grant, outcome
from support.people import embedding, gallery
from support.sights import found

from faceidd.access.decision import Verdict
from faceidd.access.ruling import Ground, Ruling
from faceidd.audit.writer import AuditWriter
from faceidd.camera.frame import Frame
from faceidd.camera.health import PictureFault
from faceidd.camera.latest import CameraState
from faceidd.daemon.board import Board
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.metrics_state import MetricsState, Probes
from faceidd.daemon.operating_point import OperatingPoint
from faceidd.daemon.watch import Look
from faceidd.door.change import Cause, DoorChange
from faceidd.door.situation import Situation
from faceidd.events.command_check import Refusal
from faceidd.events.health import OutboxHealth
from faceidd.face.detection import Box
from faceidd.face.quality import Rejection
from faceidd.gallery.scale import Scale
from faceidd.sync.status import Status, save_status
from faceidd.units import Instant, Seconds

POINT = OperatingPoint(Scale(), 0.5, None)
KNOWN = gallery({MINA.id: [embedding(1.0, 0.0, 0.0)]})


def board(folder: Path) -> Board:
    """A Raspberry Pi that is warm, and was short of voltage once."""
    zone = folder / "thermal" / "thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "temp").write_text("61234\n")
    (zone / "type").write_text("cpu-thermal\n")
    (folder / "throttled").write_text("10000\n")
    ticks = os.sysconf("SC_CLK_TCK")
    for process, size, seconds in (("self", 1024, 30), ("77", 2048, 20)):
        (folder / process).mkdir()
        rollup = f"5565-7ffc ---p 0 [rollup]\nRss:  {size} kB\nPss:   {size // 2} kB\n"
        (folder / process / "smaps_rollup").write_text(rollup)
        stat = f"77 (a) b) S 1 1 1 0 -1 0 0 0 0 0 {seconds * ticks} {ticks} 9 9 20 0 3 0\n"
        (folder / process / "stat").write_text(stat)
    return Board(folder / "thermal", folder / "throttled", folder)


def look(at: float, *, fault: str | None = None) -> Look:
    """A look at a frame with Mina, a stranger and a face in the dark."""
    frame = Frame(np.zeros((4, 4, 3), np.uint8), Instant(at), 1)
    dark = found(Box(10, 10, 50, 50), Rejection.TOO_DARK)
    faces = (grant(at), outcome(Verdict.DENY, at, visit="v2"))
    return Look(frame, faces, (dark,), fault, Seconds(0.02))


def seen() -> Metrics:
    """Metrics that have counted one of everything."""
    metrics = Metrics()
    metrics.loaded(KNOWN, POINT)
    for stage in ("detect", "refine", "quality", "align", "embed", "decide"):
        metrics.stage(stage, Seconds(0.004))
    metrics.look(look(999.5), Instant(999.54))
    metrics.look(look(999.6, fault="a fault"), Instant(999.64))
    metrics.frame(look(999.6).frame)
    metrics.outcome(grant(999.5))
    metrics.outcome(outcome(Verdict.DENY, 999.5, visit="v2"))
    metrics.ruling(Ruling(MINA.id, Ground.ALLOWED, "allow", ()))
    metrics.change(DoorChange(True, Instant(999.6), Cause.GRANT, "v1", MINA))
    metrics.command(None)
    metrics.command(Refusal.EXPIRED)
    return metrics


def whole(folder: Path, blind: tuple[PictureFault, ...] = ()) -> tuple[Metrics, AuditWriter]:
    """Metrics with the state of a door that has everything; the writer is to be closed."""
    metrics = seen()
    writer = AuditWriter(audit_log(folder / "audit", WallClock()))
    (folder / "gallery").write_bytes(b"")
    save_status(Status(good_at=datetime(2026, 11, 25, 12, tzinfo=UTC)), folder)
    probes = Probes(
        newest_frame=lambda: metrics.newest_frame,
        camera=lambda: CameraState(online=True, losses=1),
        picture=lambda: blind,
        door=Situation,
        broker=lambda: True,
        outbox=lambda: OutboxHealth(durable=True, waiting=3, dropped=2),
        missed=lambda: 4,
        durable=True,
        audit=writer,
        gallery=folder / "gallery",
        sync=folder,
        capture=lambda: 77,
        board=board(folder),
    )
    metrics.registry.register(MetricsState(probes, HandClock(1000.0)))
    return metrics, writer
