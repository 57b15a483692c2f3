from pathlib import Path

import pytest
from support.hand_clock import HandClock
from support.numbered import number_of

from faceidd.camera.pace import Pace
from faceidd.camera.video import VideoFile
from faceidd.errors import CameraError


def test_in_real_time_frames_come_when_due_and_late_ones_are_skipped(video_file: Path) -> None:
    clock = HandClock(100.0)
    video = VideoFile(str(video_file), pace=Pace.REAL_TIME, clock=clock, sleep=clock.sleep)
    video.open()
    seen = []
    for pause in (0.0, 0.0, 0.0, 0.21, 0.0):  # 50 frames per second: one is due every 0.02 s
        clock.sleep(pause)
        frame = video.read()
        assert frame is not None
        assert number_of(frame.image) == frame.sequence
        seen.append((frame.sequence, round(frame.captured_at - 100.0, 3)))
    video.close()
    assert seen == [(0, 0.0), (1, 0.02), (2, 0.04), (12, 0.25), (13, 0.26)]


def test_in_real_time_a_reader_who_is_away_misses_the_end(video_file: Path) -> None:
    clock = HandClock()
    video = VideoFile(str(video_file), pace=Pace.REAL_TIME, clock=clock, sleep=clock.sleep)
    video.open()
    clock.sleep(3600)
    assert video.read() is None
    video.close()


def test_as_fast_as_possible_never_sleeps(video_file: Path) -> None:
    clock = HandClock(100.0)
    video = VideoFile(
        str(video_file), pace=Pace.AS_FAST_AS_POSSIBLE, clock=clock, sleep=clock.sleep
    )
    video.open()
    assert {frame.captured_at for frame in iter(video.read, None)} == {100.0}
    video.close()


def test_what_is_no_video_is_refused_without_noise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "visit.mp4"
    file.write_bytes(b"not a video")
    with pytest.raises(CameraError, match=r"visit\.mp4 cannot be opened as a video"):
        VideoFile(str(file), pace=Pace.REAL_TIME).open()
    assert capfd.readouterr().err == ""
