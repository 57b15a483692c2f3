"""What `faceidd eval` does: photos, model and cohort together, and what is told of them."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from faceidd.cli.measured import Measured, NamedCohort
from faceidd.enroll.templates import Agreement
from faceidd.evaluation import tables
from faceidd.evaluation.criterion import Criterion
from faceidd.evaluation.draws import DrawRules
from faceidd.evaluation.embedded import Embedded, count_reasons
from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.figures import Figures, lfw_figures, people_figures
from faceidd.evaluation.fusion import MOST_FRAMES, DoorFusion
from faceidd.evaluation.labeled import read_photos, with_sessions
from faceidd.evaluation.lfw import measure_lfw, photos_of, read_pairs
from faceidd.evaluation.people import among, leave_out, leave_out_faces, measure_people
from faceidd.evaluation.pictures import aligned_faces
from faceidd.evaluation.plots import Curve, det_plot, score_plot
from faceidd.evaluation.report import Report, write_report
from faceidd.gallery.scoring import Cohort


def evaluate_people(args: argparse.Namespace) -> int:
    """Run `faceidd eval people`.

    Raises:
        FaceiddError: The photos, the model or the cohort cannot be used.
    """
    _require_frames(args)
    photos = with_sessions(read_photos(args.manifest), args.session_pattern)
    photos = tuple(photo for photo in photos if photo.set not in args.leave_out)
    if not photos:
        raise EvaluationError("no photo is left to measure", do="leave fewer sets out")
    measured = Measured.of(args)
    gate, criterion = not args.no_gate, measured.criterion()
    cohort = measured.cohort(criterion)
    embedded, left_out = _disjoint(measured.embed(photos, gate=gate), cohort)
    people = measure_people(
        embedded,
        measured.scorer(criterion, cohort),
        criterion,
        DoorFusion(Agreement.of_model(measured.model.recognizer.same_face)),
        DrawRules(args.enroll_photos, args.frames, args.draws, args.seed),
        worst=args.worst,
        progress=args.progress,
    )
    root = args.manifest if args.manifest.is_dir() else args.manifest.parent
    figures = measured.head("How alike are people?", str(args.manifest), criterion, gate=gate)
    figures["cohort"] = _cohort_figures(cohort, left_out, "the measured people")
    figures |= people_figures(people, embedded, criterion, measured.config.access.min_margin, root)
    _tell_head(figures)
    print("\nOne photo against another\n\n" + tables.cell_table(figures))
    print("\nBy group\n\n" + tables.group_table(figures))
    if figures["spreads"]:
        print("\n" + tables.spread_table(figures))
    print("\nVisits, half the people enrolled\n\n" + tables.open_set_table(figures))
    curves = [Curve(c.name, c.set, c.group, c.comparisons) for c in people.cells]
    _write(measured, figures, curves, criterion, root)
    return 0


def evaluate_lfw(args: argparse.Namespace) -> int:
    """Run `faceidd eval lfw`.

    Raises:
        FaceiddError: The pairs, the model or the cohort cannot be used.
    """
    pairs = read_pairs(args.pairs, args.photos)
    measured = Measured.of(args)
    criterion = measured.criterion()
    embedded = measured.embed(photos_of(pairs), gate=False)
    cohort, left_out = _cohort_without(embedded, measured.cohort(criterion), measured)
    lfw = measure_lfw(pairs, embedded, measured.scorer(criterion, cohort), worst=args.worst)
    figures = measured.head("Labeled Faces in the Wild", str(args.pairs), criterion, gate=False)
    figures["cohort"] = _cohort_figures(cohort, left_out, "the cohort")
    figures |= lfw_figures(lfw, embedded, criterion, args.photos)
    _tell_head(figures)
    print("\n" + tables.accuracy_table(figures))
    curves = [Curve("lfw", "lfw", "all", lfw.comparisons)]
    _write(measured, figures, curves, criterion, args.photos)
    return 0


def _disjoint(embedded: Embedded, cohort: NamedCohort | None) -> tuple[Embedded, int]:
    """Leave people out who stand in the cohort: of them it knows what it must not."""
    if cohort is None:
        return embedded, 0
    if cohort.photos is None:
        rest, left_out = leave_out_faces(embedded, cohort.cohort.vectors)
    else:
        rest, left_out = leave_out(embedded, cohort.photos)
    if left_out and not rest.photos:
        raise EvaluationError(
            f"all {left_out} people stand in the cohort, {cohort.source}",
            do="measure people who do not",
        )
    return rest, left_out


def _cohort_without(
    embedded: Embedded, cohort: NamedCohort | None, measured: Measured
) -> tuple[NamedCohort | None, int]:
    """Leave people out of the cohort who are measured, for the protocol's pairs cannot be fewer."""
    if cohort is None:
        return None, 0
    if cohort.photos is not None:
        rest, left_out = leave_out(cohort.photos, embedded)
        return measured.cohort_of(rest, cohort.source), left_out
    faces = cohort.cohort
    rows = [np.empty(0, np.intp), *among(embedded, faces.vectors).values()]
    known = np.unique(np.concatenate(rows))
    kept = np.setdiff1d(np.arange(len(faces.norms)), known)
    fewer = Cohort(faces.model_id, faces.vectors[kept], faces.norms[kept])
    return NamedCohort(fewer, cohort.source, None), known.size


def _cohort_figures(cohort: NamedCohort | None, left_out: int, of: str) -> Figures | None:
    if cohort is None:
        return None
    photos = cohort.photos
    return {
        "people": len(cohort.cohort.vectors),
        "reasons": {} if photos is None else count_reasons(photos.refused),
        "source": cohort.source,
        "left_out": left_out,
        "left_out_of": of,
    }


def _write(
    measured: Measured,
    figures: Figures,
    curves: Sequence[Curve],
    criterion: Criterion,
    root: Path,
) -> None:
    folder = measured.args.report
    if folder is None:
        return
    plots = [score_plot(curve, criterion) for curve in curves]
    report = Report(
        figures,
        det_plot(curves, criterion),
        [one for one in plots if one is not None],
        root,
        aligned_faces(measured.model.recognizer),
    )
    print(f"\nwritten: {write_report(report, folder)}, with pictures of people")


def _tell_head(figures: Figures) -> None:
    model, point, photos = (figures[name] for name in ("model", "operating_point", "photos"))
    limit = "no threshold" if point["threshold"] is None else f"threshold {point['threshold']:.6g}"
    print(
        f"{model['name']}, {model['detector']} from {model['min_face_px']} px,"
        f" quality gate {'on' if model['gate'] else 'off'}"
    )
    print(f"scores in {point['scale']}; {limit} ({point['origin']})")
    if (cohort := figures["cohort"]) is not None:
        print(
            f"cohort of {cohort['people']} people, {cohort['source']};"
            f" photos refused: {tables.reasons(cohort['reasons'])};"
            f" {cohort['left_out']} stood in both and were left out of {cohort['left_out_of']}"
        )
    print(
        f"{photos['embedded']} of {photos['given']} photos gave an embedding;"
        f" refused: {tables.reasons(photos['reasons'])}"
    )


def _require_frames(args: argparse.Namespace) -> None:
    if args.frames > MOST_FRAMES:
        raise EvaluationError(
            f"--frames {args.frames}: the door fuses {MOST_FRAMES} frames at most",
            do=f"name 1 to {MOST_FRAMES}",
        )
