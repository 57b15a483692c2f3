"""Provenance: what a calibration rests on comes back as it was, and nothing else is taken."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.calibrations import provenance

from faceidd.face.quality_gate import Limits
from faceidd.gallery.provenance import (
    CellRecord,
    GroupRecord,
    Provenance,
    Seeing,
    Target,
    TrialRecord,
    fmr_of_fpir,
)
from faceidd.gallery.scale import Normalization
from faceidd.models.manifest import BoxCrop

CELL = CellRecord(
    set="web", group="east", kind="single", people=40, faces=80, trials=1000, accepted=2,
    low=0.0002, high=0.007, threshold=0.41, genuine=50, refused=10,
)  # fmt: skip


def full() -> Provenance:
    """With a record of each kind."""
    return provenance().model_copy(
        update={
            "target": Target(fmr=1e-4, fpir=1e-2, templates=100),
            "cells": (CELL,),
            "groups": (GroupRecord(group="east", people=40, comparisons=3120, supported=True),),
            "tried": (
                TrialRecord(normalization=Normalization.S_NORM, threshold=2.5, fnmr=0.1),
                TrialRecord(normalization=Normalization.NONE, threshold=0.41, fnmr=None),
            ),
        }
    )


def test_it_comes_back_as_it_was() -> None:
    assert Provenance.model_validate_json(full().model_dump_json()) == full()


@pytest.mark.parametrize("name", sorted(Provenance.model_fields))
def test_no_part_may_be_missing(name: str) -> None:
    data = full().model_dump(mode="json")
    del data[name]
    with pytest.raises(ValidationError, match=name):
        Provenance.model_validate(data)


@pytest.mark.parametrize(
    ("part", "spoiled"),
    [
        ("identities", ["Ada"]),
        ("made_at", "2026-05-04T00:00:00"),
        ("version", ""),
        ("model_name", "x" * 201),
        ("frames", 0),
        ("people", -1),
        ("low", "nan"),
        ("high", float("inf")),
        ("target", {"fmr": 0}),
        ("target", {"fmr": 1e-3, "fpir": 1.0}),
        ("target", {"fmr": 1e-3, "templates": 0}),
        ("target", {"fmr": 1e-3, "far": 1e-3}),
        ("seeing", {"detector": "haar", "crop_sha256": "c", "limits_sha256": "d" * 64}),
        ("cells", [CELL.model_dump() | {"kind": "double"}]),
        ("cells", [CELL.model_dump() | {"high": 1.5}]),
        ("cells", [CELL.model_dump() | {"path": "/photos/ada.png"}]),
        ("tried", [{"normalization": "z_norm", "threshold": 1, "fnmr": None}]),
    ],
)
def test_what_is_wrong_or_unknown_is_refused(part: str, spoiled: Any) -> None:
    with pytest.raises(ValidationError):
        Provenance.model_validate(full().model_dump(mode="json") | {part: spoiled})


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(full(), "people", 41)  # noqa: B010 - a plain assignment is a type error too


def test_a_cells_rates_follow_from_its_counts() -> None:
    assert (CELL.fmr, CELL.fnmr) == (0.002, 0.2)
    none = CELL.model_copy(update={"trials": 0, "accepted": 0, "genuine": 0, "refused": 0})
    assert (none.fmr, none.fnmr) == (0.0, None)


def test_fpir_follows_from_fmr_and_the_gallerys_size() -> None:
    assert Target(fmr=1e-3).expected_fpir() is None
    assert Target(fmr=1e-3, templates=1).expected_fpir() == pytest.approx(1e-3)
    assert Target(fmr=1e-3, templates=100).expected_fpir() == pytest.approx(0.0952, abs=1e-4)
    assert Target(fmr=0.5, templates=2).expected_fpir() == 0.75


@given(st.floats(1e-6, 0.9), st.integers(1, 100_000))
def test_the_fmr_for_an_fpir_gives_that_fpir(fpir: float, templates: int) -> None:
    fmr = fmr_of_fpir(fpir, templates)
    assert fpir / templates <= fmr * (1 + 1e-6)  # no stricter than if errors added up
    assert fmr <= fpir * (1 + 1e-6)
    assert Target(fmr=fmr, templates=templates).expected_fpir() == pytest.approx(fpir, rel=1e-4)


@given(st.floats(1e-6, 0.9), st.integers(1, 10_000))
def test_a_larger_gallery_needs_a_stricter_fmr(fpir: float, templates: int) -> None:
    assert fmr_of_fpir(fpir, 2 * templates) < fmr_of_fpir(fpir, templates)


def test_what_a_face_goes_through_is_noted_and_differences_are_told() -> None:
    rule = BoxCrop(scale=1.2)
    noted = Seeing.of("blazeface", rule, Limits())
    assert noted == Seeing.of("blazeface", rule.model_copy(), Limits())
    assert noted.differences(noted) == ()
    assert noted.differences(Seeing.of("haar", rule, Limits())) == (
        "the detector (blazeface, haar)",
    )
    other = Seeing.of("haar", rule.model_copy(update={"scale": 1.3}), Limits(max_yaw=0.3))
    assert noted.differences(other) == (
        "the detector (blazeface, haar)",
        "the crop rule",
        "the limits of quality",
    )
