"""What the audit log and the metrics cost the door, with and without them in one run.

Looks at a frame with one face take turns: bare, and with every stage timed and every outcome
counted while a client reads the metrics ten times a second. Then what one grant waits for: its
records handed to the writer, whose thread writes to a real disk meanwhile, and its counts.
"""

import http.client
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import cv2
import numpy as np

from bench.setup import model, options
from faceidd.access.attendance import Outcome
from faceidd.access.decision import Decision, Reason, Verdict
from faceidd.access.ruling import Ground, Ruling
from faceidd.audit.keeping import Keeping
from faceidd.audit.log import AuditLog
from faceidd.audit.source import Folder
from faceidd.audit.verification import verify
from faceidd.audit.writer import AuditWriter
from faceidd.camera.frame import Frame, Image
from faceidd.clock import monotonic
from faceidd.daemon.auditor import Auditor
from faceidd.daemon.build import OperatingPoint
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.metrics_server import MetricsServer
from faceidd.daemon.watch import Look
from faceidd.door.pulse import Answer
from faceidd.events.command import PrivateKey
from faceidd.face.recognizer import Recognizer, Sight
from faceidd.face.stages import Stage, unheard
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Match
from faceidd.gallery.scale import Scale
from faceidd.models.portraits import portrait
from faceidd.units import Seconds

ROUNDS = 300
GRANTS = 2000
RECORDS = 100_000
SCRAPES_PAUSE = 0.1
PERSON = Person("p1", "p1")


def main() -> int:
    """Print the tables; return 1 if a grant waits for a millisecond, by its median."""
    arguments = options(__doc__ or "").parse_args()
    recognizer = model(arguments, min_face_px=130).recognizer
    frame = _frame()
    metrics = Metrics()
    metrics.loaded(_gallery(recognizer), OperatingPoint(Scale(), 0.5, None))
    bare, measured = _looks(recognizer, metrics, frame)
    print(f"640 x 480 frame with one face, {ROUNDS} rounds in turns\n")
    print("| look | median ms | 99th percentile |\n|---|---|---|")
    for name, times in (("bare", bare), ("measured, read 10 times a second", measured)):
        print(f"| {name} | {_ms(times, 50):.3f} | {_ms(times, 99):.3f} |")
    outcome = _outcome(recognizer.see(frame))
    with tempfile.TemporaryDirectory(dir=".") as folder:
        audited = _grants(Path(folder), outcome)
        took = _verified(Path(folder) / "long")
    counted = _timed(lambda: metrics.outcome(outcome))
    look = Look(Frame(frame, monotonic(), 0), (outcome,), (), None, Seconds(0.0))
    stages = _timed(lambda: _count_look(metrics, look))
    page = [_once(metrics.text) for _ in range(100)]
    print(
        "\n| what a grant waits for | median us | 99.9th percentile | longest |\n|---|---|---|---|"
    )
    for name, times in (
        ("a grant's audit records", audited),
        ("a grant's counts", counted),
        ("a look's counts and stages", stages),
    ):
        micro = [1e6 * one for one in times]
        print(
            f"| {name} | {statistics.median(micro):.1f} | {np.percentile(micro, 99.9):.1f}"
            f" | {max(micro):.0f} |"
        )
    print(f"\nthe page of metrics is made in {_ms(page, 50):.2f} ms, {len(metrics.text())} bytes")
    print(f"{RECORDS} records are verified in {took:.2f} s")
    return 0 if statistics.median(audited) < 1e-3 else 1  # noqa: PLR2004 - a millisecond


def _frame() -> Image:
    face = cv2.imread(str(portrait("grace_hopper")))
    if face is None:
        raise SystemExit("cannot read the portrait")
    canvas = np.full((480, 640, 3), 120, np.uint8)
    canvas[:, 115:525] = cv2.resize(face, (410, 480), interpolation=cv2.INTER_AREA)
    return canvas


def _gallery(recognizer: Recognizer) -> Gallery:
    one = np.ones(1)
    return Gallery(
        recognizer.model_id, "bench", recognizer.detector.name, (PERSON,),
        np.eye(1, 128, dtype=np.float32), one.astype(np.float32), np.zeros(1, np.intp),
        one.astype(np.int64),
    )  # fmt: skip


