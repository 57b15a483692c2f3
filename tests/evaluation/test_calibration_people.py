"""Who takes part: people in cells, their faces, the cohort made of them."""

import numpy as np
import pytest
from support.calibrating import shuffled, with_lengths
from support.measured_people import crowd, embedded, photo, together, unit

from faceidd.evaluation.calibration_people import (
    BALANCE,
    Crowd,
    Kind,
    strangers,
)
from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.fusion import visit
from faceidd.gallery.scoring import NEAREST


def names(people: Crowd) -> list[str]:
    """Who is who, by number."""
    found = dict(zip(people.people.tolist(), people.embedded.photos, strict=True))
    return [found[number].identity for number in range(people.size)]


def test_people_stand_in_cells_of_set_and_group() -> None:
    people = Crowd.of(
        together(crowd(3, 2, set="web", group="a"), crowd(2, 1, set="door", group="b"))
    )
    assert people.size == 5
    assert people.cells == (("door", "b"), ("web", "a"))
    assert np.bincount(people.cell_of).tolist() == [2, 3]
    for number, photo_ in zip(people.people, people.embedded.photos, strict=True):
        assert people.cells[people.cell_of[number]] == (photo_.set, photo_.group)


def test_the_order_of_people_is_not_that_of_photos_or_names() -> None:
    photos = crowd(20, 2)
    people = names(Crowd.of(photos))
    assert people == names(Crowd.of(shuffled(photos)))
    assert people != sorted(people)


def test_one_name_in_two_sets_is_two_people() -> None:
    photos = [photo("1", "Kim", set="web"), photo("2", "Kim", set="door")]
    assert Crowd.of(embedded(photos, unit(np.eye(2)))).size == 2


def test_nobody_stands_in_two_groups_and_no_photo_is_no_crowd() -> None:
    photos = [photo("1", "Kim", group="a"), photo("2", "Kim", group="b")]
    with pytest.raises(EvaluationError, match="Kim of the set all is in the groups a and b"):
        Crowd.of(embedded(photos, unit(np.eye(2))))
    with pytest.raises(EvaluationError, match="no photo gave an embedding"):
        Crowd.of(embedded([], np.empty((0, 4), np.float32)))
    faceless = {photo("a", "A"): "no_face", photo("b", "B"): "no_face", photo("c", "C"): "covered"}
    with pytest.raises(EvaluationError, match="no_face 2, covered 1"):
        Crowd.of(embedded([], np.empty((0, 4), np.float32), faceless))


def test_people_are_dealt_out_evenly_within_each_cell() -> None:
    people = Crowd.of(together(crowd(23, 1, set="a"), crowd(17, 1, set="b")))
    dealt = people.parts(4)
    for cell in (0, 1):
        sizes = np.bincount(dealt[people.cell_of == cell], minlength=4)
        assert sizes.max() - sizes.min() <= 1


def test_some_people_keep_their_photos() -> None:
    people = Crowd.of(crowd(10, 3))
    chosen = np.arange(10) % 3 == 0
    some = people.only(chosen)
    everybody = names(people)
    assert names(some) == [name for name, one in zip(everybody, chosen, strict=True) if one]
    assert len(some.embedded.photos) == 3 * some.size
    assert (some.cell_of == people.cell_of[chosen]).all()


def test_fused_faces_are_the_doors_visits_and_a_rest_is_left_out() -> None:
    photos = with_lengths(crowd(4, 7))
    people = Crowd.of(photos)
    fused = people.faces(Kind.FUSED, 3)
    assert np.bincount(fused.people).tolist() == [2, 2, 2, 2]
    for row in range(len(fused.norms)):
        mine = np.flatnonzero(people.people == fused.people[row])
        start = int(np.flatnonzero(mine == fused.photos[row])[0])
        expected = visit(photos.take(mine[start : start + 3]))
        assert fused.vectors[row] == pytest.approx(expected.vectors[0], abs=1e-6)
        assert fused.norms[row] == pytest.approx(expected.norms[0], rel=1e-6)


def test_who_has_too_few_photos_has_no_fused_face() -> None:
    people = Crowd.of(together(crowd(3, 1, set="a"), crowd(3, 2, set="b")))
    fused = people.faces(Kind.FUSED, 2)
    assert {people.cells[people.cell_of[one]][0] for one in fused.people} == {"b"}
    assert Crowd.of(crowd(3, 1)).faces(Kind.FUSED, 2).vectors.shape == (0, 32)


def test_frames_of_one_session_are_fused_together() -> None:
    people = Crowd.of(crowd(3, 6, sessions=2))
    fused = people.faces(Kind.FUSED, 3)
    assert sorted(fused.sessions.tolist()) == ["0", "0", "0", "1", "1", "1"]


def test_the_cohort_holds_each_persons_mean() -> None:
    photos = with_lengths(crowd(40, 3))
    people = Crowd.of(photos)
    cohort = strangers(people)
    assert sorted(cohort.people.tolist()) == list(range(40))
    for vector, norm, number in zip(cohort.vectors, cohort.norms, cohort.people, strict=True):
        mine = people.people == number
        assert vector == pytest.approx(unit(photos.vectors[mine].mean(axis=0)), abs=1e-6)
        assert norm == pytest.approx(photos.norms[mine].mean(), rel=1e-6)


def test_no_group_fills_the_cohort_alone() -> None:
    small, tiny = NEAREST + 5, 10
    people = Crowd.of(
        together(
            crowd(6 * NEAREST, 1, set="a", group="many", dimension=4),
            crowd(small, 1, set="b", group="few", dimension=4),
            crowd(tiny, 1, set="c", group="tiny", dimension=4),
        )
    )

    def sizes(most: int) -> dict[str, int]:
        chosen = people.cell_of[strangers(people, most).people]
        return {group: int((chosen == at).sum()) for at, (_, group) in enumerate(people.cells)}

    assert sizes(3000) == {"many": BALANCE * small, "few": small, "tiny": tiny}
    assert sizes(110) == {"many": 50, "few": 50, "tiny": tiny}
