"""The gallery: what it refuses to be, and whom it finds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.people import MODEL, embedding, gallery

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.face.embedding import Embedding
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.metric import Metric

ANGLES = st.floats(0, 360)


def at(degrees: float, length: float = 1.0) -> Embedding:
    angle = math.radians(degrees)
    return embedding(length * math.cos(angle), length * math.sin(angle), 0)


def three() -> Gallery:
    """Kim at 0 and 60 degrees, Lee at 90, Park at 180."""
    return gallery({"Kim": [at(0), at(60)], "Lee": [at(90)], "Park": [at(180)]})


@pytest.mark.parametrize(
    ("degrees", "who", "apart", "apart_next"),
    [(10, "kim", 10, 80), (58, "kim", 2, 32), (76, "lee", 14, 16), (350, "kim", 10, 100)],
)
def test_the_nearest_template_of_anybody_decides(
    degrees: float, who: str, apart: float, apart_next: float
) -> None:
    near, far = math.cos(math.radians(apart)), math.cos(math.radians(apart_next))
    match = three().match(at(degrees), Metric.COSINE)
    assert match is not None
    assert match.person.id == who
    assert match.metric is Metric.COSINE
    assert match.value == pytest.approx(near, abs=1e-6)
    assert match.margin == pytest.approx(near - far, abs=1e-6)

    distance = three().match(at(degrees), Metric.EUCLIDEAN_L2)
    assert distance is not None
    assert distance.person.id == who
    assert distance.value == pytest.approx(math.sqrt(2 - 2 * near), abs=1e-3)
    assert distance.margin == pytest.approx(
        math.sqrt(2 - 2 * far) - math.sqrt(2 - 2 * near), abs=1e-3
    )


def test_raw_lengths_count_in_the_plain_distance_only() -> None:
    people = gallery({"Far": [at(0, length=9)], "Near": [at(30, length=2)]})
    probe = at(0, length=2)
    found = {metric: people.match(probe, metric) for metric in Metric}
    assert {metric: match.person.name for metric, match in found.items() if match} == {
        Metric.COSINE: "Far",
        Metric.EUCLIDEAN_L2: "Far",
        Metric.EUCLIDEAN: "Near",
    }


@given(st.lists(st.lists(ANGLES, min_size=1, max_size=3), min_size=1, max_size=6), ANGLES)
def test_a_match_is_the_best_of_all_rows(people: list[list[float]], degrees: float) -> None:
    named = {f"p{index}": some for index, some in enumerate(people)}
    known = gallery({name: [at(one) for one in some] for name, some in named.items()})
    best = {
        name: max(math.cos(math.radians(one - degrees)) for one in some)
        for name, some in named.items()
    }
    match = known.match(at(degrees), Metric.COSINE)
    assert match is not None
    assert match.value == pytest.approx(max(best.values()), abs=1e-5)
    assert best[match.person.id] == pytest.approx(match.value, abs=1e-5)
    assert match.margin >= 0
    others = [value for name, value in best.items() if name != match.person.id]
    expected = match.value - max(others) if others else math.inf
    assert match.margin == pytest.approx(expected, abs=1e-5)


def test_the_nobody_of_an_empty_gallery_is_none() -> None:
    assert gallery({}).match(embedding(1, 0, 0), Metric.COSINE) is None


@pytest.mark.parametrize("people", [gallery({}), three()], ids=["empty", "three"])
def test_another_model_is_refused_by_name(people: Gallery) -> None:
    with pytest.raises(GalleryModelError, match="enrolled with facenet int8"):
        people.match(embedding(1, 0, 0, model_id="b" * 64), Metric.COSINE)
    with pytest.raises(GalleryModelError, match=r"int8 \(aaaaaaaaaaaa\).*owl \(bbbbbbbbbbbb\)"):
        people.require_model("b" * 64, "owl")
    people.require_model(MODEL, "whatever")


@pytest.mark.parametrize(
    "vector",
    [[math.nan, 0, 0], [math.inf, 0, 0], [0, 0, 0], [5, 0, 0], [0.5, 0, 0], [1, 0], [1, 0, 0, 0]],
)
def test_a_probe_that_is_no_embedding_of_this_model_is_refused(vector: list[float]) -> None:
    probe = Embedding(np.array(vector, np.float32), 1.0, MODEL)
    with pytest.raises(GalleryError, match="probe"):
        three().match(probe, Metric.COSINE)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"vectors": np.ones((4, 3), np.float32)}, "unit length"),
        ({"vectors": np.full((4, 3), np.nan, np.float32)}, "unit length"),
        ({"vectors": np.eye(3, dtype=np.float32)}, "different lengths"),
        ({"vectors": np.ones(4, np.float32)}, "different lengths"),
        ({"norms": np.array([1, 1, 0, 1], np.float32)}, "raw length"),
        ({"norms": np.array([1, 1, np.nan, 1], np.float32)}, "raw length"),
        ({"norms": np.ones((4, 1), np.float32)}, "different lengths"),
        ({"photos": np.ones(3, np.int64)}, "different lengths"),
        ({"owners": np.array([0, 0, 1, 1], np.intp)}, "belong"),
        ({"owners": np.array([0, 1, 2, 3], np.intp)}, "belong"),
        ({"owners": np.array([0, 0, 1, -1], np.intp)}, "belong"),
        ({"people": tuple(Person("kim", name) for name in "abc")}, "twice"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, object], fault: str) -> None:
    whole = three()
    parts = {name: getattr(whole, name) for name in Gallery.__slots__}
    with pytest.raises(GalleryError, match=fault):
        Gallery(**(parts | changes))


def test_a_gallery_cannot_be_changed() -> None:
    people = three()
    for table in (people.vectors, people.norms, people.owners, people.photos):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 0
    assert replace(people, detector="haar").people == people.people
