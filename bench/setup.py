"""The product as the benchmarks run it: the daemon's own construction, from a configuration."""

import argparse
import os
from pathlib import Path

from faceidd.daemon.config import Config
from faceidd.daemon.recognition import Model, build_model

MODELS = Path(os.environ.get("FACEIDD_MODELS", "var/models"))
PHOTO_FACE_PX = 45
"""Size filter for the photos: LFW's faces are about 100 px wide."""


def options(about: str) -> argparse.ArgumentParser:
    """Command line options that all benchmarks share."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--variant", default="int8")
    parser.add_argument("--threads", type=int, default=1)
    return parser


def model(
    arguments: argparse.Namespace, detector: str = "blazeface", min_face_px: int = PHOTO_FACE_PX
) -> Model:
    """Build the product's model and detector."""
    config = Config.model_validate(
        {
            "models": {
                "dir": str(arguments.models.resolve()),
                "variant": arguments.variant,
                "threads": arguments.threads,
            },
            "detector": {"name": detector, "min_face_px": min_face_px},
        }
    )
    return build_model(config)
