import math
from pathlib import Path

from faceidd.models.facenet import CROP, THRESHOLDS
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import load_embedder


def test_the_pack_on_the_disk_is_the_one_this_code_builds(models_dir: Path) -> None:
    manifest: EmbedderManifest = load_embedder(models_dir, "facenet").manifest
    assert manifest.crop == CROP
    assert manifest.thresholds == THRESHOLDS
    assert set(manifest.files) == {"float32", "float16", "int8"}
    assert {entry.source.converted_by for entry in manifest.files.values()} == {
        "tensorflow==2.21.0"
    }


def test_the_thresholds_of_all_metrics_accept_the_same_faces() -> None:
    # Two unit vectors at the least cosine similarity are that far apart.
    angle = math.acos(THRESHOLDS["cosine"])
    chord = 2 * math.sin(angle / 2)
    assert math.isclose(THRESHOLDS["euclidean"], chord)
    assert math.isclose(THRESHOLDS["euclidean_l2"], chord)
    assert math.isclose(THRESHOLDS["angular"] * 180, math.degrees(angle))
