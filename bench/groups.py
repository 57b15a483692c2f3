"""How alike strangers are to the model, in each group of people: single photos, no fusion.

For each set: the share of impostor pairs within it that the pack's threshold accepts (FMR), the
threshold that would accept one in a thousand, and the share of genuine pairs refused (FNMR).
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.dataset import Labeled, central, labeled, read_image, require_faces
from bench.setup import model, options
from faceidd.camera.frame import Image
from faceidd.face.recognizer import Recognizer

SAME_PEOPLE = (
    {"Choi_Sung-hong", "Sung_Hong_Choi"},
    {"Wang_Nan", "Nan_Wang"},
    {"Wang_Yingfan", "Yingfan_Wang"},
)
"""People whom LFW files under two names; such pairs are no impostor pairs."""


def main() -> int:
    """Print the table."""
    arguments = options(__doc__ or "").parse_args()
    require_faces()
    built = model(arguments)
    threshold = built.manifest.thresholds["cosine"]
    sets: dict[str, list[tuple[str, NDArray[np.float32]]]] = {}
    for photo in labeled():
        vector = _embed(built.recognizer, photo)
        if vector is not None:
            name = f"{photo.set} {photo.group}"
            sets.setdefault(name, []).append((photo.identity, vector))
    print(f"cosine threshold of the pack: {threshold:.3f}\n")
    print("| set | photos | impostor pairs | FMR | threshold for FMR 1e-3 | genuine pairs | FNMR |")
    print("|---|---|---|---|---|---|---|")
    for name, rows in sets.items():
        _print_row(name, rows, threshold)
    return 0


def _embed(recognizer: Recognizer, photo: Labeled) -> NDArray[np.float32] | None:
    image = read_image(photo.path)
    if photo.set == "kpop":
        image = _padded(image)
    face = central(image, recognizer.detector.detect(image))
    return None if face is None else recognizer.embed(image, face).vector


def _padded(image: Image) -> Image:
    edge = image.shape[0] // 4
    padded = cv2.copyMakeBorder(image, edge, edge, edge, edge, cv2.BORDER_CONSTANT)
    return padded.astype(np.uint8, copy=False)


def _print_row(
    name: str, rows: Sequence[tuple[str, NDArray[np.float32]]], threshold: float
) -> None:
    vectors = np.stack([vector for _, vector in rows])
    names = np.array([_canonical(identity) for identity, _ in rows])
    upper = np.triu_indices(len(rows), 1)
    cosines = (vectors @ vectors.T)[upper]
    same = names[upper[0]] == names[upper[1]]
    impostor, genuine = cosines[~same], cosines[same]
    refused = f"{(genuine < threshold).mean():.3f}" if genuine.size else "-"
    print(
        f"| {name} | {len(rows)} | {impostor.size} | {(impostor >= threshold).mean():.5f}"
        f" | {np.quantile(impostor, 0.999):.3f} | {genuine.size} | {refused} |"
    )


def _canonical(identity: str) -> str:
    return next((min(names) for names in SAME_PEOPLE if identity in names), identity)


if __name__ == "__main__":
    raise SystemExit(main())
