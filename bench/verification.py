"""LFW's verification protocol, through the product's own detector, crop and model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.dataset import Pair, central, lfw_pairs, read_image
from faceidd.face.recognizer import Recognizer

Cosines = NDArray[np.float64]
NO_FACE = -1.0
"""Similarity given to a pair of which a photo shows no face: it is called different."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Mean and standard error of the accuracy over the folds."""

    mean: float
    error: float


@dataclass(frozen=True, slots=True)
class Lfw:
    """How a recognizer did on LFW."""

    accuracy: Accuracy
    pairs: int
    photos: int
    faceless: int


def run_lfw(recognizer: Recognizer) -> Lfw:
    """Embed the central face of every photo and verify all pairs."""
    pairs = lfw_pairs()
    paths = sorted({path for pair in pairs for path in (pair.first, pair.second)})
    vectors = {}
    for path in paths:
        image = read_image(path)
        face = central(image, recognizer.detector.detect(image))
        if face is not None:
            vectors[path] = recognizer.embed(image, face).vector
    cosines = [
        float(vectors[pair.first] @ vectors[pair.second])
        if pair.first in vectors and pair.second in vectors
        else NO_FACE
        for pair in pairs
    ]
    accuracy = verify(pairs, np.array(cosines))
    return Lfw(accuracy, len(pairs), len(paths), len(paths) - len(vectors))


def verify(pairs: Sequence[Pair], cosines: Cosines) -> Accuracy:
    """Judge each fold by the threshold that is best on the other folds.

    Huang et al., "Labeled Faces in the Wild", 2007: image-restricted View 2, here over the
    folds that there are.
    """
    folds = np.array([pair.fold for pair in pairs])
    same = np.array([pair.same for pair in pairs])
    rates = []
    for fold in np.unique(folds):
        others, here = folds != fold, folds == fold
        threshold = _best(cosines[others], same[others])
        rates.append(float(((cosines[here] >= threshold) == same[here]).mean()))
    return Accuracy(float(np.mean(rates)), float(np.std(rates) / np.sqrt(len(rates))))


def _best(cosines: Cosines, same: NDArray[np.bool_]) -> float:
    candidates = np.unique(cosines)
    right = [((cosines >= threshold) == same).mean() for threshold in candidates]
    return float(candidates[int(np.argmax(right))])
