"""The metrics' identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from faceidd.face.embedding import Embedding
from faceidd.gallery.metric import Metric, Values, products

DIRECTIONS = arrays.arrays(
    np.float64, (6, 4), elements=st.floats(-1, 1), fill=st.nothing(), unique=True
).filter(lambda rows: bool((np.linalg.norm(rows, axis=1) > 0.1).all()))
LENGTHS = arrays.arrays(np.float64, 6, elements=st.floats(0.1, 50))


def compared(metric: Metric, directions: NDArray[np.float64], lengths: Values) -> Values:
    """The metric between the first raw vector and the others, by way of embeddings."""
    raws = directions / np.linalg.norm(directions, axis=1, keepdims=True) * lengths[:, None]
    probe, *others = (Embedding.from_raw(raw.astype(np.float32), "model") for raw in raws)
    vectors = np.stack([other.vector for other in others])
    norms = np.array([other.norm for other in others], np.float32)
    return metric.values(vectors @ probe.vector, np.array([probe.norm], np.float32), norms)


@given(DIRECTIONS, LENGTHS)
def test_the_law_of_cosines_gives_the_distance_of_the_raw_vectors(
    directions: NDArray[np.float64], lengths: Values
) -> None:
    raws = directions / np.linalg.norm(directions, axis=1, keepdims=True) * lengths[:, None]
    found = compared(Metric.EUCLIDEAN, directions, lengths)
    direct = np.linalg.norm(raws[1:] - raws[0], axis=1)
    # Squares of float32 lengths are exact to about 1e-7 of their sum.
    assert found**2 == pytest.approx(direct**2, abs=1e-5 * float(lengths.max()) ** 2)


@given(DIRECTIONS, LENGTHS)
def test_the_unit_distance_ignores_lengths(
    directions: NDArray[np.float64], lengths: Values
) -> None:
    units = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    found = compared(Metric.EUCLIDEAN_L2, directions, lengths)
    direct = np.linalg.norm(units[1:] - units[0], axis=1)
    assert found**2 == pytest.approx(direct**2, abs=1e-5)


@given(DIRECTIONS, LENGTHS)
def test_cosine_and_unit_distance_put_everybody_in_the_same_order(
    directions: NDArray[np.float64], lengths: Values
) -> None:
    cosines = compared(Metric.COSINE, directions, lengths)
    distances = compared(Metric.EUCLIDEAN_L2, directions, lengths)
    order = np.argsort(-Metric.COSINE.closeness(cosines), kind="stable")
    assert (np.diff(distances[order]) >= 0).all()
    assert (np.diff(Metric.EUCLIDEAN_L2.closeness(distances)[order]) <= 0).all()
    assert distances**2 == pytest.approx(2 - 2 * cosines, abs=1e-5)


@given(DIRECTIONS, LENGTHS)
def test_the_angle_is_a_part_of_a_half_turn(
    directions: NDArray[np.float64], lengths: Values
) -> None:
    cosines = compared(Metric.COSINE, directions, lengths)
    angles = compared(Metric.ANGULAR, directions, lengths)
    assert ((angles >= 0) & (angles <= 1)).all()
    assert np.cos(np.pi * angles) == pytest.approx(np.clip(cosines, -1, 1), abs=1e-5)


@pytest.mark.parametrize("metric", list(Metric))
def test_values_are_finite_where_rounding_lifts_a_cosine_over_one(metric: Metric) -> None:
    over = np.array([1 + 1e-6], np.float32)
    seven = np.array([7], np.float32)
    values = metric.values(over, seven, seven)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()


def test_only_the_cosine_grows_with_likeness() -> None:
    assert [metric for metric in Metric if metric.greater_is_closer] == [Metric.COSINE]
    assert Metric.COSINE.closeness(np.array([0.3], np.float32)) == pytest.approx([0.3])
    assert Metric.EUCLIDEAN.closeness(np.array([0.3], np.float32)) == pytest.approx([-0.3])


def test_products_are_the_same_whatever_numpy_has(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(0)
    rows = chance.standard_normal((9, 512), dtype=np.float32)
    one = chance.standard_normal(512, dtype=np.float32)
    rows[7] = rows[2]
    quick = products(rows, one), products(rows, rows)
    monkeypatch.delattr(np, "vecdot")
    slower = products(rows, one), products(rows, rows)
    for found, again in zip(quick, slower, strict=True):
        assert found.dtype == again.dtype == np.float32
        assert found == pytest.approx(again, abs=1e-3)
        assert found[7] == found[2]
        assert again[7] == again[2]
