"""What is told of a calibration: the same numbers for people and for programs."""

import json
from dataclasses import replace

import pytest
from support.calibrating import calibrated, gallery_of, leaning, purpose, two_groups, with_twin
from support.measured_people import crowd, together

from faceidd.evaluation.calibration_check import held_out
from faceidd.evaluation.calibration_people import Crowd
from faceidd.evaluation.calibration_report import Told, as_json, as_text
from faceidd.evaluation.calibration_suspects import suspects
from faceidd.evaluation.calibration_tail import trials_needed
from faceidd.evaluation.confidence import rate
from faceidd.gallery.provenance import Target
from faceidd.gallery.scale import Normalization, Scale

FMR = 0.02
FEW = "few"


@pytest.fixture(scope="module")
def told() -> Told:
    """Two groups, a third that is too small, a twin, photos left out, and a check."""
    photos = with_twin(together(two_groups(40, 2), crowd(4, 1, set="tiny", group=FEW, seed=2)))
    people = Crowd.of(photos)
    asked = replace(
        purpose(normalization=None), target=Target(fmr=FMR, fpir=0.3, templates=20), frames=2
    )
    gallery = gallery_of(leaning(crowd(20, 1, seed=7), 0.5).vectors)
    made = calibrated(photos, asked, gallery)
    return Told(
        made.calibration,
        suspects(people, made.attempt),
        {"blurred": 3, "no_face": 1},
        5,
        held_out(people, asked, Scale(), 2),
    )


def test_programs_are_told_everything(told: Told) -> None:
    data = json.loads(as_json(told))
    made = told.calibration
    assert data["model_id"] == made.model_id
    assert (data["metric"], data["normalization"]) == (
        made.scale.metric.value,
        made.scale.normalization.value,
    )
    assert data["threshold"] == made.threshold
    assert data["provenance"] == made.provenance.model_dump(mode="json")
    assert (data["refused"], data["unlisted"]) == ({"blurred": 3, "no_face": 1}, 5)
    assert len(data["suspects"]) == len(told.suspects)
    assert set(data["suspects"][0]["names"]) == {"twin", "one person 003"}
    assert data["suspects"][0]["as_genuine"] is True
    assert [one["threshold"] for one in data["checks"]] == [one.threshold for one in told.checks]
    for one, other in zip(data["checks"], told.checks, strict=True):
        assert one["cells"] == [cell.model_dump(mode="json") for cell in other.cells]


@pytest.mark.parametrize("kind", [Normalization.NONE, Normalization.S_NORM])
def test_programs_are_told_the_cohorts_size(told: Told, kind: Normalization) -> None:
    made = calibrated(crowd(40, 1), purpose(0.05, normalization=kind)).calibration
    data = json.loads(as_json(replace(told, calibration=made)))
    assert data["cohort"] == (0 if kind is Normalization.NONE else 40)


def test_people_are_told_the_same_numbers(told: Told) -> None:
    lines = as_text(told).splitlines()
    made = told.calibration
    assert lines[0] == "165 photos of 85 people"
    assert lines[1] == "left out, as the door would: blurred 3, no_face 1"
    assert lines[2] == "left out, as the manifest does not list them: 5"
    assert lines[4].split()[:5] == ["SET", "GROUP", "COMPARED", "PEOPLE", "TRIALS"]
    rows = {tuple(" ".join(line.split()).split(" ")) for line in lines[5:]}
    for cell in made.provenance.cells:
        expected = (
            f"{cell.set} {cell.group} {cell.kind.replace('_', ' ')} {cell.people} {cell.trials}"
            f" {cell.fmr:.2e} {cell.low:.1e} .. {cell.high:.1e} {cell.threshold:.4f}"
            f" {'-' if cell.fnmr is None else f'{cell.fnmr:.3f}'}"
        )
        assert tuple(expected.split(" ")) in rows


def test_people_are_told_the_threshold_its_interval_and_who_ruled(told: Told) -> None:
    made = told.calibration
    last = as_text(told).splitlines()[-1]
    assert f"threshold {made.threshold:.4f} on the scale {made.scale} " in last
    assert f"{made.provenance.low:.4f} .. {made.provenance.high:.4f}" in last
    assert last.endswith(f"ruled by {made.provenance.ruled_by}")


def test_people_are_told_the_spread_and_the_fpir(told: Told) -> None:
    text = as_text(told)
    cells = told.calibration.provenance.cells
    rates = [cell.fmr for cell in cells if cell.kind in {"single", "fused"}]
    assert f"FMR of the sets and groups: {min(rates):.1e} to {max(rates):.1e}" in text
    fpir = 1 - (1 - FMR) ** 20
    assert f"FPIR in a gallery of 20 templates: {fpir:.2e} at most" in text


def test_people_are_told_which_group_is_not_vouched_for(told: Told) -> None:
    text = as_text(told)
    assert f"not shown for {FEW}: 6 comparisons of 4 people, {trials_needed(FMR)} needed" in text
    assert text.count("not shown for") == 1


def test_people_are_told_what_each_normalization_gave(told: Told) -> None:
    text = as_text(told)
    assert len(told.calibration.provenance.tried) == 3
    for one in told.calibration.provenance.tried:
        line = f"normalization {one.normalization}: threshold {one.threshold:.4f}, FNMR "
        assert line + f"{one.fnmr:.3f}" in text


def test_people_are_told_of_the_twin_and_what_to_do(told: Told) -> None:
    text = as_text(told)
    twin = told.suspects[0]
    assert f"  {twin.value:.4f}  {twin.photos[0]} and {twin.photos[1]}" in text
    assert f"  if they are one: --same '{twin.names[0]}={twin.names[1]}'" in text


def test_without_a_likely_twin_the_three_most_alike_are_told(told: Told) -> None:
    doubtful = tuple(replace(one, as_genuine=False) for one in told.suspects)
    text = as_text(replace(told, suspects=doubtful))
    assert "the most alike of different people:" in text
    assert "--same" not in text
    assert len(doubtful) > 3
    shown = [one for one in doubtful if f"  {one.value:.4f}  {one.photos[0]} and " in text]
    assert shown == list(doubtful[:3])


def test_who_is_like_somebody_of_the_gallery_is_told_without_a_name_to_give(told: Told) -> None:
    one = told.suspects[0]
    known = replace(one, names=one.names[:1], photos=one.photos[:1], as_genuine=True)
    text = as_text(replace(told, suspects=(known,)))
    assert f"{one.photos[0]} and somebody of the gallery" in text
    assert "--same" not in text


def test_people_are_told_what_the_check_measured(told: Told) -> None:
    text = as_text(told)
    thresholds = ", ".join(f"{one.threshold:.4f}" for one in told.checks)
    assert f"measured on it ({thresholds}):" in text
    cells = [
        cell for one in told.checks for cell in one.cells
        if (cell.set, cell.kind) == ("two", "single")
    ]  # fmt: skip
    accepted, trials = sum(one.accepted for one in cells), sum(one.trials for one in cells)
    bounds = rate(accepted, trials)
    fnmr = sum(one.refused for one in cells) / sum(one.genuine for one in cells)
    assert (
        f"  two alike single: FMR {bounds.value:.2e} ({bounds.low:.1e} .. {bounds.high:.1e})"
        f" in {trials}, FNMR {fnmr:.3f}; in each {cells[0].fmr:.2e}, {cells[1].fmr:.2e}"
    ) in text
    assert "measured on it" not in as_text(replace(told, checks=()))
