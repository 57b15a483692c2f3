from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from support.told import ToldNetwork

from faceidd.errors import ModelError
from faceidd.models.fidelity import (
    FACES,
    check_answers,
    check_fidelity,
    check_pairs,
    face_pictures,
    face_tensors,
)
from faceidd.models.manifest import EmbedderManifest, Normalization
from faceidd.models.pack import Pack, load_embedder
from faceidd.models.runtime import Network, Tensor, open_network
from faceidd.models.sources import Sources


@pytest.fixture(scope="module")
def original(models_dir: Path) -> bytes:
    return load_embedder(models_dir, "facenet").read("float32")


@pytest.fixture(scope="module")
def network(original: bytes) -> Network:
    return open_network(original, label="original", runtime="litert", threads=2)


def test_the_pictures_are_many_different_and_always_the_same() -> None:
    pictures = face_pictures(160, Sources())
    assert all(picture.shape == (160, 160, 3) for picture in pictures)
    assert all(picture.dtype == np.uint8 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == len(pictures) == 36 * len(FACES)
    again = face_pictures(160, Sources())
    assert all(np.array_equal(one, two) for one, two in zip(pictures, again, strict=True))


def test_a_faithful_conversion_is_accepted(network: Network, faces: tuple[Tensor, ...]) -> None:
    found = check_fidelity(
        lambda tensor: network.run(tensor)[0], network, faces, least=0.9999, label="same"
    )
    assert found == pytest.approx(1.0)


def test_a_corrupted_conversion_is_refused(
    original: bytes, network: Network, faces: tuple[Tensor, ...]
) -> None:
    weights = np.frombuffer(original, np.float32).copy()
    # The last layer's weights end the file but for its names.
    weights[-400_000:-300_000] *= -1
    corrupted = open_network(weights.tobytes(), label="bad", runtime="litert", threads=2)
    with pytest.raises(ModelError, match="bad departs from its original"):
        check_fidelity(
            lambda tensor: network.run(tensor)[0], corrupted, faces, least=0.999, label="bad"
        )


@pytest.mark.parametrize("said", [np.full((1, 512), np.nan), np.zeros((1, 512)), np.ones((1, 128))])
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_an_output_that_cannot_be_compared_is_refused(
    said: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    network: Network,
    faces: tuple[Tensor, ...],
) -> None:
    with pytest.raises(ModelError, match="departs from its original"):
        check_fidelity(
            lambda _: said.astype(np.float32), network, faces[:1], least=0.9, label="odd"
        )


@pytest.mark.parametrize(("longer", "accepted"), [(1.04, True), (0.96, True), (1.06, False)])
def test_an_answer_of_another_length_is_refused(longer: float, accepted: bool) -> None:
    network = ToldNetwork((1, 8, 8, 3), np.array([[3, 4]], np.float32) * np.float32(longer))
    tensors = (np.zeros((1, 8, 8, 3), np.float32),)
    with nullcontext() if accepted else pytest.raises(ModelError, match="lengths may differ by 5%"):
        check_answers([np.array([3, 4], np.float32)], network, tensors, least=0.99, label="odd")


def test_pictures_become_tensors_as_they_are_normalized() -> None:
    normalization = Normalization(mean=100, scale=50)
    tensors = face_tensors(8, normalization, Sources())
    for picture, tensor in zip(face_pictures(8, Sources()), tensors, strict=True):
        assert tensor.dtype == np.float32
        assert tensor == pytest.approx((picture[None].astype(np.float64) - 100) / 50)


def test_a_network_that_sees_two_pictures_apart_is_accepted(
    mobilefacenet: Pack[EmbedderManifest],
) -> None:
    network = open_network(mobilefacenet.read("float32"), label="m", runtime="litert", threads=2)
    manifest = mobilefacenet.manifest
    faces = face_tensors(manifest.input_px, manifest.normalization, Sources())
    pairs = tuple(np.concatenate([faces[place], faces[-1 - place]]) for place in range(4))
    assert check_pairs(network, pairs, least=0.9999, label="m") == pytest.approx(1.0)


@pytest.mark.parametrize("other", [[0.0, 1.0], [np.nan, 1.0], [0.0, 0.0]])
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_a_network_that_says_something_else_in_another_place_is_refused(other: list[float]) -> None:
    network = ToldNetwork((2, 8, 8, 3), np.array([[1, 0], other], np.float32))
    with pytest.raises(ModelError, match="odd does not say the same of a face in both places"):
        check_pairs(network, (np.zeros((2, 8, 8, 3), np.float32),), least=0.9, label="odd")
