"""`faceidd publish` without a further word: from the enrollment store to the doors."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.cli.gallery_doctor import FOUND, door_model
from faceidd.cli.model_options import PHOTO_FACE_PX, model_config
from faceidd.cli.publish_options import (
    add_dir_option,
    add_key_options,
    keyring,
    publish_folder,
    tell_advanced,
)
from faceidd.errors import PublishError

if TYPE_CHECKING:
    from datetime import datetime

    from faceidd.daemon.config import Config
    from faceidd.daemon.recognition import Model
    from faceidd.doctor.finding import Finding
    from faceidd.gallery.gallery import Gallery
    from faceidd.publish.edition import Edition
    from faceidd.publish.gate import Examined
    from faceidd.publish.publication import Publication


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its options.

    Args:
        parser: That of `publish`.
    """
    add_dir_option(parser, inner=False)
    add_key_options(parser, inner=False)
    parser.add_argument(
        "--store",
        metavar="ADDRESS",
        help="the enrollment store: a file or postgresql://... (default: FACEIDD_STORE)",
    )
    parser.add_argument(
        "--packs",
        action=argparse.BooleanOptionalAction,
        help="from now on publish the packs of the doors' models too, or no more",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="publish with what the doctor found; needs --reason, and is recorded",
    )
    parser.add_argument("--reason", metavar="TEXT", help="why it may be published")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the doors' configuration, whose rules the doctor goes by (default:"
        f" {DEFAULT_CONFIG} where it is, or else built in)",
    )
    parser.add_argument(
        "--models",
        type=Path,
        metavar="DIR",
        help="folder of model packs, with those of all doors (default: the configuration's, or"
        " FACEIDD_MODELS)",
    )
    # Which model it is each door's record says.
    parser.set_defaults(embedder=None, variant=None, detector=None, min_face_px=PHOTO_FACE_PX)


def run(args: argparse.Namespace) -> int:
    """Publish.

    Args:
        args: The command line.

    Returns:
        The exit code.

    Raises:
        FaceiddError: The store, the folder, a key, a model or a gallery does not serve.
    """
    from faceidd.clock import wall
    from faceidd.publish.from_store import (
        editions_of,
        remember,
        require_doors,
        versions_in,
    )
    from faceidd.publish.publication import Order, publish
    from faceidd.store.address import default_address
    from faceidd.store.store import Store

    if args.force and not (args.reason and args.reason.strip()):
        raise PublishError("--force was given without a reason", do="say why: --reason TEXT")
    folder, config, now = publish_folder(args), model_config(args), wall()
    settings = folder.load_settings()
    with Store(args.store or default_address()) as store, folder.locked():
        if not args.force:
            require_doors(store, folder)
        if args.packs is not None:
            settings = settings.model_copy(update={"packs": args.packs})
            folder.save_settings(settings)
        editions = [_calibrated(config, one) for one in editions_of(store, settings.sites)]
        order = Order(
            editions,
            _Doctor(config, now).examine,
            packs=_packs(config, editions) if settings.packs else {},
            reason=args.reason if args.force else None,
            floors=versions_in(store),
        )
        done = publish(folder, order, keyring(args, folder), now)
        if done.advanced is not None:
            remember(store, done.plan)
    return _tell(done)


class _Doctor:
    """The doctor, with the model and the rules of the doors that a gallery is for."""

    def __init__(self, config: "Config", now: "datetime") -> None:
        self._config, self._now = config, now
        self._models: dict[str, tuple[Config, Model]] = {}

    def examine(self, gallery: "Gallery") -> "Sequence[Finding]":
        from faceidd.doctor.diagnosis import diagnose

        config, model = self._model(gallery.model_id)
        return diagnose((), gallery, door_model(config, model, gallery), self._now)

    def _model(self, model_id: str) -> "tuple[Config, Model]":
        from faceidd.daemon.recognition import build_model
        from faceidd.publish.pack_tar import find_pack

        if model_id not in self._models:
            pack, variant = find_pack(self._config.models.dir, model_id)
            named = {"embedder": pack.manifest.name, "variant": variant}
            models = self._config.models.model_copy(update=named)
            config = self._config.model_copy(update={"models": models})
            self._models[model_id] = config, build_model(config)
        return self._models[model_id]


def _calibrated(config: "Config", edition: "Edition") -> "Edition":
    """The edition with the calibration that lies beside its model's pack, if one does."""
    from dataclasses import replace

    from faceidd.gallery.calibration import (
        calibration_path,
        load_calibration,
    )
    from faceidd.publish.pack_tar import find_pack

    pack, variant = find_pack(config.models.dir, edition.gallery.model_id)
    path = calibration_path(config.models.dir, pack.manifest.name, variant)
    if not path.exists():
        return edition
    gallery = replace(edition.gallery, calibration=load_calibration(path))
    return replace(edition, gallery=gallery)


def _packs(config: "Config", editions: "Sequence[Edition]") -> dict[str, bytes]:
    from faceidd.publish.pack_tar import find_pack, pack_tar

    models = sorted({one.gallery.model_id for one in editions})
    return {model: pack_tar(*find_pack(config.models.dir, model)) for model in models}


def _tell(done: "Publication") -> int:
    for one in done.examined:
        _tell_examined(one)
    for planned in done.plan:
        door = planned.edition.doors[0]
        print(
            f"edition {planned.edition.id}: version {planned.version.version},"
            f" {len(planned.gallery.people)} people, {len(planned.edition.doors)} doors"
            f" ({door.site}; {', '.join(door.groups)}; {door.model_name})"
        )
    if done.advanced is None:
        print("nothing was published: settle what blocks, or --force with a --reason")
        return FOUND
    tell_advanced(done.advanced)
    if not done.advanced.placed and not done.advanced.waiting:
        print("nothing changed")
    return 0


def _tell_examined(one: "Examined") -> None:
    for finding in one.findings:
        weight = "blocks" if finding.kind.blocks else "advice"
        print(f"edition {one.edition}, {weight}: {finding.sentence}")
    let = one.record.override
    if let is not None:
        print(f"edition {one.edition} may pass, says {let.by}: {let.reason}")
