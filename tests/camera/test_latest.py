"""The newest frame, captured by a process that can hang, crash and leak without harm."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import orphan
from support.mjpeg_camera import MjpegCamera
from support.numbered import jpeg, number_of
from support.odd_camera import PROGRAM, SIZES, How, odd

from faceidd.camera import capture_process, latest
from faceidd.camera.frame import Frame
from faceidd.camera.latest import CameraState, End, LatestFrame
from faceidd.camera.settings import CameraSettings
from faceidd.errors import CameraError
from faceidd.units import Instant, Seconds

SOON = Seconds(0.0)
LONG = Seconds(20.0)


@pytest.fixture(autouse=True)
def quick_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are killed soon after their time is over."""
    monkeypatch.setattr(latest, "KILL_MARGIN_S", Seconds(0.1))
    monkeypatch.setattr(capture_process, "OPEN_MARGIN_S", Seconds(0.1))


Start = Callable[..., LatestFrame]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts readers, and stops them after the test."""
    started: list[LatestFrame] = []

    def start(settings: CameraSettings, *program: str) -> LatestFrame:
        one = LatestFrame(settings, *([program] if program else []))
        started.append(one)
        one.start()
        return one

    yield start
    for one in started:
        one.stop()


def take(one: LatestFrame) -> Frame:
    frame = one.take(LONG)
    assert isinstance(frame, Frame)
    return frame


def take_until(one: LatestFrame, *, losses: int, online: bool) -> list[Frame]:
    """Take frames until the camera was lost so often, and is lost or back."""
    deadline = time.monotonic() + LONG
    frames = []
    while one.state.losses < losses or one.state.online is not online:
        assert time.monotonic() < deadline
        frame = one.take(Seconds(0.5))
        assert frame is not End.ENDED
        if isinstance(frame, Frame):
            frames.append(frame)
    return frames


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_slow_reader_gets_whole_frames_each_once_and_the_newest(start: Start) -> None:
    one = start(odd("flood"), *PROGRAM)
    last = -1
    for _ in range(60):
        frame = take(one)
        assert frame.sequence > last
        assert frame.image.shape[:2] == SIZES[frame.sequence % len(SIZES)]
        assert (frame.image == frame.sequence % 256).all()
        last = frame.sequence
    assert last > 60  # the flood was faster


def test_a_source_that_is_not_live_loses_no_frame_and_ends(start: Start) -> None:
    one = start(odd("five"), *PROGRAM)
    assert [take(one).sequence for _ in range(5)] == list(range(5))
    assert one.take(LONG) is End.ENDED
    assert one.take(LONG) is End.ENDED
    assert one.pid is None


def test_a_folder_loses_no_image(start: Start, image_folder: Path) -> None:
    one = start(CameraSettings(str(image_folder)))
    assert [number_of(take(one).image) for _ in range(30)] == list(range(30))
    assert one.take(LONG) is End.ENDED


@pytest.mark.parametrize(
    ("how", "reason"), [("closed", "does not exist"), ("shut", "does not open")]
)
def test_a_camera_that_cannot_be_opened_at_the_start_fails_the_start(
    start: Start, how: How, reason: str
) -> None:
    one = start(odd(how), *PROGRAM)
    with pytest.raises(CameraError, match=reason):
        one.wait_open()
    assert one.pid is None


def answer_by(one: LatestFrame) -> Instant | None:
    return one.answer_by


@pytest.mark.parametrize("how", ["closed", "shut"])
def test_a_camera_that_is_not_there_at_the_start_is_lost_and_tried_again(
    start: Start, how: How, tmp_path: Path
) -> None:
    one = start(odd(how, tmp_path / "once"), *PROGRAM)
    one.wait_recording_open()  # a camera is not waited for
    assert answer_by(one) is not None
    while one.state.online:
        assert one.take(LONG) is None
    assert one.state.losses == 1
    assert answer_by(one) is None
    while (frame := one.take(LONG)) is None:
        pass
    assert isinstance(frame, Frame)
    assert one.state == CameraState(online=True, losses=1)


def test_a_recording_that_cannot_be_opened_is_waited_for_in_vain(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "visit.avi").write_text("no video")
    one = start(CameraSettings(str(tmp_path / "visit.avi")))
    with pytest.raises(CameraError, match=r"visit\.avi"):
        one.wait_recording_open()
    assert one.pid is None


def test_an_address_that_leads_nowhere_is_told_before_anything_is_started() -> None:
    with pytest.raises(CameraError, match="does not exist"):
        LatestFrame(CameraSettings("gone.mp4"))


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("hang", "the camera's driver hangs"),
        ("crash", "was ended by SIGSEGV"),
        ("realtime", f"was ended by signal {signal.SIGRTMIN + 1}"),
        ("exit", "ended with exit code 3"),
        ("lose", "camera odd gives no more frames"),
        ("bug", "ZeroDivisionError"),
        ("huge", "too large"),
    ],
)
def test_whatever_becomes_of_the_capture_it_is_told_once_and_built_anew(
    start: Start, how: How, reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "faceidd.camera.latest")
    one = start(odd(how, tmp_path / "once"), *PROGRAM)
    first = one.pid
    frames = take_until(one, losses=1, online=False)
    lost = one.state
    frames += take_until(one, losses=1, online=True)
    assert reason in lost.reason
    assert one.state == CameraState(online=True, losses=1)
    told = [line for line in caplog.records if line.name == "faceidd.camera.latest"]
    assert [line.levelname for line in told] == ["WARNING", "INFO"]
    assert first is not None
    assert not is_running(first)
    sequences = [frame.sequence for frame in frames]
    assert sequences == sorted(set(sequences))


def test_nothing_is_left_of_lost_captures(start: Start) -> None:
    one = start(odd("exit"), *PROGRAM)
    take_until(one, losses=1, online=False)
    descriptors, threads = open_descriptors(), threading.active_count()
    take_until(one, losses=5, online=False)
    assert open_descriptors() == descriptors
    assert threading.active_count() == threads
    one.stop()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_capture_is_alone_a_little_nice_and_has_no_descriptor_but_its_own(start: Start) -> None:
    with Path(__file__).open("rb") as ours:
        os.set_inheritable(ours.fileno(), True)
        one = start(odd("well"), *PROGRAM)
        take(one)
        assert one.pid is not None
        held = [str(entry.readlink()) for entry in Path(f"/proc/{one.pid}/fd").iterdir()]
    assert __file__ not in held
    assert len(held) == 3 + 6  # news, three pipe ends, and the memory twice
    assert os.getpgid(one.pid) == one.pid
    assert os.getpriority(os.PRIO_PROCESS, one.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    assert "http" not in Path(f"/proc/{one.pid}/cmdline").read_text()  # it may hold a password


def test_a_capture_dies_with_its_parent() -> None:
    tests = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"}
    command = [sys.executable, orphan.__file__]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    deadline = time.monotonic() + LONG
    while is_running(pid):
        assert time.monotonic() < deadline


def test_a_camera_that_dies_and_comes_back_gives_new_frames(start: Start) -> None:
    pictures = [jpeg(number) for number in range(256)]
    camera = MjpegCamera(pictures[:10], fps=100)
    soon = Seconds(0.05)
    settings = CameraSettings(camera.url, reconnect_min_s=soon, reconnect_max_s=soon)
    one = start(settings)
    before = take(one)
    camera.close()
    take_until(one, losses=1, online=False)
    with MjpegCamera(pictures[100:110], fps=100, port=camera.port):
        *_, after = take_until(one, losses=1, online=True)
    assert number_of(after.image) in range(100, 110)
    assert after.sequence > before.sequence
    assert after.captured_at > before.captured_at


def test_stop_while_lost_waits_for_no_pause(start: Start) -> None:
    long = Seconds(600)
    one = start(CameraSettings("http://127.0.0.1:9/", reconnect_min_s=long, reconnect_max_s=long))
    assert one.take(Seconds(0.0)) is None
    take_until(one, losses=1, online=False)
    one.stop()
    one.stop()
    assert one.take(LONG) is End.ENDED


def test_stop_does_not_wait_for_a_read_that_never_returns(start: Start) -> None:
    one = start(odd("hang", read_timeout_s=600), *PROGRAM)
    pid = one.pid
    take(one)
    one.stop()
    assert pid is not None
    assert not is_running(pid)
    assert one.take(SOON) is End.ENDED
