import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hand_clock import HandClock
from support.numbered import jpeg, number_of

from faceidd.camera.folder import ImageFolder, natural_order
from faceidd.errors import CameraError


@given(st.text(alphabet="aB1.ß ", max_size=5), st.integers(0, 10**9), st.integers(0, 10**9))
def test_names_sort_as_people_count(stem: str, one: int, other: int) -> None:
    names = sorted((f"{stem}_{one}.jpg", f"{stem}_{other}.jpg"), key=natural_order)
    assert names == [f"{stem}_{min(one, other)}.jpg", f"{stem}_{max(one, other)}.jpg"]


NAMES = st.lists(st.text(alphabet="aA01²ß.", max_size=6), unique=True)


@given(NAMES.flatmap(lambda names: st.tuples(st.just(names), st.permutations(names))))
def test_the_order_of_any_names_is_one_order(names: tuple[list[str], list[str]]) -> None:
    listed, shuffled = names
    assert sorted(listed, key=natural_order) == sorted(shuffled, key=natural_order)


def test_img2_comes_before_img10_and_other_files_are_passed_over(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        (tmp_path / f"img{number}.JPG").write_bytes(jpeg(number))
    (tmp_path / "notes.txt").touch()
    folder = ImageFolder(str(tmp_path))
    folder.open()
    assert [number_of(frame.image) for frame in iter(folder.read, None)] == [1, 2, 10]


def test_an_unreadable_image_is_named_counted_and_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "img1.jpg").write_bytes(jpeg(1))
    (tmp_path / "img2.jpg").write_bytes(b"not an image")
    (tmp_path / "img3.jpg").write_bytes(jpeg(3))
    folder = ImageFolder(str(tmp_path))
    folder.open()
    with caplog.at_level(logging.WARNING):
        frames = list(iter(folder.read, None))

    assert [frame.sequence for frame in frames] == [0, 2]
    assert folder.unreadable == 1
    assert len(caplog.records) == 1
    assert "img2.jpg" in caplog.text


def test_with_a_rate_images_come_when_due_and_late_ones_are_not_lost(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number))
    clock = HandClock(100.0)
    folder = ImageFolder(str(tmp_path), fps=2, clock=clock, sleep=clock.sleep)
    folder.open()
    times = []
    for pause in (0.0, 0.0, 5.0, 0.0):
        clock.sleep(pause)
        frame = folder.read()
        assert frame is not None
        times.append(frame.captured_at)
    assert times == [100.0, 100.5, 105.5, 105.5]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(CameraError, match="holds no images"):
        ImageFolder(str(tmp_path)).open()


def test_a_folder_that_went_away_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="No such file"):
        ImageFolder(str(tmp_path / "gone")).open()
