from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceidd.camera.address import Kind, masked, parse
from faceidd.errors import CameraError


@pytest.mark.parametrize("source", [2, "2", "/dev/video2"])
def test_numbers_and_dev_paths_are_devices(source: int | str) -> None:
    address = parse(source)
    assert (address.kind, address.target) == (Kind.DEVICE, "/dev/video2")


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "http", "https", "RTSP"])
def test_urls_are_streams_and_are_not_touched(scheme: str) -> None:
    url = f"{scheme}://me:secret@camera/1?a=b"
    address = parse(url)
    assert (address.kind, address.target) == (Kind.STREAM, url)


def test_existing_paths_are_folders_or_videos(tmp_path: Path) -> None:
    file = tmp_path / "visit.mp4"
    file.touch()
    assert parse(str(tmp_path)).kind is Kind.FOLDER
    assert parse(str(file)).kind is Kind.VIDEO


@pytest.mark.parametrize("source", ["", "no/such/visit.mp4"])
def test_a_path_that_leads_nowhere_is_refused(source: str) -> None:
    with pytest.raises(CameraError, match="does not exist"):
        parse(source)


def test_an_unknown_scheme_is_refused_and_the_known_ones_told() -> None:
    with pytest.raises(CameraError, match=r"unknown scheme 'ftp'.*rtsp, rtsps, http, https"):
        parse("ftp://camera/1")


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(CameraError, match="-1 is not a device number"):
        parse(-1)


def test_a_refused_url_does_not_show_its_password() -> None:
    with pytest.raises(CameraError) as refused:
        parse("ftp://me:hunter2@camera/1")
    assert "hunter2" not in str(refused.value)


def test_an_address_does_not_show_its_password() -> None:
    assert "hunter2" not in repr(parse("rtsp://me:hunter2@camera/1"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://camera:554/1?channel=2", "rtsp://camera:554/1?channel=2"),
        ("rtsp://me@camera/1", "rtsp://me@camera/1"),
        ("rtsp://me:hunter2@camera/1", "rtsp://me:***@camera/1"),
        ("rtsp://me:hun/t@r#2@camera/1", "rtsp://me:***@camera/1"),
        ("http://camera/1?user=me&password=x&n=1", "http://camera/1?user=me&password=***&n=1"),
        ("rtsp://camera/user=me_Password=hunter2_stream=0", "rtsp://camera/user=me_Password=***"),
        ("http://camera/1?access_token=x", "http://camera/1?access_token=***"),
    ],
)
def test_secrets_in_urls_are_masked(url: str, shown: str) -> None:
    assert masked(url) == shown


@given(st.text(alphabet=st.characters(codec="ascii", min_codepoint=33), min_size=1))
def test_no_password_whatever_its_letters_is_shown(password: str) -> None:
    assert masked(f"rtsp://me:{password}@camera/1") == "rtsp://me:***@camera/1"
