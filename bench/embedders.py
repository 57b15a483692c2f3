"""Every variant of every embedder pack beside each other: its size, and its time for one face.

Times depend on architecture only, so packs built from weights that were made up serve as well.
"""

import statistics
import time

import numpy as np

from bench.setup import options
from faceidd.daemon.config import Config
from faceidd.daemon.recognition import build_model
from faceidd.face.alignment import AlignedFace
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import load_pack, pack_names

ROUNDS = 7
LEAST_S = 0.5
"""A round lasts no less than this."""


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
            rounds = []
            for _ in range(ROUNDS):
                start, count = time.perf_counter(), 0
                while time.perf_counter() - start < LEAST_S:
                    embedder.embed(face)
                    count += 1
                rounds.append((time.perf_counter() - start) / count * 1000)
            # The least: others may use the machine too.
            cost = f"{min(rounds):.1f} (median {statistics.median(rounds):.1f})"
            size = entry.size_bytes / 1e6
            print(
                f"| {name} | {variant} | {manifest.dimension} | {size:.1f} | {cost} |", flush=True
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
