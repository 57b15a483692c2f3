import socket
from collections.abc import Iterator

import pytest
from support.held_port import HeldPort
from support.mjpeg_camera import MjpegCamera
from support.rtsp_camera import RtspCamera

from faceidd.camera.stream import StreamCamera
from faceidd.errors import CameraError
from faceidd.units import Instant, Seconds


def stream(url: str, *, read_timeout_s: float = 10.0) -> StreamCamera:
    return StreamCamera(url, open_timeout_s=Seconds(10.0), read_timeout_s=Seconds(read_timeout_s))


def read_until_lost(camera: StreamCamera) -> None:
    """Read on; frames that were on their way still come."""
    for _ in range(100):
        camera.read()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("kind", ["mjpeg", "rtsp"])
def test_a_camera_that_dies_is_told(kind: str, request: pytest.FixtureRequest) -> None:
    camera: MjpegCamera | RtspCamera = request.getfixturevalue(f"{kind}_camera")
    source = stream(camera.url)
    source.open()
    source.read()
    camera.close()
    with pytest.raises(CameraError, match="gives no more frames"):
        read_until_lost(source)
    source.close()


@pytest.mark.parametrize("kind", ["mjpeg", "rtsp"])
def test_a_camera_that_freezes_is_told(kind: str, request: pytest.FixtureRequest) -> None:
    camera: MjpegCamera | RtspCamera = request.getfixturevalue(f"{kind}_camera")
    source = stream(camera.url, read_timeout_s=0.5)
    source.open()
    source.read()
    camera.freeze()
    with pytest.raises(CameraError, match=r"for 0\.5 s"):
        read_until_lost(source)
    source.close()


def test_an_image_that_took_the_whole_time_out_is_too_old(mjpeg_camera: MjpegCamera) -> None:
    instants = iter([Instant(0.0), Instant(5.0)])  # when asked, when taken
    source = StreamCamera(
        mjpeg_camera.url,
        open_timeout_s=Seconds(10.0),
        read_timeout_s=Seconds(5.0),
        clock=lambda: next(instants),
    )
    source.open()
    with pytest.raises(CameraError, match="gave nothing for 5 s"):
        source.read()
    source.close()


def test_a_refused_connection_is_told_without_the_password_and_without_noise(
    capfd: pytest.CaptureFixture[str],
) -> None:
    held = HeldPort()
    port = held.number
    source = stream(f"rtsp://me:hunter2@127.0.0.1:{port}/door")
    with pytest.raises(CameraError, match="Connection refused") as refused:
        source.open()
    assert f"rtsp://me:***@127.0.0.1:{port}/door" in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert capfd.readouterr().err == ""


def test_pictures_that_cannot_be_decoded_are_a_fault_not_frames() -> None:
    with MjpegCamera([b"not a picture"], fps=1000) as camera:
        source = stream(camera.url)
        source.open()
        with pytest.raises(CameraError, match="gives no more frames"):
            source.read()
        source.close()


def test_a_server_that_says_nothing_is_given_up_after_the_open_time_out(silent_port: int) -> None:
    source = StreamCamera(
        f"rtsp://127.0.0.1:{silent_port}/door",
        open_timeout_s=Seconds(0.3),
        read_timeout_s=Seconds(10.0),
    )
    with pytest.raises(CameraError, match="answers, but gives no video"):
        source.open()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("rtsp:///door", "names no host"),
        ("rtsp://camera:port/door", "malformed"),
        ("http://no-such-camera.invalid/", r"no-such-camera\.invalid port 80"),
    ],
)
def test_an_address_that_cannot_work_is_told(url: str, reason: str) -> None:
    with pytest.raises(CameraError, match=reason):
        stream(url).open()
