"""What a calibration found, for people and as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from faceidd.evaluation.calibration_check import HeldOut
from faceidd.evaluation.calibration_suspects import Suspect
from faceidd.evaluation.calibration_tail import trials_needed
from faceidd.evaluation.confidence import rate
from faceidd.gallery.calibration import Calibration
from faceidd.gallery.provenance import CellRecord

_HEADING = (
    "SET", "GROUP", "COMPARED", "PEOPLE", "TRIALS", "FMR", "95 % BOUNDS", "ASKS FOR", "FNMR",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of a calibration.

    Attributes:
        calibration: The calibration.
        suspects: People who may be one.
        refused: Photos left out, by reason.
        unlisted: Photos left out as the manifest does not list them.
        checks: What was measured on people it was not made of, if that was asked for.
    """

    calibration: Calibration
    suspects: tuple[Suspect, ...]
    refused: Mapping[str, int]
    unlisted: int
    checks: tuple[HeldOut, ...]


def as_json(told: Told) -> str:
    """The same for programs."""
    calibration = told.calibration
    return json.dumps(
        {
            "model_id": calibration.model_id,
            "metric": calibration.scale.metric.value,
            "normalization": calibration.scale.normalization.value,
            "threshold": calibration.threshold,
            "cohort": 0 if calibration.cohort is None else len(calibration.cohort.norms),
            "provenance": calibration.provenance.model_dump(mode="json"),
            "refused": dict(told.refused),
            "unlisted": told.unlisted,
            "suspects": [
                {
                    "value": round(one.value, 4),
                    "names": one.names,
                    "photos": [str(path) for path in one.photos],
                    "as_genuine": one.as_genuine,
                }
                for one in told.suspects
            ],
            "checks": [
                {
                    "threshold": one.threshold,
                    "cells": [cell.model_dump(mode="json") for cell in one.cells],
                }
                for one in told.checks
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def as_text(told: Told) -> str:
    """For people."""
    return "\n".join(
        [
            *_photos(told),
            "",
            *_table(told.calibration.provenance.cells),
            "",
            *_suspects(told.suspects),
            *_groups(told.calibration),
            *_tried(told.calibration),
            *_checks(told.checks),
            *_threshold(told.calibration),
        ]
    )


def _photos(told: Told) -> Iterator[str]:
    provenance = told.calibration.provenance
    yield f"{provenance.photos} photos of {provenance.people} people"
    if told.refused:
        reasons = ", ".join(f"{reason} {count}" for reason, count in told.refused.items())
        yield f"left out, as the door would: {reasons}"
    if told.unlisted:
        yield f"left out, as the manifest does not list them: {told.unlisted}"


def _table(cells: Sequence[CellRecord]) -> Iterator[str]:
    rows = [_HEADING, *(_row(cell) for cell in cells)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _row(cell: CellRecord) -> tuple[str, ...]:
    return (
        cell.set,
        cell.group,
        cell.kind.replace("_", " "),
        str(cell.people),
        str(cell.trials),
        f"{cell.fmr:.2e}",
        f"{cell.low:.1e} .. {cell.high:.1e}",
        f"{cell.threshold:.4f}",
        "-" if cell.fnmr is None else f"{cell.fnmr:.3f}",
    )


def _suspects(found: Sequence[Suspect]) -> Iterator[str]:
    likely = [one for one in found if one.as_genuine]
    if likely:
        yield "as near as half of the photos of one person are; who is one person spoils this:"
    elif found:
        yield "the most alike of different people:"
    for one in likely or found[:3]:
        if len(one.names) == 1:
            yield f"  {one.value:.4f}  {one.photos[0]} and somebody of the gallery"
        else:
            yield f"  {one.value:.4f}  {one.photos[0]} and {one.photos[1]}"
    for one in likely:
        if len(one.names) > 1:
            yield f"  if they are one: --same '{one.names[0]}={one.names[1]}'"
            break


def _groups(calibration: Calibration) -> Iterator[str]:
    needed = trials_needed(calibration.provenance.target.fmr)
    for one in calibration.provenance.groups:
        if not one.supported:
            yield (
                f"not shown for {one.group}: {one.comparisons} comparisons of {one.people} people,"
                f" {needed} needed"
            )


def _tried(calibration: Calibration) -> Iterator[str]:
    for one in calibration.provenance.tried:
        fnmr = "-" if one.fnmr is None else f"{one.fnmr:.3f}"
        yield f"normalization {one.normalization}: threshold {one.threshold:.4f}, FNMR {fnmr}"


def _checks(checks: Sequence[HeldOut]) -> Iterator[str]:
    if not checks:
        return
    thresholds = ", ".join(f"{one.threshold:.4f}" for one in checks)
    yield f"calibrated without a part of the people and measured on it ({thresholds}):"
    keys = sorted({(cell.set, cell.group, cell.kind) for one in checks for cell in one.cells})
    for key in keys:
        cells = [
            cell for one in checks for cell in one.cells if (cell.set, cell.group, cell.kind) == key
        ]
        accepted, trials = sum(cell.accepted for cell in cells), sum(cell.trials for cell in cells)
        genuine, refused = sum(cell.genuine for cell in cells), sum(cell.refused for cell in cells)
        bounds = rate(accepted, trials)
        fnmr = f", FNMR {refused / genuine:.3f}" if genuine else ""
        yield (
            f"  {' '.join(key)}: FMR {bounds.value:.2e} ({bounds.low:.1e} .. {bounds.high:.1e})"
            f" in {trials}{fnmr}; in each {', '.join(f'{cell.fmr:.2e}' for cell in cells)}"
        )


def _threshold(calibration: Calibration) -> Iterator[str]:
    provenance = calibration.provenance
    rates = [cell.fmr for cell in provenance.cells if cell.kind in {"single", "fused"}]
    yield f"FMR of the sets and groups: {min(rates):.1e} to {max(rates):.1e}"
    fpir = provenance.target.expected_fpir()
    if fpir is not None:
        yield (
            f"FPIR in a gallery of {provenance.target.templates} templates: {fpir:.2e} at most,"
            " if they are no more alike than strangers are"
        )
    yield (
        f"threshold {calibration.threshold:.4f} on the scale {calibration.scale}"
        f" (90 % interval {provenance.low:.4f} .. {provenance.high:.4f}),"
        f" ruled by {provenance.ruled_by}"
    )
