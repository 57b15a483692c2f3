"""The comparisons, held against a naive account of them: pair by pair, in float64."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from support.calibrating import gallery_of, two_groups, with_lengths
from support.measured_people import crowd, together

from faceidd.evaluation.calibration_people import Crowd, Faces, Kind, Strangers, strangers
from faceidd.evaluation.calibration_scores import (
    KEPT,
    LEAST_KEPT,
    PARTS,
    CellScores,
    Comparer,
    enough_strangers,
)
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import FEWEST, NEAREST

SCALES = [Scale(metric, kind) for metric in Metric for kind in Normalization]
Wide = NDArray[np.float64]


@cache
def some() -> Crowd:
    """15 people in one cell, 25 in another, with one to three photos and lengths that differ."""
    several = crowd(15, 3, set="one", dimension=8, sessions=2, spread=0.8)
    others = crowd(25, 1, set="two", group="b", dimension=8, seed=1, spread=0.8)
    photos = with_lengths(together(several, others))
    kept = [row for row in range(len(photos.photos)) if row % 7 != 3 or row >= 45]
    return Crowd.of(photos.take(np.array(kept)))


def closeness(metric: Metric, one: Wide, a: float, others: Wide, b: Wide) -> Wide:
    """How close one embedding is to others, of raw lengths a and b."""
    cosines = others @ one
    if metric is Metric.COSINE:
        return cosines
    if metric is Metric.ANGULAR:
        return -np.arccos(np.clip(cosines, -1, 1)) / np.pi
    if metric is Metric.EUCLIDEAN:
        one, others = one * a, others * b[:, None]
    distances: Wide = np.linalg.norm(one - others, axis=1)
    return -distances


def naive(
    scale: Scale, pair: tuple[int, int], faces: Faces, cohort: Strangers, nearest: int
) -> float:
    """The score of two faces, in closeness, against a cohort."""
    vectors = faces.vectors[list(pair)].astype(np.float64)
    norms = faces.norms[list(pair)].astype(np.float64)
    known, lengths = cohort.vectors.astype(np.float64), cohort.norms.astype(np.float64)
    if scale.normalization is Normalization.CENTERING:
        vectors -= known.mean(axis=0)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    value = float(closeness(scale.metric, vectors[0], norms[0], vectors[1:], norms[1:])[0])
    if scale.normalization is not Normalization.S_NORM:
        return value
    sides = []
    for vector, norm in zip(vectors, norms, strict=True):
        near = np.sort(closeness(scale.metric, vector, norm, known, lengths))[-nearest:]
        sides.append((value - near.mean()) / near.std())
    return float(np.mean(sides))


def without(cohort: Strangers, dealt: NDArray[np.intp], parts: set[int]) -> Strangers:
    """The strangers who are of no such part."""
    rows = np.array([at for at, one in enumerate(cohort.people) if dealt[one] not in parts])
    return Strangers(cohort.vectors[rows], cohort.norms[rows], cohort.people[rows])


def expected(scale: Scale, faces: Faces) -> tuple[dict[tuple[int, int], float], Wide]:
    """Scores of the impostor pairs by their photos, and those of the genuine pairs, ascending."""
    people, cohort = some(), strangers(some())
    dealt = people.parts(PARTS)
    impostor, genuine = {}, []
    for one in range(len(faces.norms)):
        for other in range(one + 1, len(faces.norms)):
            first, second = (int(faces.people[row]) for row in (one, other))
            if people.cell_of[first] != people.cell_of[second]:
                continue
            kept = without(cohort, dealt, {int(dealt[first]), int(dealt[second])})
            assert not {first, second} & set(kept.people.tolist())
            nearest = round(
                min(NEAREST, len(cohort.people)) * len(kept.people) / len(cohort.people)
            )
            value = naive(scale, (one, other), faces, kept, nearest)
            if first != second:
                impostor[int(faces.photos[one]), int(faces.photos[other])] = value
            elif faces.sessions[one] == "" or faces.sessions[one] != faces.sessions[other]:
                genuine.append(value)
    return impostor, np.sort(genuine)


def compared(scale: Scale, kind: Kind = Kind.SINGLE) -> tuple[CellScores, ...]:
    people = some()
    comparer = Comparer(people, scale, strangers(people))
    return comparer.compare(kind, people.faces(kind, 2), 1e-2)


@pytest.mark.parametrize(
    ("scale", "kind"),
    [*((scale, Kind.SINGLE) for scale in SCALES), *((scale, Kind.FUSED) for scale in SCALES[:3])],
    ids=str,
)
def test_every_pair_is_scored_as_a_naive_account_does(scale: Scale, kind: Kind) -> None:
    found = compared(scale, kind)
    impostor, genuine = expected(scale, some().faces(kind, 2))
    seen = {}
    for cell in found:
        assert cell.tail.trials == len(cell.tail.closeness) == len(cell.photos)
        assert (np.diff(cell.tail.closeness) <= 0).all()
        for value, rows in zip(cell.tail.closeness, cell.photos, strict=True):
            first, second = sorted(int(row) for row in rows)
            assert some().cells[some().cell_of[some().people[first]]] == cell.cell
            seen[first, second] = float(value)
    told = {(min(pair), max(pair)): value for pair, value in impostor.items()}
    assert seen.keys() == told.keys()
    assert [seen[pair] for pair in told] == pytest.approx(list(told.values()), rel=2e-3, abs=2e-3)
    all_genuine = np.sort(np.concatenate([cell.genuine for cell in found]))
    assert all_genuine == pytest.approx(genuine, rel=2e-3, abs=2e-3)


@pytest.mark.parametrize("kind", [Normalization.CENTERING, Normalization.S_NORM])
def test_what_a_cohort_says_of_a_person_does_not_count_for_that_person(kind: Normalization) -> None:
    """Whatever stands in the cohort for somebody: nobody's own scores change, others' do."""
    people, scale = some(), Scale(Metric.COSINE, kind)
    cohort, faces = strangers(people), people.faces(Kind.SINGLE, 2)

    def scored(known: Strangers) -> dict[tuple[int, ...], float]:
        found = Comparer(people, scale, known).compare(Kind.SINGLE, faces, 1e-2)
        return {
            tuple(rows): float(value)
            for cell in found
            for rows, value in zip(cell.photos.tolist(), cell.tail.closeness, strict=True)
        }

    before = scored(cohort)
    for number in (0, 17, 39):
        vectors = cohort.vectors.copy()
        vectors[cohort.people == number] *= -1
        after = scored(replace(cohort, vectors=vectors))
        assert before.keys() == after.keys()
        changed = {rows for rows in before if before[rows] != after[rows]}
        of_them = {rows for rows in before if number in people.people[list(rows)]}
        assert of_them
        assert not changed & of_them
        assert changed


def test_owners_and_faces_say_whose_the_trials_are() -> None:
    for cell in compared(Scale()):
        mine = sorted({int(one) for one in some().people[cell.photos].ravel()})
        assert len(cell.tail.faces) == len(mine)
        owners = np.array(mine)[cell.tail.owners]
        assert (owners == some().people[cell.photos]).all()
        sizes = np.bincount(some().people)[mine]
        assert (cell.tail.faces == sizes).all()


def test_of_many_comparisons_the_nearest_are_kept_and_all_are_counted() -> None:
    photos = crowd(230, 3, dimension=8)
    people = Crowd.of(photos)
    (cell,) = Comparer(people, Scale(), strangers(people)).compare(
        Kind.SINGLE, people.faces(Kind.SINGLE, 2), 2e-3
    )
    different = people.people[:, None] < people.people
    cosines = np.sort((photos.vectors @ photos.vectors.T)[different])[::-1]
    assert cell.tail.trials == len(cosines) == 230 * 229 // 2 * 9
    assert len(cell.tail.closeness) == max(LEAST_KEPT, int(KEPT * 2e-3 * len(cosines)))
    assert cell.tail.closeness == pytest.approx(cosines[: len(cell.tail.closeness)], abs=1e-5)
    assert len(cell.genuine) == 230 * 3


@pytest.mark.parametrize("scale", [Scale(), *SCALES[1:3]], ids=str)
def test_a_search_finds_the_nearest_of_the_gallery(scale: Scale) -> None:
    people, cohort = some(), strangers(some())
    faces, dealt = people.faces(Kind.SINGLE, 2), people.parts(PARTS)
    gallery = gallery_of(crowd(12, 1, dimension=8, seed=9).vectors)
    found = Comparer(people, scale, cohort).search(Kind.SEARCH, faces, gallery)
    assert sum(cell.tail.trials for cell in found) == len(faces.norms)
    for cell in found:
        assert cell.genuine.size == 0
        for value, (row,) in zip(cell.tail.closeness, cell.photos, strict=True):
            kept = without(cohort, dealt, {int(dealt[people.people[row]])})
            nearest = round(len(kept.people))
            both = replace(
                faces,
                vectors=np.vstack([faces.vectors[row][None], gallery.vectors]),
                norms=np.append(faces.norms[row], gallery.norms),
            )
            scores = [naive(scale, (0, at), both, kept, nearest) for at in range(1, 13)]
            assert value == pytest.approx(max(scores), rel=2e-3, abs=2e-3)


def test_a_cohort_of_others_is_used_whole() -> None:
    people, others = some(), strangers(Crowd.of(crowd(50, 1, dimension=8, seed=5)))
    faces, scale = people.faces(Kind.SINGLE, 2), SCALES[2]
    comparer = Comparer(people, scale, others, among=False)
    for cell in comparer.compare(Kind.SINGLE, faces, 1e-2):
        for at in range(0, len(cell.photos), 50):
            one, other = (int(row) for row in cell.photos[at])
            score = naive(scale, (one, other), faces, others, 50)
            assert cell.tail.closeness[at] == pytest.approx(score, rel=2e-3, abs=2e-3)


def test_a_cohort_is_large_enough_if_two_parts_leave_enough() -> None:
    for count in range(30, 45):
        people = Crowd.of(crowd(count, 1, dimension=4))
        sizes = sorted(np.bincount(people.parts(PARTS)))
        assert enough_strangers(people, strangers(people)) is bool(sum(sizes[:-2]) >= FEWEST)


def test_people_of_different_cells_are_never_compared() -> None:
    people = Crowd.of(two_groups(20, 2))
    found = Comparer(people, Scale(), strangers(people)).compare(
        Kind.SINGLE, people.faces(Kind.SINGLE, 2), 1e-2
    )
    assert [cell.tail.trials for cell in found] == [760, 760]


def test_a_person_met_in_many_blocks_counts_once() -> None:
    people = Crowd.of(crowd(530, 1, dimension=4))
    (cell,) = Comparer(people, Scale(), strangers(people)).compare(
        Kind.SINGLE, people.faces(Kind.SINGLE, 2), 0.5
    )
    assert cell.tail.trials == len(cell.tail.closeness) == 530 * 529 // 2
    low, high = cell.photos.min(axis=1), cell.photos.max(axis=1)
    assert len(np.unique(low * 530 + high)) == len(low)
