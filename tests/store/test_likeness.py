"""Both databases find the same people; brute force in double precision says who they are."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray
from support.stored import MODEL, NOW, faces, people

from faceidd.store import likeness
from faceidd.store.addition import AdditionRules
from faceidd.store.likeness import find_near, pairs_among
from faceidd.store.store import Store

ANYBODY = AdditionRules(alike=2.0, replaces=True)
CLOSE = 1e-5


def crowd(seed: int) -> dict[str, NDArray[np.float32]]:
    """Twelve people of one to three templates, some of them near to each other."""
    rng = np.random.default_rng(seed)
    centers = faces(4, 16, seed=seed)
    found = {}
    for number in range(12):
        rows = centers[number % 4] + rng.normal(0, 0.2, (1 + number % 3, 16))
        found[f"p{number:02}"] = (rows / np.linalg.norm(rows, axis=1)[:, None]).astype(np.float32)
    return found


def truth(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float((one.astype(np.float64) @ other.astype(np.float64).T).max())


@pytest.mark.parametrize("seed", range(3))
def test_the_nearest_are_those_of_brute_force(store: Store, seed: int) -> None:
    known = crowd(seed)
    store.add(people(known), ANYBODY, NOW)
    for name in ("p00", "p05"):
        others = {other: truth(known[name], known[other]) for other in known if other != name}
        expected = sorted(others, key=lambda other: -others[other])[:4]
        found = store.similar(name, MODEL, 4)
        assert [one.other.id for one in found] == expected
        assert [one.similarity for one in found] == pytest.approx(
            [others[one] for one in expected], abs=CLOSE
        )


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_those_of_brute_force(store: Store, seed: int) -> None:
    known = crowd(seed)
    store.add(people(known), ANYBODY, NOW)
    expected = {
        (one, other): value
        for one in known
        for other in known
        if one < other and (value := truth(known[one], known[other])) >= 0.6
    }
    found = store.duplicates(MODEL, 0.6)
    assert {(one.one.id, one.other.id) for one in found} == expected.keys()
    for one in found:
        assert one.similarity == pytest.approx(expected[one.one.id, one.other.id], abs=CLOSE)
    similarities = [one.similarity for one in found]
    assert similarities == sorted(similarities, reverse=True)


def test_those_as_near_as_each_other_come_by_their_ids(store: Store) -> None:
    vector = faces(1, 16)
    store.add(people(dict.fromkeys(("b", "a", "Z", "é"), vector)), ANYBODY, NOW)
    assert [one.other.id for one in store.similar("b", MODEL, 2)] == ["Z", "a"]
    with store.reading() as connection:
        found = list(find_near(connection, MODEL, np.vstack([vector, -vector]), count=9, floor=0.5))
    assert [(one.probe, one.person) for one in found] == [(0, "Z"), (0, "a"), (0, "b"), (0, "é")]


@pytest.mark.parametrize("few", [0, 99])
def test_many_people_are_found_as_few_are(
    store: Store, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "FEW", few)
    known = crowd(7)
    store.add(people(known), ANYBODY, NOW)
    probes = np.vstack([rows[0] for rows in known.values()])
    with store.reading() as connection:
        found = list(find_near(connection, MODEL, probes, count=3, floor=0.5))
    for row, probe in enumerate(probes):
        near = {name: truth(probe[None], rows) for name, rows in known.items()}
        expected = sorted((one for one in near if near[one] >= 0.5), key=lambda one: -near[one])
        assert [one.person for one in found if one.probe == row] == expected[:3]


def test_templates_of_another_model_are_not_looked_at(store: Store) -> None:
    store.add(people({"Kim": faces(1, 16)}), ANYBODY, NOW)
    store.add(people({"Lee": faces(1, 16)}, model_id="b" * 64), ANYBODY, NOW)
    store.add(people({"Min": faces(1, 8)}, model_id="c" * 64), ANYBODY, NOW)
    assert store.similar("Kim", MODEL, 5) == ()
    assert store.duplicates(MODEL, -1.0) == ()


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block=some.integers(1, 40), seed=some.integers(0, 99))
def test_blocks_change_nothing(block: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    known = crowd(seed)
    owners = [name for name, rows in known.items() for _ in rows]
    vectors = np.vstack(list(known.values()))
    whole = pairs_among(owners, vectors, 0.5)
    monkeypatch.setattr(likeness, "BLOCK", block)
    assert pairs_among(owners, vectors, 0.5) == pytest.approx(whole, abs=CLOSE)
