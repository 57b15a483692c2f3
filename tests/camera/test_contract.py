"""One suite over every kind of source that runs without a device."""

import itertools

import pytest
from support.hand_clock import HandClock
from support.mjpeg_camera import MjpegCamera
from support.numbered import COUNT, HEIGHT, WIDTH, number_of
from support.rtsp_camera import RtspCamera

from faceidd.camera.folder import ImageFolder
from faceidd.camera.frame import Frame
from faceidd.camera.pace import Pace
from faceidd.camera.source import FrameSource
from faceidd.camera.stream import StreamCamera
from faceidd.camera.video import VideoFile
from faceidd.clock import Clock, monotonic
from faceidd.errors import CameraError
from faceidd.units import Seconds

ALL = ("video", "fast video", "folder", "mjpeg", "rtsp")
CAMERAS = ("mjpeg", "rtsp")
RECORDINGS = ("video", "fast video", "folder")
LOSSLESS = ("fast video", "folder")
GENEROUS_S = Seconds(20.0)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    """A recording's time is told by hand; cameras have the real one."""
    return monotonic if request.node.callspec.params["source"] in CAMERAS else HandClock()


@pytest.fixture
def source(request: pytest.FixtureRequest, clock: Clock) -> FrameSource:
    if isinstance(clock, HandClock):
        video = str(request.getfixturevalue("video_file"))
        match request.param:
            case "video":
                return VideoFile(video, pace=Pace.REAL_TIME, clock=clock, sleep=clock.sleep)
            case "fast video":
                return VideoFile(video, pace=Pace.AS_FAST_AS_POSSIBLE, clock=clock)
            case _:
                return ImageFolder(str(request.getfixturevalue("image_folder")), clock=clock)
    camera: MjpegCamera | RtspCamera = request.getfixturevalue(f"{request.param}_camera")
    return StreamCamera(
        camera.url, open_timeout_s=GENEROUS_S, read_timeout_s=GENEROUS_S, clock=clock
    )


def read(source: FrameSource) -> Frame:
    frame = source.read()
    assert frame is not None
    return frame


def read_all(source: FrameSource) -> list[Frame]:
    return list(iter(source.read, None))


@pytest.mark.parametrize("source", ALL, indirect=True)
def test_frames_come_in_order_with_their_time_and_number(source: FrameSource, clock: Clock) -> None:
    source.open()
    before = clock()
    frames = [read(source) for _ in range(8)]
    after = clock()
    source.close()

    times = [frame.captured_at for frame in frames]
    assert times == sorted(times)
    assert before <= times[0]
    assert times[-1] <= after
    for earlier, later in itertools.pairwise(frames):
        assert earlier.sequence < later.sequence
        shown = number_of(later.image) - number_of(earlier.image)
        assert shown % COUNT == later.sequence - earlier.sequence


@pytest.mark.parametrize("source", ALL, indirect=True)
def test_images_are_read_only_color_and_stay_as_they_were(source: FrameSource) -> None:
    source.open()
    first = read(source)
    copy = first.image.copy()
    read(source)
    source.close()

    assert first.image.shape == (HEIGHT, WIDTH, 3)
    assert first.image.dtype == "uint8"
    assert (first.image == copy).all()
    with pytest.raises(ValueError, match="read-only"):
        first.image[0, 0] = 0


@pytest.mark.parametrize("source", ALL, indirect=True)
def test_only_an_open_source_can_be_read(source: FrameSource) -> None:
    with pytest.raises(CameraError, match="not open"):
        source.read()
    source.open()
    source.close()
    source.close()
    with pytest.raises(CameraError, match="not open"):
        source.read()


@pytest.mark.parametrize("source", ALL, indirect=True)
def test_a_source_opened_again_starts_anew(source: FrameSource) -> None:
    source.open()
    first = read(source)
    read(source)
    source.close()
    source.open()
    again = read(source)
    source.close()

    assert again.captured_at >= first.captured_at
    assert again.sequence == first.sequence == 0


@pytest.mark.parametrize("source", RECORDINGS, indirect=True)
def test_a_recording_ends_and_stays_ended(source: FrameSource) -> None:
    source.open()
    frames = read_all(source)
    assert source.read() is None
    source.close()

    assert frames
    assert number_of(frames[-1].image) == frames[-1].sequence == 29


@pytest.mark.parametrize("source", LOSSLESS, indirect=True)
def test_what_is_not_live_loses_no_frame(source: FrameSource) -> None:
    assert not source.live
    source.open()
    frames = read_all(source)
    source.close()

    assert [frame.sequence for frame in frames] == list(range(30))
    assert [number_of(frame.image) for frame in frames] == list(range(30))


@pytest.mark.parametrize("source", [*CAMERAS, "video"], indirect=True)
def test_what_plays_in_its_own_time_is_live(source: FrameSource) -> None:
    assert source.live