def _outcome(sight: Sight) -> Outcome:
    now, match = monotonic(), Match(PERSON, Scale(), 0.8, 0.2)
    decision = Decision(Verdict.GRANT, Reason.RECOGNIZED, PERSON, match, 3, now, now)
    return Outcome("visit", sight.faces[0], decision, news=True)


def _looks(
    recognizer: Recognizer, metrics: Metrics, frame: Image
) -> tuple[list[float], list[float]]:
    """Times of looks without and with metrics, in turns."""
    server, stop = MetricsServer("127.0.0.1:0", metrics.text), threading.Event()
    reader = threading.Thread(target=_read, args=(server.address, stop))
    reader.start()

    def bare() -> None:
        recognizer.on_stage = unheard
        recognizer.see(frame)

    def measured() -> None:
        recognizer.on_stage = metrics.stage
        began = monotonic()
        sight = recognizer.see(frame)
        look = Look(Frame(frame, began, 0), (_outcome(sight),), (), None, Seconds(0.0))
        metrics.look(look, monotonic())

    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 10):
        for work, taken in zip((bare, measured), times, strict=True):
            took = _once(work)
            if turn >= 10:  # noqa: PLR2004 - the first rounds warm caches and threads
                taken.append(took)
    stop.set()
    reader.join()
    server.close()
    return times


def _read(address: str, stop: threading.Event) -> None:
    host, _, port = address.rpartition(":")
    while not stop.wait(SCRAPES_PAUSE):
        connection = http.client.HTTPConnection(host, int(port))
        connection.request("GET", "/metrics")
        connection.getresponse().read()
        connection.close()


def _log(folder: Path, key: PrivateKey) -> AuditLog:
    return AuditLog(folder, key, door="front", boot="b", keeping=Keeping(90, 1 << 30))


def _grants(folder: Path, outcome: Outcome) -> list[float]:
    """Times that grants wait for their records, at 500 a second."""
    writer = AuditWriter(_log(folder / "log", PrivateKey.generate("bench")))
    auditor = Auditor(writer, "b")
    ruling = Ruling(PERSON.id, Ground.ALLOWED, "bench", ())
    times = []
    for number in range(GRANTS):
        one = Outcome(f"visit-{number}", outcome.seen, outcome.decision, news=True)

        def grant(one: Outcome = one) -> None:
            auditor.outcome(one)
            auditor.admitted(one, ruling, Answer.OPENED)
            auditor.denied(one.visit, ruling, one.decision.newest)

        times.append(_once(grant))
        time.sleep(0.002)
    auditor.close()
    if writer.lost:
        raise SystemExit(f"{writer.lost} records were lost")
    return times


def _verified(folder: Path) -> float:
    """Seconds to verify a long log."""
    key = PrivateKey.generate("bench")
    writer = AuditWriter(_log(folder, key), most_waiting=RECORDS + 1)
    auditor = Auditor(writer, "b")
    ruling = Ruling(PERSON.id, Ground.ALLOWED, "bench", ())
    for number in range(RECORDS):
        auditor.denied(f"visit-{number}", ruling, monotonic())
    while writer.waiting:
        time.sleep(0.1)
    auditor.close()
    began = time.perf_counter()
    report = verify(Folder(folder), {key.public_key})
    took = time.perf_counter() - began
    if report.findings or report.records <= RECORDS:
        raise SystemExit(f"{report.records} records, {report.findings}")
    return took


def _count_look(metrics: Metrics, look: Look) -> None:
    """All that is counted of a look with one face."""
    for stage in get_args(Stage):
        metrics.stage(stage, Seconds(0.004))
    metrics.look(look, monotonic())


def _timed(work: Callable[[], object]) -> list[float]:
    return [_once(work) for _ in range(GRANTS)]


def _once(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ms(times: list[float], percentile: float) -> float:
    return 1000 * float(np.percentile(times, percentile))


if __name__ == "__main__":
    raise SystemExit(main())
