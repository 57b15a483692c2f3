"""The gallery: what it refuses to be."""

import math
from dataclasses import replace

import numpy as np
import pytest
from support.people import MODEL, embedding, gallery

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.face.embedding import Embedding
from faceidd.gallery.gallery import Gallery, Person


def at(degrees: float, length: float = 1.0) -> Embedding:
    angle = math.radians(degrees)
    return embedding(length * math.cos(angle), length * math.sin(angle), 0)


def three() -> Gallery:
    """Kim at 0 and 60 degrees, Lee at 90, Park at 180."""
    return gallery({"Kim": [at(0), at(60)], "Lee": [at(90)], "Park": [at(180)]})


@pytest.mark.parametrize("people", [gallery({}), three()], ids=["empty", "three"])
def test_another_model_is_refused_by_name(people: Gallery) -> None:
    with pytest.raises(GalleryModelError, match="enrolled with facenet int8"):
        people.require_probe(embedding(1, 0, 0, model_id="b" * 64))
    with pytest.raises(GalleryModelError, match=r"int8 \(aaaaaaaaaaaa\).*owl \(bbbbbbbbbbbb\)"):
        people.require_model("b" * 64, "owl")
    people.require_model(MODEL, "whatever")


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
