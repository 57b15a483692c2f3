"""The quality gate: one reason for each poor picture, none for a good one."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.portraits import EILEEN, GRACE, Visitor, scene
from support.seeing import recognizer
from support.sights import MEASURES

from faceidd.camera.frame import Image
from faceidd.enroll.subject import find_in_photo
from faceidd.face.detection import Box
from faceidd.face.quality import Measures, Rejection
from faceidd.face.quality_gate import LEAST_WEIGHT, Limits, QualityGate, judged, measure, weight
from faceidd.face.recognizer import Recognizer
from faceidd.face.refinement import Face
from faceidd.models.portraits import PortraitName

LIMITS = Limits()
PLACES = st.floats(-400, 800)
POINTS = st.tuples(PLACES, PLACES)


@pytest.fixture(scope="module")
def seeing(models_dir: Path) -> Recognizer:
    return recognizer(models_dir, "blazeface", min_face_px=20)


def reasons(seeing: Recognizer, image: Image) -> list[Rejection | None]:
    return [one.quality.rejection for one in seeing.find(image)]


def near(name: PortraitName = EILEEN, width: int = 180, x: int = 320) -> Image:
    return scene(Visitor(name, width, (x, 240)))


@pytest.mark.parametrize("name", [EILEEN, GRACE])
@pytest.mark.parametrize("width", [80, 130, 200])
def test_a_good_picture_has_no_reason_against_it(
    seeing: Recognizer, name: PortraitName, width: int
) -> None:
    assert reasons(seeing, near(name, width)) == [None]


def test_a_blurred_picture_counts_less_and_none_counts_nothing(seeing: Recognizer) -> None:
    blurred = cv2.GaussianBlur(near(), (0, 0), 3).astype(np.uint8)
    sharp, soft = (seeing.find(image)[0].quality for image in (near(), blurred))
    assert soft.rejection is None
    assert soft.weight < 0.9 * sharp.weight
    assert weight(replace(MEASURES, blur=1.0)) == LEAST_WEIGHT


@pytest.mark.parametrize("gain", [0.7, 1.3])
def test_so_have_ordinary_light_and_a_gray_camera(seeing: Recognizer, gain: float) -> None:
    gray = cv2.cvtColor(near(), cv2.COLOR_BGR2GRAY)
    lit = np.clip(gray * gain, 0, 255).astype(np.uint8)
    assert reasons(seeing, cv2.cvtColor(lit, cv2.COLOR_GRAY2BGR).astype(np.uint8)) == [None]


def poor(image: Image, why: Rejection) -> Image:
    """Spoil a picture of a face 180 px wide in the middle of 640 x 480."""
    match why:
        case Rejection.BLURRED:
            return np.asarray(cv2.GaussianBlur(image, (0, 0), 9), np.uint8)
        case Rejection.TOO_DARK:
            return np.asarray(image * 0.12, np.uint8)
        case Rejection.TOO_BRIGHT:
            lit = np.clip(image.astype(np.float32) * 1.6 + 110, 0, 255)
            return np.asarray(lit, np.uint8)
        case Rejection.COVERED:
            masked = image.copy()
            mask = np.array(
                [(240, 245), (320, 228), (400, 245), (385, 320), (320, 350), (255, 320)]
            )
            cv2.fillPoly(masked, [mask], (215, 200, 190))
            return masked
        case Rejection.AT_EDGE:
            return np.ascontiguousarray(image[:, 330:])
        case _:
            raise AssertionError(why)


@pytest.mark.parametrize(
    "why", [Rejection.BLURRED, Rejection.TOO_DARK, Rejection.TOO_BRIGHT, Rejection.COVERED]
)
@pytest.mark.parametrize("name", [EILEEN, GRACE])
def test_a_spoiled_picture_is_refused_for_its_fault(
    seeing: Recognizer, name: PortraitName, why: Rejection
) -> None:
    # Judged where the good picture's face is: most spoiled ones no detector finds at all.
    (good,) = seeing.find(near(name))
    assert seeing.gate.judge(poor(near(name), why), good.face).rejection is why


def test_a_face_half_out_of_view_is_refused(seeing: Recognizer) -> None:
    (good,) = seeing.find(near())
    cut = np.ascontiguousarray(near()[:, round(good.face.box.center[0]) :])
    moved = replace(good.face, box=replace(good.face.box, x=-good.face.box.width / 2))
    points = tuple((x - good.face.box.center[0], y) for x, y in good.face.landmarks)
    assert len(points) == 5
    moved = replace(moved, landmarks=points)
    assert seeing.gate.judge(cut, moved).rejection is Rejection.AT_EDGE


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"eyes_px": LIMITS.min_eyes_px - 0.1}, Rejection.TOO_SMALL),
        ({"inside": LIMITS.min_inside - 0.01}, Rejection.AT_EDGE),
        ({"yaw": LIMITS.max_yaw + 0.01}, Rejection.TURNED_AWAY),
        ({"yaw": -LIMITS.max_yaw - 0.01}, Rejection.TURNED_AWAY),
        ({"pitch": LIMITS.max_pitch + 0.01}, Rejection.TURNED_AWAY),
        ({"pitch": LIMITS.min_pitch - 0.01}, Rejection.TURNED_AWAY),
        ({"pitch": math.inf}, Rejection.TURNED_AWAY),
        ({"roll_deg": LIMITS.max_roll_deg + 0.1}, Rejection.TURNED_AWAY),
        ({"roll_deg": -LIMITS.max_roll_deg - 0.1}, Rejection.TURNED_AWAY),
        ({"brightness": LIMITS.min_brightness - 1}, Rejection.TOO_DARK),
        ({"dark": LIMITS.max_dark + 0.01}, Rejection.TOO_DARK),
        ({"brightness": LIMITS.max_brightness + 1}, Rejection.TOO_BRIGHT),
        ({"bright": LIMITS.max_bright + 0.01}, Rejection.TOO_BRIGHT),
        ({"blur": LIMITS.max_blur + 0.001}, Rejection.BLURRED),
        ({"mouth_edges": 0.2}, Rejection.COVERED),
        ({"spread": 0.25}, Rejection.COVERED),
        ({}, None),
    ],
    ids=str,
)
def test_each_limit_has_its_reason(fault: dict[str, float], why: Rejection | None) -> None:
    assert judged(replace(MEASURES, **fault), LIMITS) is why


@pytest.mark.parametrize("name", [field for field in Measures.__slots__ if field != "_"])
def test_what_is_not_a_number_is_refused(name: str) -> None:
    assert judged(replace(MEASURES, **{name: math.nan}), LIMITS) is not None


@given(st.tuples(POINTS, POINTS, POINTS, POINTS, POINTS), PLACES, PLACES, st.floats(2, 600))
def test_any_face_is_judged(
    landmarks: tuple[tuple[float, float], ...], x: float, y: float, width: float
) -> None:
    image = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
    eye_r, eye_l, nose, mouth_r, mouth_l = landmarks
    face = Face(Box(x, y, width, width), 0.9, (eye_r, eye_l, nose, mouth_r, mouth_l), 0.05)
    quality = QualityGate().judge(image, face)
    assert LEAST_WEIGHT <= quality.weight <= 1


def test_landmarks_on_one_point_are_no_view_of_a_face() -> None:
    face = Face(Box(10, 10, 50, 50), 0.9, ((30.0, 30.0),) * 5, 0.0)
    quality = QualityGate().judge(np.zeros((100, 100, 3), np.uint8), face)
    assert quality.rejection is Rejection.TOO_SMALL
    assert measure(np.zeros((100, 100, 3), np.uint8), face).eyes_px == 0


def refused(folder: Path, files: list[Path], seeing: Recognizer) -> float:
    judged_ = []
    for file in files:
        image = cv2.imdecode(np.fromfile(folder / file, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        found = find_in_photo(seeing, image.astype(np.uint8)).faces
        judged_.append(not found or found[0].quality.rejection is not None)
    return sum(judged_) / len(judged_)


def test_masked_faces_are_mostly_refused_and_others_are_not(
    faces_dir: Path, models_dir: Path
) -> None:
    seeing = recognizer(models_dir, "blazeface", min_face_px=45)
    with (faces_dir / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    by_set = {
        name: [Path(row["path"]) for row in rows if row["set"] == name]
        for name in ("masked", "nuaa_live", "scut", "casia")
    }
    assert refused(faces_dir, by_set["masked"], seeing) >= 0.85
    assert refused(faces_dir, by_set["nuaa_live"][::3], seeing) <= 0.04
    assert refused(faces_dir, by_set["scut"][::6], seeing) <= 0.02
    assert refused(faces_dir, by_set["casia"], seeing) <= 0.08
