"""Feeding: a picture of a face -> the numbers that a network takes, as its manifest says."""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceidd.models.manifest import EmbedderManifest, Normalization, PixelRule
from faceidd.models.runtime import Tensor


def feed(picture: NDArray[np.uint8], manifest: EmbedderManifest, into: Tensor) -> None:
    """Write a picture into a network's input.

    Args:
        picture: uint8 (S, S, 3) BGR.
        manifest: Says the color order and the normalization.
        into: float32 (S, S, 3), overwritten.
    """
    if manifest.color == "rgb":
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
    normalize(picture, manifest.normalization, into)


def normalize(picture: NDArray[np.uint8], rule: PixelRule, into: Tensor) -> None:
    """Write a picture's normalized pixels.

    Args:
        picture: uint8 (..., 3), in the network's color order.
        rule: How.
        into: float32 of the same shape, overwritten.
    """
    if isinstance(rule, Normalization):
        mean = np.asarray(rule.mean, np.float32)
        scale = rule.scale
    else:
        mean = picture.mean(dtype=np.float64).astype(np.float32)
        scale = max(float(picture.std(dtype=np.float64)), picture.size**-0.5)
    np.subtract(picture, mean, out=into)
    np.multiply(into, np.float32(1 / scale), out=into)
