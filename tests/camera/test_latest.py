import itertools
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from support.mjpeg_camera import MjpegCamera
from support.numbered import draw, jpeg, number_of

from faceidd.camera import latest as latest_module
from faceidd.camera.folder import ImageFolder
from faceidd.camera.frame import Frame
from faceidd.camera.latest import CameraState, End, LatestFrame
from faceidd.camera.source import FrameSource
from faceidd.camera.stream import StreamCamera
from faceidd.errors import CameraError
from faceidd.units import Instant, Seconds

SOON = Seconds(0.0)
LONG = Seconds(20.0)
UNPLUGGED = CameraError("camera hand gives no more frames", do="check its cable")


class HandSource:
    """A source whose every answer a test hands out."""

    name = "hand"

    def __init__(self, *, live: bool = True) -> None:
        self.live = live
        self.opens = 0
        self.closes = 0
        self.asked = threading.Semaphore(0)
        self._answers: SimpleQueue[int | Exception | None] = SimpleQueue()
        self.refusals: SimpleQueue[CameraError] = SimpleQueue()

    def open(self) -> None:
        self.opens += 1
        if not self.refusals.empty():
            raise self.refusals.get()

    def read(self) -> Frame | None:
        self.asked.release()
        answer = self._answers.get()
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return None
        return Frame(draw(answer), Instant(float(answer)), answer)

    def close(self) -> None:
        self.closes += 1

    def hand(self, answer: int | Exception | None) -> None:
        """Answer the read that waits: a frame's sequence, a fault, or the end."""
        assert self.asked.acquire(timeout=LONG)
        self._answers.put(answer)

    def settle(self) -> None:
        """Wait until the answers were dealt with and the next read waits."""
        assert self.asked.acquire(timeout=LONG)
        self.asked.release()

    def let_go(self) -> None:
        """Answer the read that waits, if any, so that its thread can end."""
        self._answers.put(None)


class Readers:
    """Makes started readers and stops them after the test."""

    def __init__(self) -> None:
        self._made: list[tuple[FrameSource, LatestFrame]] = []

    def start(self, source: FrameSource, *, reconnect_s: float = 0.05) -> LatestFrame:
        pause = Seconds(reconnect_s)
        latest = LatestFrame(source, reconnect_min_s=pause, reconnect_max_s=pause)
        latest.start()
        self._made.append((source, latest))
        return latest

    def stop(self) -> None:
        for source, latest in self._made:
            if isinstance(source, HandSource):
                source.let_go()
            latest.stop()


@pytest.fixture
def readers() -> Iterator[Readers]:
    made = Readers()
    yield made
    made.stop()


def take(latest: LatestFrame) -> Frame:
    frame = latest.take(LONG)
    assert isinstance(frame, Frame)
    return frame


def take_until(latest: LatestFrame, *, online: bool) -> None:
    """Take frames until the camera is lost or back."""
    deadline = time.monotonic() + LONG
    while latest.state.online is not online:
        assert time.monotonic() < deadline
        assert latest.take(Seconds(0.02)) is not End.ENDED


def test_a_slow_reader_of_a_live_source_gets_the_newest_frame_once(readers: Readers) -> None:
    source = HandSource()
    latest = readers.start(source)
    for sequence in range(5):
        source.hand(sequence)
    source.settle()
    frame = take(latest)
    assert (frame.sequence, number_of(frame.image), frame.captured_at) == (4, 4, 4.0)
    assert latest.take(SOON) is None


def test_a_source_that_is_not_live_waits_for_its_reader(readers: Readers) -> None:
    source = HandSource(live=False)
    latest = readers.start(source)
    source.hand(0)
    assert not source.asked.acquire(timeout=0.2)
    assert take(latest).sequence == 0
    source.hand(1)
    assert take(latest).sequence == 1


def test_a_folder_loses_no_image_and_ends(readers: Readers, image_folder: Path) -> None:
    latest = readers.start(ImageFolder(str(image_folder)))
    shown = [number_of(take(latest).image) for _ in range(30)]
    assert shown == list(range(30))
    assert latest.take(LONG) is End.ENDED
    assert latest.take(LONG) is End.ENDED


def test_the_last_frame_is_given_before_the_end(readers: Readers) -> None:
    source = HandSource()
    latest = readers.start(source)
    source.hand(0)
    source.hand(None)
    assert take(latest).sequence == 0
    assert latest.take(LONG) is End.ENDED


def test_a_camera_that_is_missing_at_the_start_fails_the_start() -> None:
    source = HandSource()
    source.refusals.put(CameraError("camera hand does not exist", do="plug it in"))
    latest = LatestFrame(source, reconnect_min_s=SOON, reconnect_max_s=SOON)
    with pytest.raises(CameraError, match="does not exist"):
        latest.start()
    latest.stop()
    assert source.opens == 1


