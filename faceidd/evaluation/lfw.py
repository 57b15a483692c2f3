"""Labeled Faces in the Wild's protocol: pairs of photos, judged in folds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceidd.evaluation.comparisons import Comparisons, ScoredPair
from faceidd.evaluation.embedded import Embedded
from faceidd.evaluation.errors import EvaluationError
from faceidd.evaluation.folds import FoldAccuracy, verify
from faceidd.evaluation.labeled import ALL, LFW, LabeledPhoto
from faceidd.evaluation.rates import Closeness
from faceidd.gallery.scoring import Scorer

NO_FACE = -np.inf
"""Closeness of a pair of which a photo gave no embedding: it is called different."""
LISTED = 5
"""Missing photos named in one message."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos, and whether one person is on both."""

    fold: int
    same: bool
    first: LabeledPhoto
    second: LabeledPhoto


@dataclass(frozen=True, slots=True, eq=False)
class Lfw:
    """How a model did.

    Attributes:
        accuracy: Over the folds.
        pairs: How many pairs.
        faceless: How many of them have a photo that gave no embedding.
        comparisons: The scores of the others.
    """

    accuracy: FoldAccuracy
    pairs: int
    faceless: int
    comparisons: Comparisons


def read_pairs(file: Path, photos: Path) -> tuple[Pair, ...]:
    """Read `pairs.txt`: a line with the folds and the pairs of either kind in each, then the pairs.

    A pair is `NAME n m` (one person) or `NAME n OTHER m` (two); a photo is
    `NAME/NAME_0001.jpg` in the folder of photos.

    Raises:
        EvaluationError: The file cannot be read as such, or names photos that are not there.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        folds, each = (int(word) for word in lines[0].split())
    except (OSError, UnicodeDecodeError, ValueError, IndexError) as error:
        raise EvaluationError(
            f"{file} cannot be read as LFW's pairs: {error}",
            do="name its pairs.txt, which begins with the number of folds and of pairs",
        ) from error
    body = [(number, line.split()) for number, line in enumerate(lines[1:], 2) if line.strip()]
    if folds < 2 or each < 1 or len(body) != 2 * folds * each:  # noqa: PLR2004 - one fold has no other to be judged by
        raise EvaluationError(
            f"{file} has {len(body)} pairs; its first line says {folds} folds of {each} pairs of"
            " either kind, and there are two folds at least",
            do="name the whole of pairs.txt",
        )
    pairs = tuple(
        _pair(file, number, at // (2 * each), words, photos)
        for at, (number, words) in enumerate(body)
    )
    _require_photos(pairs, photos)
    return pairs


def photos_of(pairs: Sequence[Pair]) -> tuple[LabeledPhoto, ...]:
    """The photos of all pairs, each once."""
    return tuple(dict.fromkeys(photo for pair in pairs for photo in (pair.first, pair.second)))


def measure_lfw(
    pairs: Sequence[Pair], embedded: Embedded, scorer: Scorer, *, worst: int = 0
) -> Lfw:
    """Score all pairs and judge them.

    Args:
        pairs: The pairs.
        embedded: Their photos.
        scorer: What scores are measured in.
        worst: How many of the worst pairs of either kind to keep.
    """
    row_of = {photo.path: row for row, photo in enumerate(embedded.photos)}
    rows = [(row_of.get(pair.first.path), row_of.get(pair.second.path)) for pair in pairs]
    closeness = _closeness(rows, embedded, scorer)
    folds = np.array([pair.fold for pair in pairs])
    same = np.array([pair.same for pair in pairs])
    seen = np.isfinite(closeness)
    scored = [
        ScoredPair(float(scorer.scale.closeness(value)), first, second)
        for value, (first, second) in zip(closeness, rows, strict=True)
        if first is not None and second is not None
    ]
    order = np.argsort(closeness[seen], kind="stable")
    genuine = [scored[at] for at in order if same[seen][at]]
    impostor = [scored[at] for at in order[::-1] if not same[seen][at]]
    return Lfw(
        verify(folds, same, closeness),
        len(pairs),
        int((~seen).sum()),
        Comparisons(
            np.sort(closeness[seen & same]),
            np.sort(closeness[seen & ~same]),
            int((seen & ~same).sum()),
            tuple(genuine[:worst]),
            tuple(impostor[:worst]),
        ),
    )


def _closeness(
    rows: Sequence[tuple[int | None, int | None]], embedded: Embedded, scorer: Scorer
) -> Closeness:
    prepared = scorer.prepare(embedded.vectors, embedded.norms)
    closeness = np.full(len(rows), NO_FACE, np.float32)
    for at, (first, second) in enumerate(rows):
        if first is not None and second is not None:
            one, other = (prepared.take(np.array([row])) for row in (first, second))
            closeness[at] = scorer.scale.closeness(scorer.values(one, other))[0, 0]
    return closeness


def _pair(file: Path, number: int, fold: int, words: list[str], photos: Path) -> Pair:
    try:
        name, first, *middle, second = words
        (other,) = middle or (name,)
        return Pair(fold, not middle, _photo(photos, name, first), _photo(photos, other, second))
    except ValueError as error:
        raise EvaluationError(
            f"line {number} of {file} is no pair: {' '.join(words)}",
            do="name LFW's own pairs.txt",
        ) from error


def _photo(photos: Path, name: str, number: str) -> LabeledPhoto:
    return LabeledPhoto(photos / name / f"{name}_{int(number):04d}.jpg", LFW, name, ALL)


def _require_photos(pairs: Sequence[Pair], folder: Path) -> None:
    missing = [photo.path for photo in photos_of(pairs) if not photo.path.is_file()]
    if missing:
        names = ", ".join(str(path.relative_to(folder)) for path in missing[:LISTED])
        more = f" and {len(missing) - LISTED} more" if len(missing) > LISTED else ""
        raise EvaluationError(
            f"photos of the pairs are not in {folder}: {names}{more}",
            do="name the folder that holds a folder a person",
        )
