import numpy as np
import pytest
from support.told import told_manifest

from faceidd.models.deepface_models import NORMALIZATIONS, DeepFaceNormalization
from faceidd.models.feeding import feed, normalize
from faceidd.models.manifest import Normalization, Whitening
from faceidd.models.runtime import Tensor

Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@pytest.fixture(scope="module")
def picture() -> Picture:
    return np.random.default_rng(3).integers(0, 256, (8, 8, 3), np.uint8)


def normalized(picture: Picture, rule: Normalization | Whitening) -> Tensor:
    into = np.empty(picture.shape, np.float32)
    normalize(picture, rule, into)
    return into


def test_each_channel_may_have_a_mean_of_its_own(picture: Picture) -> None:
    found = normalized(picture, Normalization(mean=(10, 20, 30), scale=2))
    assert found == pytest.approx((picture.astype(np.float64) - [10, 20, 30]) / 2)


def test_whitening_makes_a_picture_independent_of_light_and_contrast(picture: Picture) -> None:
    found = normalized(picture, Whitening())
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert found.std() == pytest.approx(1, abs=1e-6)
    darker = (picture // 2).astype(np.uint8)
    assert normalized(darker, Whitening()) == pytest.approx(found, abs=0.02)


def test_whitening_of_one_color_is_finite() -> None:
    assert (normalized(np.full((8, 8, 3), 7, np.uint8), Whitening()) == 0).all()


@pytest.mark.parametrize(("color", "order"), [("rgb", [2, 1, 0]), ("bgr", [0, 1, 2])])
def test_means_are_of_the_manifests_color_order(
    picture: Picture, color: str, order: list[int]
) -> None:
    rule = Normalization(mean=(10, 20, 30), scale=2)
    manifest = told_manifest(color).model_copy(update={"normalization": rule})
    into = np.empty(picture.shape, np.float32)
    feed(picture, manifest, into)
    assert into == pytest.approx((picture[:, :, order].astype(np.float64) - [10, 20, 30]) / 2)


@pytest.mark.parametrize(
    ("name", "at_100"),
    [
        ("base", (100 / 255,) * 3),
        ("raw", (100,) * 3),
        ("Facenet2018", (100 / 127.5 - 1,) * 3),
        ("VGGFace", (100 - 93.594, 100 - 104.7624, 100 - 129.1863)),
        ("VGGFace2", (100 - 91.4953, 100 - 103.8827, 100 - 131.0912)),
        ("ArcFace", ((100 - 127.5) / 128,) * 3),
    ],
)
def test_deepfaces_ways_to_feed_a_picture(
    name: DeepFaceNormalization, at_100: tuple[float, float, float]
) -> None:
    found = normalized(np.full((1, 1, 3), 100, np.uint8), NORMALIZATIONS[name])
    assert found[0, 0] == pytest.approx(at_100, rel=1e-5)
