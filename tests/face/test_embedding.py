"""Embeddings."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from faceidd.face.embedding import Embedding, Vector

RAW = arrays.arrays(np.float32, st.integers(1, 20), elements=st.floats(width=32, allow_nan=False))


@given(RAW)
def test_every_finite_direction_becomes_a_unit_vector(raw: Vector) -> None:
    exact = math.hypot(*(float(value) for value in raw))
    if not 0 < exact < math.inf:
        with pytest.raises(ValueError, match="finite and not zero"):
            Embedding.from_raw(raw, "model")
        return
    embedding = Embedding.from_raw(raw, "model")
    assert embedding.vector.dtype == np.float32
    assert np.linalg.norm(embedding.vector.astype(np.float64)) == pytest.approx(1, abs=1e-6)
    assert embedding.norm == pytest.approx(exact, rel=1e-9)
    assert embedding.vector == pytest.approx(raw.astype(np.float64) / exact, abs=1e-7)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0])
def test_what_has_no_direction_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite and not zero"):
        Embedding.from_raw(np.array([value, 0, 0], np.float32), "model")


def test_an_embedding_has_one_dimension() -> None:
    with pytest.raises(ValueError, match="one dimension"):
        Embedding.from_raw(np.ones((1, 4), np.float32), "model")


def test_a_vector_cannot_be_changed() -> None:
    raw = np.array([3, 4], np.float32)
    embedding = Embedding.from_raw(raw, "model")
    raw[:] = 0
    assert embedding.vector.tolist() == pytest.approx([0.6, 0.8])
    with pytest.raises(ValueError, match="read-only"):
        embedding.vector[0] = 1
