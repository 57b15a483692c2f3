"""Every variant of every embedder pack beside each other: its size, and its time for one face.

Times depend on architecture only, so packs built from weights that were made up serve as well.
They are processor time, the least of several rounds, so that others on the machine matter little;
with one thread that is how long a face takes.
"""

import time

import numpy as np

from bench.setup import options
from faceidd.daemon.config import Config
from faceidd.daemon.recognition import build_model
from faceidd.face.alignment import AlignedFace
from faceidd.face.embedding import FaceEmbedder
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import load_pack, pack_names

ROUNDS = 9
LEAST_S = 0.3
"""A round takes no less than this."""


def main() -> int:
    """Print the table."""
    arguments = options(__doc__ or "").parse_args()
    print("| pack | variant | numbers | MB | ms a face |")
    print("|---|---|---|---|---|")
    for name in pack_names(arguments.models):
        manifest = load_pack(arguments.models, name).manifest
        if not isinstance(manifest, EmbedderManifest):
            continue
        for variant, entry in manifest.files.items():
            models = {
                "dir": str(arguments.models.resolve()),
                "embedder": name,
                "variant": variant,
                "threads": arguments.threads,
            }
            embedder = build_model(Config.model_validate({"models": models})).recognizer.embedder
            side = manifest.input_px
            face = AlignedFace(np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8))
            embedder.embed(face)
            cost = min(_milliseconds(embedder, face) for _ in range(ROUNDS))
            size = entry.size_bytes / 1e6
            print(
                f"| {name} | {variant} | {manifest.dimension} | {size:.1f} | {cost:.1f} |",
                flush=True,
            )
    return 0


def _milliseconds(embedder: FaceEmbedder, face: AlignedFace) -> float:
    start, count = time.process_time(), 0
    while time.process_time() - start < LEAST_S:
        embedder.embed(face)
        count += 1
    return (time.process_time() - start) / count * 1000


if __name__ == "__main__":
    raise SystemExit(main())
