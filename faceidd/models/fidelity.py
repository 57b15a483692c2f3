"""Fidelity: a network must say of real faces what it said where it was made.

A converted network is compared with its original. One that was taken as it is has none here, and
is held to what must be true of it. The faces are two portraits in the public domain, varied as a
door's camera varies them: shifted, mirrored, darker, brighter, nearer, farther. How well a network
recognizes is not judged here.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.errors import ModelError
from faceidd.models.feeding import normalize
from faceidd.models.manifest import PixelRule
from faceidd.models.portraits import PortraitName, portrait
from faceidd.models.runtime import Network, Tensor
from faceidd.models.sources import Sources

FACES: dict[PortraitName, tuple[int, int, int]] = {
    "eileen_collins": (225, 117, 136),
    "grace_hopper": (264, 222, 269),
}
"""Center (x, y) and side of the square around the face, in the portrait's pixels."""
SHIFTS = (-0.06, 0.0, 0.06)
"""In sides of the square, to the right."""
SCALES = (0.85, 1.0, 1.2)
GAINS = (0.6, 1.0, 1.3)
LENGTH = 0.05
"""How much longer or shorter a converted network's raw embedding may be; the `euclidean` metric
compares them."""


def face_pictures(side: int, sources: Sources) -> tuple[NDArray[np.uint8], ...]:
    """Pictures of real faces, uint8 (side, side, 3) RGB, always the same.

    Raises:
        ModelError: A portrait cannot be fetched or read.
    """
    return tuple(
        picture for name in FACES for picture in _varied(name, portrait(name, sources), side)
    )


def face_tensors(side: int, normalization: PixelRule, sources: Sources) -> tuple[Tensor, ...]:
    """Give `face_pictures` as a network takes them, float32 (1, side, side, 3).

    Raises:
        ModelError: A portrait cannot be fetched or read.
    """
    tensors = []
    for picture in face_pictures(side, sources):
        tensor = np.empty((1, side, side, 3), np.float32)
        normalize(picture, normalization, tensor[0])
        tensors.append(tensor)
    return tuple(tensors)


def check_fidelity(
    reference: Callable[[Tensor], Tensor],
    network: Network,
    tensors: tuple[Tensor, ...],
    *,
    least: float,
    label: str,
) -> float:
    """Compare a converted network's embeddings with the original's.

    Args:
        reference: The original: float32 input -> float32 (1, D).
        network: The converted network, with one output.
        tensors: Inputs, as both take them.
        least: Least cosine similarity accepted between the two outputs of one input.
        label: What to call the network in messages.

    Returns:
        The least cosine similarity found.

    Raises:
        ModelError: The outputs differ too much, or are not finite.
    """
    return check_answers(map(reference, tensors), network, tensors, least=least, label=label)


def check_answers(
    expected: Iterable[Tensor],
    network: Network,
    tensors: tuple[Tensor, ...],
    *,
    least: float,
    label: str,
) -> float:
    """Compare a converted network's embeddings with those that the original gave before.

    Args:
        expected: The original's embeddings, D numbers for each input.
        network: The converted network, with one output.
        tensors: Inputs, as the network takes them.
        least: Least cosine similarity accepted between the two outputs of one input. Their
            lengths may differ by `LENGTH`.
        label: What to call the network in messages.

    Returns:
        The least cosine similarity found.

    Raises:
        ModelError: The outputs differ too much, or are not finite.
    """
    pairs = [
        (answer, network.run(tensor)[0]) for answer, tensor in zip(expected, tensors, strict=True)
    ]
    found = min(_cosine(*pair) for pair in pairs)
    lengths = [(float(np.linalg.norm(a)), float(np.linalg.norm(b))) for a, b in pairs]
    # Written so that NaN is refused.
    if not (found >= least and all(abs(b - a) <= LENGTH * a for a, b in lengths)):
        raise ModelError(
            f"the converted network {label} departs from its original:"
            f" least cosine {found:.6f} over {len(tensors)} faces, {least} is required;"
            f" and lengths may differ by {LENGTH:.0%}",
            do="install the versions of the build extra: pip install 'faceidd[build]'; a model of"
            " DeepFace's can also be built without this variant, by --variant",
        )
    return found


def check_pairs(
    network: Network, tensors: tuple[Tensor, ...], *, least: float, label: str
) -> float:
    """Check that a network which takes two pictures at once sees each by itself, and finitely.

    Args:
        network: The network, with one output, (2, D).
        tensors: Inputs, float32 (2, S, S, 3).
        least: Least cosine similarity accepted between what is said of two pictures, and what is
            said of them in the other order.
        label: What to call the network in messages.

    Returns:
        The least cosine similarity found.

    Raises:
        ModelError: A picture's place changes what is said of it, or an output is not finite.
    """
    found = min(
        _cosine(one, other)
        for tensor in tensors
        for one, other in zip(
            network.run(tensor)[0],
            network.run(np.ascontiguousarray(tensor[::-1]))[0][::-1],
            strict=True,
        )
    )
    # Written so that NaN is refused.
    if not found >= least:
        raise ModelError(
            f"the network {label} does not say the same of a face in both places:"
            f" least cosine {found:.6f} over {len(tensors)} faces, {least} is required",
            do="report this as a bug, with the machine and its version of ai-edge-litert",
        )
    return found


def _varied(name: PortraitName, path: Path, side: int) -> Iterator[NDArray[np.uint8]]:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ModelError(f"the portrait {path} cannot be read", do="remove the file")
    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    x, y, wide = FACES[name]
    for shift, scale, gain in product(SHIFTS, SCALES, GAINS):
        size = round(wide * scale)
        left, top = round(x + shift * wide - size / 2), max(0, round(y - size / 2))
        crop = cv2.resize(image[top : top + size, left : left + size], (side, side))
        lit = np.clip(crop * np.float32(gain), 0, 255).astype(np.uint8)
        yield lit
        if gain == 1.0:
            yield lit[:, ::-1]


def _cosine(one: Tensor, other: Tensor) -> float:
    a, b = one.reshape(-1).astype(np.float64), other.reshape(-1).astype(np.float64)
    if a.shape != b.shape:
        return float("nan")
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))
