"""People: cells, groups and spreads, and who is left out for standing in the cohort."""

from pathlib import Path

import numpy as np
import pytest
from support.measured_people import FUSION, crowd, embedded, photo, together

from faceidd.evaluation.confidence import rate
from faceidd.evaluation.criterion import Criterion
from faceidd.evaluation.draws import DrawRules
from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.people import People, among, leave_out, leave_out_faces, measure_people
from faceidd.evaluation.verification import spread
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Scale
from faceidd.gallery.scoring import Scorer

RULES = DrawRules(repeats=5)


def measured(
    people: Embedded, threshold: float | None = 0.9, metric: Metric = Metric.COSINE
) -> People:
    scale = Scale(metric)
    criterion = Criterion(scale, threshold, "told")
    return measure_people(people, Scorer(scale), criterion, FUSION, RULES, worst=2)


MIXED = together(
    crowd(6, 5, set="webcam", group="east_asian"),
    crowd(5, 4, set="web", group="east_asian", seed=1),
    crowd(4, 4, set="web", group="other", seed=2),
    crowd(3, 1, set="single", group="other", seed=3),
)


def test_people_are_compared_within_their_set_and_group() -> None:
    people = measured(MIXED)
    pairs = {
        cell.name: (cell.people, cell.comparisons.genuine.size, cell.comparisons.impostor.size)
        for cell in people.cells
    }
    assert pairs == {
        "single, other": (3, 0, 3),
        "web, east_asian": (5, 30, 160),
        "web, other": (4, 24, 96),
        "webcam, east_asian": (6, 60, 375),
    }


def test_rates_are_those_of_the_criterion() -> None:
    people = measured(MIXED, 0.93)
    for cell in people.cells:
        found = cell.comparisons
        assert cell.fmr is not None
        assert cell.fmr.errors == (found.impostor >= 0.93).sum()
        if found.genuine.size:
            assert cell.fnmr is not None
            assert cell.fnmr.errors == (found.genuine < 0.93).sum()
            assert 0 < cell.fnmr.errors < cell.fnmr.trials
        else:
            assert (cell.fnmr, cell.eer) == (None, None)


def test_a_distance_accepts_what_is_smaller() -> None:
    cosine = measured(MIXED, 0.93)
    distance = measured(MIXED, float(np.sqrt(2 - 2 * 0.93)), Metric.EUCLIDEAN_L2)
    for one, other in zip(cosine.cells, distance.cells, strict=True):
        assert one.fmr == other.fmr
        assert one.fnmr == other.fnmr
    assert distance.cells[1].fixed[0].threshold > 0


def test_groups_are_their_cells_together() -> None:
    people = measured(MIXED, 0.93)
    east, other = people.groups
    assert (east.name, east.sets, east.people) == ("east_asian", ("web", "webcam"), 11)
    assert (other.name, other.sets, other.people) == ("other", ("single", "web"), 7)
    cells = [cell for cell in people.cells if cell.group == "east_asian"]
    assert east.fnmr is not None
    assert east.fnmr.errors == sum(cell.fnmr.errors for cell in cells if cell.fnmr)


def test_without_a_threshold_there_is_no_rate_at_it() -> None:
    people = measured(MIXED, None)
    assert {cell.fmr for cell in people.cells} == {None}
    assert people.spreads == {}
    assert people.cells[1].eer is not None
    assert [one.fmr for one in people.cells[1].fixed] == [1e-2]


def test_sets_without_photos_enough_are_no_open_set() -> None:
    open_sets = measured(MIXED).open_sets
    assert open_sets["single"] is None
    webcam = open_sets["webcam"]
    assert webcam is not None
    assert (webcam.people, webcam.enrolled) == (6, 3 * RULES.repeats)


def test_refused_photos_are_counted_by_cell_and_reason() -> None:
    base = crowd(3, 2)
    refused = {photo(f"r{i}", "x"): reason for i, reason in enumerate(["blurred", "blurred", "x"])}
    gone = {photo("g", "y", group="gone"): "no_face"}
    people = measured(embedded(base.photos, base.vectors, {**refused, **gone}))
    cells = {cell.name: cell for cell in people.cells}
    assert cells["all"].reasons == {"blurred": 2, "x": 1}
    assert (cells["all"].acquisition.errors, cells["all"].acquisition.trials) == (3, 9)
    assert cells["all, gone"].acquisition.value == 1
    assert (cells["all, gone"].people, cells["all, gone"].lost) == (0, 1)
    assert (cells["all"].people, cells["all"].lost) == (3, 1)


@pytest.mark.parametrize("photos", [0, 1])
def test_nothing_to_compare_is_refused(photos: int) -> None:
    base = crowd(1, 1).take(np.arange(photos))
    none = embedded(base.photos, base.vectors, {photo("r", "x"): "blurred"})
    with pytest.raises(EvaluationError, match=f"{photos} gave an embedding, 1 did not .1 blurred"):
        measured(none)


def test_the_spread_is_between_those_of_whom_it_is_sure() -> None:
    rates = {"a": rate(90, 1000), "b": rate(1, 3), "c": rate(3, 10000), "d": rate(0, 5)}
    found = spread(rates)
    assert found is not None
    assert (found.worst, found.best) == ("a", "c")
    assert found.ratio == pytest.approx(300)
    assert found.at_least == pytest.approx(rates["a"].low / rates["c"].high)


def test_a_best_without_errors_has_no_ratio_and_equals_have_none_left() -> None:
    found = spread({"a": rate(9, 100), "b": rate(0, 100)})
    assert found is not None
    assert found.ratio is None
    assert found.at_least > 1
    equal = spread({"a": rate(5, 100), "b": rate(6, 100)})
    assert equal is not None
    assert equal.at_least == 1
    assert spread({"a": rate(5, 100)}) is None


def test_who_stands_in_the_cohort_is_left_out_by_name_or_by_file() -> None:
    people = crowd(4, 3)
    same_file = photo(str(people.photos[3].path), "somebody else")
    cohort = embedded([photo("c", "all person 002", set="x"), same_file], people.vectors[:2])
    rest, left_out = leave_out(people, cohort)
    assert left_out == 2
    assert {one.identity for one in rest.photos} == {"all person 000", "all person 003"}


def test_refused_photos_of_people_of_the_cohort_are_left_out_too() -> None:
    base = crowd(2, 2)
    people = embedded(base.photos, base.vectors, {photo("r", "all person 001"): "blurred"})
    rest, left_out = leave_out(people, crowd(3, 1).take(np.array([1])))
    assert left_out == 1
    assert rest.refused == ()
    assert {one.identity for one in rest.photos} == {"all person 000"}


def test_who_stands_in_a_cohort_without_names_is_found_by_the_same_photos() -> None:
    people = crowd(5, 3, spread=0.5)
    mean = people.vectors[0:3].mean(axis=0)
    faces = np.stack(
        [mean / np.linalg.norm(mean), people.vectors[7], crowd(1, 1, seed=5).vectors[0]]
    )
    found = among(people, faces)
    assert {name: rows.tolist() for (_, name), rows in found.items() if rows.size} == {
        "all person 000": [0],
        "all person 002": [1],
    }
    rest, left_out = leave_out_faces(people, faces)
    assert left_out == 2
    assert len(rest.photos) == 9


def test_photos_of_the_same_name_elsewhere_are_other_files(tmp_path: Path) -> None:
    one = embedded([photo(str(tmp_path / "1.png"), "a")], crowd(1, 1).vectors)
    other = embedded([photo(str(tmp_path / "x" / "1.png"), "b")], crowd(1, 1).vectors)
    assert leave_out(one, other)[1] == 0
