from pathlib import Path

import numpy as np
import pytest

from faceidd.errors import ModelError
from faceidd.models.pack import load_detector, load_embedder
from faceidd.models.runtime import Network, Tensor, open_network


@pytest.fixture(scope="module", params=["float32", "float16", "int8"])
def network(request: pytest.FixtureRequest, models_dir: Path) -> Network:
    content = load_embedder(models_dir, "facenet").read(request.param)
    return open_network(content, label=request.param, runtime="litert", threads=2)


@pytest.fixture(scope="module")
def reference(models_dir: Path) -> Network:
    content = load_embedder(models_dir, "facenet").read("float32")
    return open_network(content, label="float32", runtime="litert", threads=1)


def test_it_says_what_runs_it_and_what_it_takes(network: Network) -> None:
    assert network.runtime.startswith("ai-edge-litert 2.")
    assert network.input_shape == (1, 160, 160, 3)


def test_variants_say_the_same_of_a_face(
    network: Network, reference: Network, faces: tuple[Tensor, ...]
) -> None:
    for face in faces:
        (one,), (other,) = network.run(face), reference.run(face)
        assert one.shape == (1, 512)
        assert one.dtype == np.float32
        assert float(one[0] @ other[0]) >= 0.999
        assert np.linalg.norm(one) == pytest.approx(1.0, abs=1e-4)


def test_an_output_is_kept_when_the_network_runs_again(
    network: Network, faces: tuple[Tensor, ...]
) -> None:
    (first,) = network.run(faces[0])
    kept = first.copy()
    network.run(faces[-1])
    assert np.array_equal(first, kept)
    assert np.array_equal(network.run(faces[0])[0], kept)


def test_outputs_come_in_the_order_of_the_file(models_dir: Path) -> None:
    content = load_detector(models_dir, "blazeface").read("short_range")
    network = open_network(content, label="blazeface", runtime="litert", threads=1)
    boxes, scores = network.run(np.zeros((1, 128, 128, 3), np.float32))
    assert boxes.shape == (1, 896, 16)
    assert scores.shape == (1, 896, 1)


@pytest.mark.parametrize(
    "tensor",
    [
        np.zeros((1, 112, 112, 3), np.float32),
        np.zeros((160, 160, 3), np.float32),
        np.zeros((1, 160, 160, 3), np.float64),
    ],
)
def test_another_input_is_refused(
    reference: Network, tensor: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> None:
    with pytest.raises(ModelError, match=r"takes float32 \(1, 160, 160, 3\), not"):
        reference.run(tensor)


@pytest.mark.parametrize("content", [b"", b"TFL3", b"not a network" * 100])
def test_what_is_no_network_is_refused(content: bytes) -> None:
    with pytest.raises(ModelError, match="refuses the network junk"):
        open_network(content, label="junk", runtime="litert", threads=1)


def test_a_cut_network_is_refused(models_dir: Path) -> None:
    content = load_detector(models_dir, "blazeface").read("short_range")
    with pytest.raises(ModelError, match="refuses the network cut"):
        open_network(content[: len(content) // 2], label="cut", runtime="litert", threads=1)
