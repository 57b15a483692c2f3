import math
from pathlib import Path

import pytest

from faceidd.models.archives import DLIB
from faceidd.models.dlib import THRESHOLDS, build_dlib
from faceidd.models.pack import load_embedder
from faceidd.models.sources import Sources


def test_the_network_is_taken_unchanged(tmp_path: Path) -> None:
    build_dlib(tmp_path, Sources())
    pack = load_embedder(tmp_path, "dlib")
    pack.verify()
    (entry,) = pack.manifest.files.values()
    assert [entry.sha256] == list(DLIB.members.values())
    assert (entry.license, entry.source.converted_by) == ("CC0-1.0", None)
    assert pack.manifest.engine == "dlib"


def test_the_thresholds_of_directions_accept_the_same_faces() -> None:
    angle = math.acos(THRESHOLDS["cosine"])
    assert THRESHOLDS["euclidean_l2"] == pytest.approx(2 * math.sin(angle / 2))
    assert THRESHOLDS["angular"] * 180 == pytest.approx(math.degrees(angle))
