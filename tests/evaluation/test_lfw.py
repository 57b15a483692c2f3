"""Labeled Faces in the Wild: its pairs file, and its pairs judged."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from support.measured_people import embedded, unit

from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.lfw import Pair, measure_lfw, photos_of, read_pairs
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Scorer

LINES = (
    "2\t2",
    "Ada\t1\t3",
    "Bo_Li\t1\t2",
    "Ada\t1\tBo_Li\t1",
    "Ada\t2\tCy\t1",
    "Bo_Li\t1\t2",
    "Ada\t2\t3",
    "Cy\t1\tAda\t1",
    "Cy\t1\tBo_Li\t2",
)
PHOTOS = {"Ada": 3, "Bo_Li": 2, "Cy": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, count in PHOTOS.items():
        (tmp_path / name).mkdir()
        for number in range(1, count + 1):
            (tmp_path / name / f"{name}_{number:04d}.jpg").touch()
    return tmp_path


def read(folder: Path, lines: Sequence[str] = LINES) -> tuple[Pair, ...]:
    file = folder / "pairs.txt"
    file.write_text("\n".join(lines) + "\n")
    return read_pairs(file, folder)


def test_pairs_are_read_with_their_folds(folder: Path) -> None:
    pairs = read(folder)
    assert [pair.fold for pair in pairs] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert [pair.same for pair in pairs] == [True, True, False, False] * 2
    assert pairs[0].second.path == folder / "Ada" / "Ada_0003.jpg"
    assert (pairs[3].first.identity, pairs[3].second.identity) == ("Ada", "Cy")
    assert len(photos_of(pairs)) == 6


def with_line(number: int, text: str) -> list[str]:
    return [text if at == number - 1 else line for at, line in enumerate(LINES)]


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([], "cannot be read as LFW's pairs"),
        (with_line(1, "ten 300"), "cannot be read as LFW's pairs"),
        (with_line(1, "500"), "cannot be read as LFW's pairs"),
        (with_line(1, "1 4"), "1 folds of 4 pairs"),
        (LINES[:-1], "has 7 pairs"),
        (with_line(3, "Ada 1"), "line 3 of .* is no pair: Ada 1"),
        (with_line(3, "Ada one 2"), "line 3 of"),
        (with_line(3, "Ada 1 Bo_Li 2 3"), "line 3 of"),
        (with_line(3, "Ada 1 9"), r"photos of the pairs are not in .*: Ada/Ada_0009.jpg"),
    ],
)
def test_a_file_that_is_not_the_protocols_is_refused(
    folder: Path, lines: list[str], fault: str
) -> None:
    with pytest.raises(EvaluationError, match=fault):
        read(folder, lines)


def test_a_missing_file_or_folder_is_refused(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="No such file"):
        read_pairs(folder / "none.txt", folder)
    read(folder)
    with pytest.raises(EvaluationError, match=r"not in .* and 1 more"):
        read_pairs(folder / "pairs.txt", folder / "Ada")


VECTORS = {"Ada": (1.0, 0.0, 0.0), "Bo_Li": (0.0, 1.0, 0.0), "Cy": (0.0, 0.0, 1.0)}


@pytest.mark.parametrize("metric", Metric)
def test_pairs_are_judged_and_the_worst_are_kept(folder: Path, metric: Metric) -> None:
    pairs = read(folder)
    photos = photos_of(pairs)
    directions = [np.array(VECTORS[photo.identity]) for photo in photos]
    off = next(at for at, photo in enumerate(photos) if photo.path.stem == "Ada_0002")
    directions[off] = np.array([1.0, 0.0, 0.5])  # somewhat like Cy
    faces = embedded(photos, unit(np.array(directions)))
    lfw = measure_lfw(pairs, faces, Scorer(Scale(metric)), worst=1)
    # What is best in the first fold, where one person's photos are the same, is too strict for Ada.
    assert lfw.accuracy.folds == (1.0, 0.75)
    assert (lfw.pairs, lfw.faceless) == (8, 0)
    (genuine,), (impostor,) = lfw.comparisons.worst_genuine, lfw.comparisons.worst_impostor
    assert {photos[genuine.first].path.stem, photos[genuine.second].path.stem} == {
        "Ada_0002",
        "Ada_0003",
    }
    assert {photos[impostor.first].identity, photos[impostor.second].identity} == {"Ada", "Cy"}
    assert lfw.comparisons.genuine.size == lfw.comparisons.impostor.size == 4
    assert (np.diff(lfw.comparisons.impostor) >= 0).all()


def test_a_pair_without_a_face_is_different_and_counted(folder: Path) -> None:
    pairs = read(folder)
    photos = photos_of(pairs)
    seen = [photo for photo in photos if photo.path.stem != "Bo_Li_0002"]
    refused = {photo: "no_face" for photo in photos if photo not in seen}
    vectors = np.array([VECTORS[photo.identity] for photo in seen], np.float32)
    lfw = measure_lfw(pairs, embedded(seen, vectors, refused), Scorer(Scale()), worst=9)
    assert lfw.faceless == 3
    assert lfw.comparisons.genuine.size == 2
    assert lfw.accuracy.folds == (0.75, 0.75)  # each has a pair of Bo_Li, which is called different
    assert len(lfw.comparisons.worst_genuine) == 2
