"""Our packs beside face_recognition (dlib) and DeepFace's pipeline, on the same photos.

Every system finds, crops and embeds the face itself, as it does by default. FNMR is told at equal
FMR, which the impostor pairs of each set determine for each system, so that no system gains by its
threshold. DeepFace's own weights are not in its package: its pipeline is measured around the
weights of our FaceNet pack, once as it comes and once with the best of its settings that we found.
Our calibrated contenders are as `faceidd calibrate` makes them, of people who are not measured.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.dataset import read_image, require_faces
from bench.rivals_contenders import (
    CELLS,
    FRAMES,
    Cell,
    Contender,
    Photos,
    Timed,
    common,
    contenders,
    taken,
)
from bench.rivals_models import DLIB
from bench.setup import options
from faceidd.enroll.templates import Agreement
from faceidd.evaluation.comparisons import Comparisons, compare_all
from faceidd.evaluation.draws import DrawRules
from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.fusion import DoorFusion
from faceidd.evaluation.identification import identify
from faceidd.evaluation.rates import accepted, threshold_at

RATES = (1e-2, 1e-3)
FPIR = 1e-2
VISITED = ("casia", "nuaa_live", "nogizaka", "kpop")
"""Sets with photos enough of each person to enroll some and to come with others."""
TRUSTING = DoorFusion(Agreement(alien=-1, familiar=-1, apart=2))
"""Leaves no photo out: the photos are filed rightly, and the rivals know no such rule."""
DRAWS = DrawRules(photos=3, frames=FRAMES, repeats=100, seed=0)
TIMED_SETS = ("casia", "nuaa_live")
TIMED_PHOTOS = 20
"""Of each of these sets, 640 x 480 photos from a webcam."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The same photos as every contender sees them.

    Attributes:
        title: Which photos.
        faces: Contender, set and group -> embeddings.
        pairs: Contender, set and group -> how alike they are.
    """

    title: str
    faces: dict[tuple[str, Cell], Embedded]
    pairs: dict[tuple[str, Cell], Comparisons]

    @classmethod
    def of(cls, title: str, found: Sequence[Contender], *, gate: bool) -> "Part":
        """Compare the photos that every contender has an embedding of."""
        parts = {one.name: one.good if gate else one.seen for one in found}
        paths = common(list(parts.values()))
        keys = [(one, cell) for one in found for cell in CELLS]
        faces = {(one.name, cell): taken(parts[one.name], paths, cell) for one, cell in keys}
        pairs = {
            (one.name, cell): compare_all(faces[one.name, cell], one.scorer) for one, cell in keys
        }
        return cls(title, faces, pairs)


def main() -> int:
    """Print the tables; return 1 where ours, as it runs calibrated, is not better than dlib."""
    arguments = options(__doc__ or "").parse_args()
    require_faces()
    photos = Photos.read()
    found, timed = contenders(arguments, photos)
    _print_acquired(found, photos)
    every = Part.of("every photo in which all systems found a face", found, gate=False)
    good = Part.of(
        "of these, the photos that the product's quality gate lets through", found, gate=True
    )
    for part in (every, good):
        _print_verification(found, part)
        _print_visits(found, part)
    _print_defaults(found, every)
    _print_times(timed, photos)
    return _print_verdict(found, every)


def _print_acquired(found: Sequence[Contender], photos: Photos) -> None:
    gate = next(one.good for one in found if one.ours)
    parts = [*(one.seen for one in found), gate]
    names = [*(one.name for one in found), "and through our gate"]
    _head("Photos in which a face was found", ["photos", *names])
    for cell, name in CELLS.items():
        given = sum((photo.set, photo.group) == cell for photo in photos.measured)
        counts = [sum((one.set, one.group) == cell for one in part.photos) for part in parts]
        _row(name, [str(given), *map(str, counts)])


def _print_verification(found: Sequence[Contender], part: Part) -> None:
    rates = " and ".join(f"{rate:g}" for rate in RATES)
    _head(f"FNMR at FMR {rates}, {part.title}", ["genuine pairs", *(one.name for one in found)])
    for cell, name in CELLS.items():
        results = [part.pairs[one.name, cell] for one in found]
        told = [" / ".join(_told(_fnmr(pairs, rate)) for rate in RATES) for pairs in results]
        _row(name, [str(results[0].genuine.size), *told])


def _print_visits(found: Sequence[Contender], part: Part) -> None:
    _head(
        f"Share of visits recognized at FPIR {FPIR:g}, {DRAWS.photos} photos enrolled,"
        f" {DRAWS.frames} frames fused, half of the people strangers, {part.title}",
        [one.name for one in found],
    )
    for cell in (cell for cell in CELLS if cell[0] in VISITED):
        results = [
            identify(part.faces[one.name, cell], one.scorer, TRUSTING, DRAWS) for one in found
        ]
        _row(CELLS[cell], [_told(one.tpir_at(FPIR) if one else None) for one in results])


def _print_defaults(found: Sequence[Contender], part: Part) -> None:
    _head(f"FMR and FNMR at each one's own threshold, {part.title}", [one.name for one in found])
    _row("threshold", [f"{one.threshold:.3g} ({one.scorer.scale})" for one in found])
    for cell, name in CELLS.items():
        told = []
        for one in found:
            pairs = part.pairs[one.name, cell]
            fmr = accepted(pairs.impostor, one.limit) / pairs.impostor.size
            told.append(f"{fmr:.4f} / {_refused(pairs, one.limit):.3f}")
        _row(name, told)


def _print_times(timed: Sequence[Timed], photos: Photos) -> None:
    """Time the systems in turns, so that all see the same machine."""
    times: dict[str, list[float]] = {one.name: [] for one in timed}
    for name in TIMED_SETS:
        chosen = [photo for photo in photos.measured if photo.set == name][:TIMED_PHOTOS]
        for image in (read_image(photo.path) for photo in chosen):
            for one in timed:
                began = time.perf_counter()
                one.model.look(image)
                times[one.name].append(time.perf_counter() - began)
    _head("Time: photo of 640 x 480 to embedding, one thread", ["ms, median"])
    for name, seconds in times.items():
        _row(name, [f"{1000 * statistics.median(seconds):.0f}"])


def _print_verdict(found: Sequence[Contender], part: Part) -> int:
    """Hold ours to the promise: on every East Asian set, a lower FNMR than dlib at equal FMR."""
    dlib = next((one for one in found if one.name == DLIB), None)
    if dlib is None:
        return 0
    print("\n## Against dlib, on the East Asian sets\n")
    kept = True
    for one in (one for one in found if one.ours):
        missed = [
            f"{name} at {rate:g}: {_told(mine)} against {_told(its)}"
            for cell, name in CELLS.items()
            if cell[1] == "east_asian"
            for rate in RATES
            for mine, its in [_both(part, one, dlib, cell, rate)]
            if mine is None or its is None or mine >= its
        ]
        print(f"- {one.name}: {'not lower on ' + '; '.join(missed) if missed else 'lower on all'}")
        kept = kept and not (missed and one.calibrated)
    return 0 if kept else 1


def _both(
    part: Part, one: Contender, other: Contender, cell: Cell, rate: float
) -> tuple[float | None, float | None]:
    return _fnmr(part.pairs[one.name, cell], rate), _fnmr(part.pairs[other.name, cell], rate)


def _fnmr(pairs: Comparisons, fmr: float) -> float | None:
    """FNMR at an FMR; None where there are too few impostor pairs to tell."""
    threshold = threshold_at(pairs.impostor, fmr)
    return None if threshold is None else _refused(pairs, threshold)


def _refused(pairs: Comparisons, threshold: float) -> float:
    return 1 - accepted(pairs.genuine, threshold) / pairs.genuine.size


def _told(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _head(title: str, columns: Sequence[str]) -> None:
    print(f"\n## {title}\n")
    print(f"| set | {' | '.join(columns)} |")
    print("|---" * (1 + len(columns)) + "|", flush=True)


def _row(name: str, values: Sequence[str]) -> None:
    print(f"| {name} | {' | '.join(values)} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