def test_a_lost_camera_is_told_once_and_back_with_its_first_frame(
    readers: Readers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    source = HandSource()
    latest = readers.start(source)
    source.hand(0)
    source.hand(1)
    for _ in range(3):
        source.refusals.put(CameraError("camera hand does not exist", do="plug it in"))
    source.hand(UNPLUGGED)
    source.settle()
    lost = latest.state
    source.hand(0)
    source.settle()

    assert lost == CameraState(online=False, losses=1, reason="camera hand does not exist")
    assert latest.state == CameraState(online=True, losses=1)
    assert (source.opens, source.closes) == (5, 4)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert UNPLUGGED.what in caplog.text


def test_sequences_go_on_rising_over_every_loss(readers: Readers) -> None:
    source = HandSource()
    latest = readers.start(source)
    sequences = []
    for answer in (0, 3, UNPLUGGED, 0, 2, UNPLUGGED, UNPLUGGED, 0):
        source.hand(answer)
        if isinstance(answer, int):
            sequences.append(take(latest).sequence)
    assert sequences == [0, 3, 4, 6, 7]


def test_a_camera_that_dies_and_comes_back_gives_new_frames(readers: Readers) -> None:
    pictures = [jpeg(number) for number in range(256)]
    camera = MjpegCamera(pictures[:10], fps=100)
    source = StreamCamera(camera.url, open_timeout_s=LONG, read_timeout_s=LONG)
    latest = readers.start(source)
    before = take(latest)
    camera.close()
    take_until(latest, online=False)

    with MjpegCamera(pictures[100:110], fps=100, port=camera.port):
        take_until(latest, online=True)
        after = take(latest)
    assert number_of(after.image) in range(100, 110)
    assert after.sequence > before.sequence
    assert after.captured_at > before.captured_at


def test_a_frozen_camera_is_lost_after_the_read_time_out(
    readers: Readers, mjpeg_camera: MjpegCamera
) -> None:
    url = mjpeg_camera.url
    source = StreamCamera(url, open_timeout_s=Seconds(0.5), read_timeout_s=Seconds(0.5))
    latest = readers.start(source)
    take(latest)
    mjpeg_camera.freeze()
    take_until(latest, online=False)
    assert latest.state.losses == 1


def test_frames_of_a_stream_are_new_at_every_take(
    readers: Readers, mjpeg_camera: MjpegCamera
) -> None:
    source = StreamCamera(mjpeg_camera.url, open_timeout_s=LONG, read_timeout_s=LONG)
    latest = readers.start(source)
    frames = [take(latest) for _ in range(10)]
    for earlier, later in itertools.pairwise(frames):
        assert earlier.sequence < later.sequence
        assert earlier.captured_at < later.captured_at


def test_stop_while_lost_waits_for_no_pause(caplog: pytest.LogCaptureFixture) -> None:
    source = HandSource()
    latest = LatestFrame(source, reconnect_min_s=Seconds(600), reconnect_max_s=Seconds(600))
    latest.start()
    source.hand(UNPLUGGED)
    take_until(latest, online=False)
    latest.stop()
    latest.stop()
    assert "still blocks" not in caplog.text
    assert latest.take(LONG) is End.ENDED
    assert source.opens == 1


def test_stop_does_not_wait_for_a_read_that_never_returns(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(latest_module, "STOP_WITHIN_S", Seconds(0.05))
    source = HandSource()
    latest = LatestFrame(source, reconnect_min_s=LONG, reconnect_max_s=LONG)
    latest.start()
    source.settle()
    latest.stop()
    assert "still blocks" in caplog.text
    assert latest.take(LONG) is End.ENDED
    assert source.closes == 0  # not while the read is in it
    source.let_go()


def test_stop_closes_the_source(image_folder: Path) -> None:
    folder = ImageFolder(str(image_folder))
    latest = LatestFrame(folder, reconnect_min_s=LONG, reconnect_max_s=LONG)
    latest.start()
    take(latest)
    latest.stop()
    with pytest.raises(CameraError, match="not open"):
        folder.read()


def test_a_fault_of_the_reading_itself_reaches_the_reader(
    readers: Readers, caplog: pytest.LogCaptureFixture
) -> None:
    source = HandSource()
    latest = readers.start(source)
    source.hand(ZeroDivisionError("in a driver"))
    with pytest.raises(CameraError, match="ZeroDivisionError") as told:
        latest.take(LONG)
    assert isinstance(told.value.__cause__, ZeroDivisionError)
    assert "reading camera hand failed" in caplog.text
    assert source.closes == 1
