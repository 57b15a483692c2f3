"""The options of all commands that look at photos: which model, which detector."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.cli.model import models_folder

if TYPE_CHECKING:
    from faceidd.daemon.config import Config

PHOTO_FACE_PX = 60
"""Default size filter for photos, which show people smaller than a door camera does."""
DETECTORS = ("blazeface", "haar", "mtcnn", "yunet")
METRICS = ("cosine", "euclidean", "euclidean_l2", "angular")


def add_model_options(command: argparse.ArgumentParser, min_face_px: int = PHOTO_FACE_PX) -> None:
    """Add them to a command.

    Args:
        command: Its parser.
        min_face_px: The size filter where none is named.
    """
    group = command.add_argument_group("the model (default: as the configuration says)")
    group.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"the door's configuration (default: {DEFAULT_CONFIG} where it is, or else built in)",
    )
    group.add_argument(
        "--models",
        type=Path,
        metavar="DIR",
        help="folder of model packs, over the configuration and the environment's FACEIDD_MODELS",
    )
    group.add_argument("--embedder", metavar="PACK", help="the pack that tells faces apart")
    group.add_argument("--variant", help="which of its variants")
    group.add_argument("--detector", choices=DETECTORS, help="what finds faces")
    group.add_argument(
        "--min-face-px",
        type=int,
        default=min_face_px,
        metavar="PX",
        help="narrower faces are not searched for (default: %(default)s)",
    )


def model_config(args: argparse.Namespace) -> "Config":
    """The configuration, with what was named on the command line put in.

    Raises:
        ConfigError: The configuration cannot be read.
    """
    from faceidd.daemon.config import Config
    from faceidd.daemon.config_file import load_config

    given = args.config or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None)
    config = load_config(given) if given else Config()
    folder = args.models or (None if given else models_folder())
    named = {"dir": folder, "embedder": args.embedder, "variant": args.variant}
    models = config.models.model_copy(
        update={name: value for name, value in named.items() if value is not None}
    )
    wanted = {"name": args.detector} if args.detector else {}
    detector = config.detector.model_copy(update={"min_face_px": args.min_face_px, **wanted})
    return config.model_copy(update={"models": models, "detector": detector})
