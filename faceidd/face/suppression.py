"""Non-maximum suppression: one detection a face."""

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]
"""float32 (N, 4): left, top, right, bottom in pixels."""


def overlaps(box: Boxes, others: Boxes, *, of_smaller: bool = False) -> NDArray[np.float32]:
    """Intersection of one box (4,) with many (N, 4), over their union or over the smaller area."""
    wide = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    high = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    shared = np.clip(wide, 0, None) * np.clip(high, 0, None)
    area = (box[2] - box[0]) * (box[3] - box[1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    base = np.minimum(area, areas) if of_smaller else area + areas - shared
    ratio: NDArray[np.float32] = (shared / np.maximum(base, 1e-6)).astype(np.float32)
    return ratio


def groups(
    boxes: Boxes, scores: NDArray[np.float32], limit: float, *, of_smaller: bool = False
) -> list[NDArray[np.intp]]:
    """Group boxes that overlap a better one by more than `limit`; best first, in each group too."""
    order = np.argsort(-scores, kind="stable")
    found: list[NDArray[np.intp]] = []
    while order.size:
        same = overlaps(boxes[order[0]], boxes[order], of_smaller=of_smaller) > limit
        same[0] = True
        found.append(order[same])
        order = order[~same]
    return found
