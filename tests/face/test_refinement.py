"""Refinement: one exact face, whichever detector found it, and none where there is none."""

from math import nan
from pathlib import Path

import numpy as np
import pytest
from support.bright_onet import LANDMARKS, SHIFTS, bright_onet
from support.evaluation_faces import some_photos
from support.portraits import EILEEN, FACES, GRACE, Visitor, scene
from support.seeing import DETECTORS, detector, recognizer, refiner
from support.square_finder import square_finder

from faceidd.camera.frame import Image
from faceidd.errors import ModelError
from faceidd.face.detection import Box, Detection, FaceDetector
from faceidd.face.onet import OutputNet
from faceidd.face.refinement import MOST_SIDE, SQUARES, Face, Refiner
from faceidd.models.portraits import PortraitName

WHITE = np.full((200, 300, 3), 255, np.uint8)


def bright(*, square_scale: float = 1.0, min_score: float = 0.7) -> Refiner:
    return Refiner(OutputNet(bright_onet()), square_scale=square_scale, min_score=min_score)


def at(*boxes: tuple[float, float, float, float]) -> list[Detection]:
    return [Detection(Box(*box), 0.9) for box in boxes]


def edges(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width, box.y + box.height


@pytest.mark.parametrize("square_scale", [1.0, 1.2])
def test_two_squares_tell_the_box_and_its_own_square_the_landmarks(square_scale: float) -> None:
    (face,) = bright(square_scale=square_scale).refine(WHITE, at((100, 60, 80, 100)))
    assert face is not None
    small, large = (100 * square_scale * size for size in SQUARES)
    side = (small + large) / 2
    middle, half = np.array([140, 110]), np.array([-1, -1, 1, 1]) / 2
    assert edges(face.box) == pytest.approx(np.tile(middle, 2) + (half + SHIFTS) * side, abs=1)
    longer = max(face.box.width, face.box.height)
    places = (np.array(LANDMARKS) - 0.5) * longer + face.box.center
    assert np.array(face.landmarks) == pytest.approx(places, abs=1)
    eyes = np.linalg.norm(places[1] - places[0])
    farthest = np.linalg.norm(np.array(LANDMARKS) - 0.5, axis=1).max() * (large - small)
    assert face.spread == pytest.approx(farthest / eyes, abs=0.02)
    assert face.score == pytest.approx(1, abs=0.01)


def test_every_detection_keeps_its_place() -> None:
    image = WHITE.copy()
    image[:, 150:] = 0
    refine = bright().refine
    dark, light = (220.0, 50.0, 40.0, 40.0), (50.0, 50.0, 40.0, 40.0)
    found = refine(image, at(dark, light, dark))
    assert [face is None for face in found] == [True, False, True]
    assert found[1] == refine(image, at(light))[0]


def test_nothing_found_is_nothing_refined() -> None:
    assert bright().refine(WHITE, ()) == ()


def test_the_less_certain_square_decides() -> None:
    """Bright is only what the smaller square shows: 84 % of the larger one's side."""
    image = np.zeros((200, 300, 3), np.uint8)
    image[54:146, 104:196] = 255
    seen = at((100, 50, 100, 100))
    assert bright(min_score=0.75).refine(image, seen) == (None,)
    (face,) = bright(min_score=0.65).refine(image, seen)
    assert face is not None
    assert face.score == pytest.approx((92 / 110) ** 2, abs=0.03)


@pytest.mark.parametrize(
    "box",
    [
        (310, 50, 40, 40),
        (-60, 50, 40, 40),
        (50, 230, 40, 40),
        (50, -60, 40, 40),
        (nan, 50, 40, 40),
        (50, 50, nan, 40),
        (50, 50, 0, 0),
        (150 - MOST_SIDE * 151, 80, MOST_SIDE * 302, 40),
        (300, 200, 0, 0),
    ],
)
def test_what_cannot_be_looked_at_is_no_face_and_spoils_nothing(
    box: tuple[float, float, float, float],
) -> None:
    other = (50.0, 50.0, 40.0, 40.0)
    nothing, face = bright(min_score=0).refine(WHITE, at(box, other))
    assert nothing is None
    assert face is not None


@pytest.mark.parametrize("corner", [(0, 0), (300, 0), (0, 200), (300, 200)])
@pytest.mark.parametrize("side", [2.0, 2.7, 50, 300 * MOST_SIDE])
def test_whatever_has_its_middle_in_the_frame_can_be_looked_at(
    corner: tuple[float, float], side: float
) -> None:
    x, y = corner
    bright().refine(WHITE, at((x - side / 2, y - side / 2, side, side)))


def test_landmarks_on_one_point_are_no_face() -> None:
    network = OutputNet(bright_onet(landmarks=np.full((5, 2), 0.5)))
    assert Refiner(network, square_scale=1).refine(WHITE, at((50, 50, 40, 40))) == (None,)


def test_a_network_that_fails_is_told() -> None:
    other = Refiner(OutputNet(square_finder()), square_scale=1)
    with pytest.raises(ModelError, match=r"O-Net failed on an image of shape \(200, 300, 3\)"):
        other.refine(WHITE, at((50, 50, 40, 40)))


def differ(one: Face, other: Face) -> tuple[float, float]:
    """How far apart landmarks and edges lie at most, in distances between the eyes."""
    here, there = np.array(one.landmarks), np.array(other.landmarks)
    eyes = float(np.linalg.norm(there[1] - there[0]))
    apart = np.abs(np.array(edges(one.box)) - edges(other.box)).max()
    return float(np.linalg.norm(here - there, axis=1).max()) / eyes, float(apart) / eyes


Seeing = tuple[tuple[FaceDetector, Refiner], ...]


@pytest.fixture(scope="module")
def each(models_dir: Path) -> Seeing:
    """Every detector with what refines its boxes."""
    finders = [detector(models_dir, name, 65) for name in DETECTORS]
    return tuple((finds, refiner(models_dir, finds)) for finds in finders)


def found_by_each(each: Seeing, image: Image) -> list[Face]:
    """The widest face of an image as it is refined from every detector's box, if they find it."""
    faces = []
    for finds, refines in each:
        refined = refines.refine(image, finds.detect(image)[:1])
        faces += [face for face in refined if face is not None]
    return faces


@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("width", [90, 150, 240])
def test_every_detector_leads_to_the_same_face(
    each: Seeing, name: PortraitName, width: int
) -> None:
    faces = found_by_each(each, scene(Visitor(name, width, (320, 240))))
    assert len(faces) == len(DETECTORS)
    for face in faces[1:]:
        landmarks, box = differ(face, faces[0])
        assert landmarks < 0.1
        assert box < 0.15


def test_every_detector_leads_to_the_same_face_of_real_people(
    models_dir: Path, faces_dir: Path, each: Seeing
) -> None:
    """Measured over 490 photos: medians of landmarks 0.04, box 0.08, cosine 0.98 to 0.99."""
    images = some_photos(faces_dir, "casia", 10) + some_photos(faces_dir, "lfw", 20)
    embed = recognizer(models_dir).embed
    landmarks, boxes, cosines = [], [], []
    for image in images:
        first, *others = found_by_each(each, image)
        for other in others:
            if other.box.overlap(first.box) < 0.3:
                continue  # one of several people
            landmark, box = differ(other, first)
            landmarks.append(landmark)
            boxes.append(box)
            cosines.append(embed(image, other).vector @ embed(image, first).vector)
    assert len(landmarks) > len(images)
    assert np.median(landmarks) < 0.06
    assert np.quantile(landmarks, 0.95) < 0.12
    assert np.median(boxes) < 0.11
    assert np.median(cosines) > 0.97


@pytest.mark.parametrize("name", FACES)
def test_landmarks_lie_in_the_face_as_a_viewer_sees_them(each: Seeing, name: PortraitName) -> None:
    for face in found_by_each(each, scene(Visitor(name, 180, (320, 240)))):
        left, top, right, bottom = edges(face.box)
        assert all(left < x < right and top < y < bottom for x, y in face.landmarks)
        right_eye, left_eye, nose, right_mouth, left_mouth = face.landmarks
        assert right_eye[0] < nose[0] < left_eye[0]
        assert right_mouth[0] < left_mouth[0]
        assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_mouth[1], left_mouth[1])
        assert face.spread < 0.15


def test_two_people_are_two_faces(models_dir: Path) -> None:
    image = scene(Visitor(GRACE, 200, (450, 250)), Visitor(EILEEN, 120, (140, 200)))
    finds = detector(models_dir, "blazeface", 65)
    first, second = refiner(models_dir, finds).refine(image, finds.detect(image))
    assert first is not None
    assert second is not None
    assert first.box.center == pytest.approx((450, 240), abs=20)
    assert second.box.center == pytest.approx((140, 195), abs=15)
