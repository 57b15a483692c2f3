"""Embeds faces: `arm64_embeddings.py MODELS PHOTOS OUT`, on whatever processor runs it.

MODELS has the packs, PHOTOS is a `.npz` of photos and of crops of the same faces. For each variant
of FaceNet OUT gets the embeddings of the crops, and those of the photos, whose faces are found and
cut out here; and how long one took, in seconds. Needs faceidd and nothing else of this repository.
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from faceidd.daemon.config import Config
from faceidd.daemon.recognition import build_model
from faceidd.face.alignment import AlignedFace

VARIANTS = ("float32", "float16", "int8")


def _main(models: str, photos: Path, out: Path) -> None:
    inputs = np.load(photos)
    outputs: dict[str, Any] = {}
    for variant in VARIANTS:
        settings = {"dir": models, "variant": variant, "threads": 1}
        config = Config.model_validate({"models": settings, "detector": {"min_face_px": 90}})
        recognizer = build_model(config).recognizer
        embed = recognizer.embedder.embed
        began = time.monotonic()
        crops = [embed(AlignedFace(crop)).vector for crop in inputs["crops"]]
        outputs[f"{variant} seconds"] = np.array((time.monotonic() - began) / len(crops))
        outputs[f"{variant} crops"] = np.stack(crops)
        faces = [(photo, recognizer.find(photo)[0].face) for photo in inputs["photos"]]
        outputs[f"{variant} photos"] = np.stack([recognizer.embed(*one).vector for one in faces])
    np.savez(out, **outputs)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
