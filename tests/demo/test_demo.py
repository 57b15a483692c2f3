"""The demo, as a newcomer runs it."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest

from faceidd.demo.approach import SCENES
from faceidd.demo.demo import configuration
from faceidd.demo.picture import BAR, COLUMNS, TILE
from faceidd.simulate.approach import FPS, HEIGHT, WIDTH

FRAMES = 450
MOMENTS = len(SCENES) + 2
"""Pictures of the contact sheet: one a scene, the recognition and the stranger."""


@dataclass(frozen=True)
class Demo:
    """What a run of the demo left."""

    folder: Path
    code: int
    said: str
    complained: str


@pytest.fixture(scope="module")
def demo(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "faceidd", "demo", "--into", folder, "--models", models_dir],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    return Demo(folder, done.returncode, done.stdout, done.stderr)


def test_the_demos_door_reads_and_writes_in_its_own_folders_only(tmp_path: Path) -> None:
    config = configuration(tmp_path / "demo", tmp_path / "models")
    paths = [
        value
        for section in config.model_dump().values()
        for value in section.values()
        if isinstance(value, Path)
    ]
    assert len(paths) == 7
    assert all(path.is_relative_to(tmp_path) for path in paths)


@dataclass(frozen=True)
class Video:
    frames: int
    size: tuple[int, int]
    fps: float


def read(path: Path) -> Video:
    capture = cv2.VideoCapture(str(path))
    try:
        size = (
            int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
        fps = capture.get(cv2.CAP_PROP_FPS)
        frames = 0
        while capture.grab():
            frames += 1
        return Video(frames, size, fps)
    finally:
        capture.release()


def test_it_ends_well(demo: Demo) -> None:
    assert demo.code == 0, demo.complained
    assert "As it must be: Eileen Collins opened the door once, and nobody else did." in demo.said
    assert "NOT AS IT MUST BE" not in demo.said


def test_a_subscriber_hears_the_evening_in_its_order(demo: Demo) -> None:
    assert re.findall(r"faceidd/demo/(?:event/)?(\w+): (\w*)", demo.said) == [
        ("status", "online"),
        ("person_recognized", "visit"),
        ("door_opened", "visit"),
        ("door_closed", "visit"),
        ("stranger_seen", "visit"),
        ("status", "offline"),
    ]
    assert "name Eileen Collins" in demo.said
    assert "cause pulse_over" in demo.said


def test_the_stranger_is_another_visit_than_the_one_that_opened(demo: Demo) -> None:
    visits = re.findall(r"event/\w+: visit (\w+)", demo.said)
    assert visits[0] == visits[1] == visits[2] != visits[3]


@pytest.mark.parametrize(
    "line",
    [
        rf"\d+ of {FRAMES} frames looked at, .* at most",
        r"Eileen Collins \(cosine 0\.[789]\d\): near enough at .* s, decided after \d+ frames, .*",
        r"a stranger \(cosine -?0\.[0-6]\d\): near enough at .* s, decided after \d+ frames",
        r"relay on at [\d.]+ s, off at [\d.]+ s \(2\.\d\d s\)",
    ],
)
def test_the_summary_says_who_came(demo: Demo, line: str) -> None:
    assert any(re.fullmatch(line, said) for said in demo.said.splitlines())


def test_the_annotated_video_shows_every_frame_of_the_approach(demo: Demo) -> None:
    assert read(demo.folder / "approach.mp4") == Video(FRAMES, (WIDTH, HEIGHT), FPS)
    assert read(demo.folder / "annotated.mp4") == Video(FRAMES, (WIDTH, HEIGHT + BAR), FPS)


def test_the_contact_sheet_is_a_picture_of_its_size(demo: Demo) -> None:
    sheet = cv2.imread(str(demo.folder / "contact-sheet.png"))
    assert sheet is not None
    rows = -(-MOMENTS // COLUMNS)
    assert sheet.shape == (rows * TILE[1], COLUMNS * TILE[0], 3)
    tiles = [
        sheet[row * TILE[1] : (row + 1) * TILE[1], column * TILE[0] : (column + 1) * TILE[0]]
        for row in range(rows)
        for column in range(COLUMNS)
    ]
    drawn = [bool(tile.std() > 10) for tile in tiles]
    shown = sum(drawn)
    assert drawn == [True] * shown + [False] * (len(tiles) - shown)
    assert len(SCENES) < shown <= MOMENTS  # news may fall on a moment that is shown anyway


def test_the_photos_and_the_gallery_stay_for_the_curious(demo: Demo) -> None:
    assert (demo.folder / "photos" / "Eileen Collins" / "1.png").is_file()
    assert (demo.folder / "gallery.safetensors").is_file()
    assert str(demo.folder / "annotated.mp4") in demo.said
    assert str(demo.folder / "contact-sheet.png") in demo.said
