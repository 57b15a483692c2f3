"""Every model of DeepFace's: the real package and true architectures, on weights written here.

These take minutes and gigabytes, so `make test-models` runs them.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.embedders import PEOPLE, enroll, matches, model_of, with_detectors

from faceidd.cli.main import main
from faceidd.errors import ModelError
from faceidd.face.alignment import AlignedFace
from faceidd.models.deepface import build_deepface
from faceidd.models.deepface_loading import deepface_environment, deepface_packages
from faceidd.models.deepface_models import (
    DEEPFACE_MODELS,
    NORMALIZATIONS,
    DeepFaceNormalization,
)
from faceidd.models.fidelity import face_pictures
from faceidd.models.pack import load_embedder
from faceidd.models.sources import Sources

pytestmark = [pytest.mark.every_model, pytest.mark.timeout(600)]

WRITER = Path(__file__).parents[1] / "support" / "deepface_weights.py"
LEAST = {"float32": 0.9999, "float16": 0.9999, "int8": 0.99}
SMALL = "OpenFace"
"""The model that is built in all variants here."""


class Weights:
    """A folder of weights that are written when a test asks for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, *names: str) -> Path:
        """The folder, with weights of these models, and what DeepFace says with them."""
        missing = [name for name in names if not (self._folder / f"{name}.npy").is_file()]
        for side in {DEEPFACE_MODELS[name].input_px for name in missing}:
            np.save(self._folder / f"{side}.npy", pictures(side))
        if missing:
            folder = str(self._folder)
            words = [f"{name}={DEEPFACE_MODELS[name].input_px}" for name in missing]
            subprocess.run(
                [sys.executable, "-P", "-W", "ignore", str(WRITER), folder, folder, *words],
                env=deepface_environment(deepface_packages(Sources()), None),
                check=True,
            )
        return self._folder

    def drop(self, name: str) -> None:
        """Remove a model's weights, which may be large."""
        (self._folder / DEEPFACE_MODELS[name].weights).unlink()
        (self._folder / f"{name}.npy").unlink()


@pytest.fixture(scope="module")
def weights() -> Iterator[Weights]:
    with tempfile.TemporaryDirectory(prefix="faceidd-weights-") as folder:
        yield Weights(Path(folder))


def pictures(side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Four pictures of two faces, BGR."""
    chosen = face_pictures(side, Sources())[::18]
    return np.stack([cv2.cvtColor(one, cv2.COLOR_RGB2BGR).astype(np.uint8) for one in chosen])


@pytest.mark.parametrize("name", DEEPFACE_MODELS)
def test_a_model_is_built_verified_enrolled_with_and_matched(
    name: str, weights: Weights, models_dir: Path, tmp_path: Path
) -> None:
    model = DEEPFACE_MODELS[name]
    variants = list(LEAST) if name == SMALL else ["float32"]
    # Kept only as long as the test runs.
    with tempfile.TemporaryDirectory(prefix="faceidd-packs-") as folder:
        packs = with_detectors(models_dir, Path(folder) / "packs")
        chosen = [word for variant in variants for word in ("--variant", variant)]
        written = weights.of(name)
        where = ["--models", str(packs), "--weights", str(written)]
        assert main(["model", "build", f"deepface:{name}", *where, *chosen]) == 0
        assert main(["model", "verify", model.pack, "--models", str(packs)]) == 0

        manifest = load_embedder(packs, model.pack).manifest
        assert list(manifest.files) == variants
        said = np.load(written / f"{name}.npy")
        assert manifest.dimension == said.shape[1]
        assert telling_apart(said) < 1 - 2 * (1 - LEAST["float32"])
        for variant in variants:
            embedder = model_of(packs, model.pack, variant).recognizer.embedder
            for picture, expected in zip(pictures(model.input_px), said, strict=True):
                found = embedder.embed(AlignedFace(picture))
                length = np.linalg.norm(expected)
                assert found.vector @ expected / length > LEAST[variant]
                assert found.norm == pytest.approx(length, rel=1e-3 if variant != "int8" else 0.05)

        gallery = enroll(packs, model.pack, tmp_path)
        found_people = matches(model_of(packs, model.pack), gallery)
        assert {name: match.person.name for name, match in found_people.items()} == {
            name: name for name in PEOPLE
        }
    if name != SMALL:
        weights.drop(name)


@pytest.mark.parametrize("normalization", ["Facenet", "VGGFace"])
def test_a_picture_may_be_fed_in_another_of_deepfaces_ways(
    normalization: DeepFaceNormalization, weights: Weights, tmp_path: Path
) -> None:
    # The build compares with what DeepFace says when it is told the same.
    words = ["model", "build", f"deepface:{SMALL}", "--variant", "float32"]
    words += ["--weights", str(weights.of(SMALL)), "--models", str(tmp_path)]
    assert main([*words, "--normalization", normalization]) == 0
    manifest = load_embedder(tmp_path, DEEPFACE_MODELS[SMALL].pack).manifest
    assert manifest.normalization == NORMALIZATIONS[normalization]


def test_weights_of_deepfaces_own_folder_are_found(
    weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "home" / ".deepface" / "weights"
    own.mkdir(parents=True)
    (own / DEEPFACE_MODELS[SMALL].weights).symlink_to(
        weights.of(SMALL) / DEEPFACE_MODELS[SMALL].weights
    )
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path / "home"))
    words = ["model", "build", f"deepface:{SMALL}", "--variant", "int8"]
    assert main([*words, "--models", str(tmp_path)]) == 0
    assert list(load_embedder(tmp_path, DEEPFACE_MODELS[SMALL].pack).manifest.files) == ["int8"]


def test_a_download_that_fails_names_the_file_to_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # discard: nobody listens
    with pytest.raises(ModelError, match=r"of OpenFace are not here: .*downloading") as caught:
        build_deepface(SMALL, tmp_path / "models", Sources())
    assert "as openface_weights.h5, and name that folder by --weights" in caught.value.do
    assert not (tmp_path / "models").exists()


def test_weights_of_another_model_are_refused(weights: Weights, tmp_path: Path) -> None:
    other = DEEPFACE_MODELS["GhostFaceNet"].weights
    (tmp_path / DEEPFACE_MODELS[SMALL].weights).symlink_to(weights.of("GhostFaceNet") / other)
    with pytest.raises(ModelError, match=r"cannot load openface_weights\.h5 as OpenFace"):
        build_deepface(SMALL, tmp_path / "models", Sources(weights=tmp_path))
    assert not (tmp_path / "models").exists()


def telling_apart(said: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    """Greatest cosine between what is said of two pictures."""
    unit = said / np.linalg.norm(said, axis=1, keepdims=True)
    cosines = unit @ unit.T
    return float(cosines[~np.eye(len(cosines), dtype=bool)].max())
