"""`faceidd provision`: on the door, its keys and a small file for the admin."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.errors import ConfigError

if TYPE_CHECKING:
    from faceidd.daemon.config import Config
    from faceidd.sync.provisioning import DoorModel


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `provision` to the command line."""
    provision = subparsers.add_parser(
        "provision",
        help="on the door: make its keys, and the file that tells an admin of them",
        description="The keys stay on the door. The file holds no secret; whoever changed it on"
        " the way would be sent the door's galleries, so compare the fingerprint.",
    )
    provision.add_argument("--door", help="the door's id (default: the configuration's door.id)")
    provision.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=DEFAULT_CONFIG,
        help="the door's configuration (default: %(default)s)",
    )
    provision.add_argument(
        "--keys",
        type=Path,
        metavar="DIR",
        help="where the keys lie (default: /var/lib/faceidd/keys)",
    )
    provision.add_argument(
        "--out", type=Path, metavar="FILE", help="the file for the admin (default: DOOR.door.json)"
    )
    provision.add_argument(
        "--replace", action="store_true", help="exchange keys that are there; for a door anew"
    )
    provision.set_defaults(func=_provision)


def _provision(args: argparse.Namespace) -> int:
    from faceidd.clock import wall  # noqa: PLC0415 - not for --help
    from faceidd.daemon.config_file import load_config  # noqa: PLC0415 - as above
    from faceidd.sync.door_file import save_door_file  # noqa: PLC0415 - as above
    from faceidd.sync.provisioning import (  # noqa: PLC0415 - as above
        DEFAULT_FOLDER,
        GALLERY,
        SIGNING,
        TRANSPORT,
        provision,
    )

    config = load_config(args.config)
    door = args.door or config.door.id
    if door != config.door.id:
        raise ConfigError(
            f"{args.config} is of the door {config.door.id}, not {door}",
            do=f"set door.id to {door}, or leave --door out",
        )
    keys = args.keys or DEFAULT_FOLDER
    file = provision(door, _model(config), keys, wall(), replaces=args.replace)
    out = args.out or Path(f"{door}.door.json")
    save_door_file(file, out)
    print(f"made: keys of the door {door} in {keys}; they never leave it")
    print(f"made: {out}, for the admin; no secret")
    print(f"fingerprint: {file.fingerprint}, which the admin compares before adding the door")
    if args.replace:
        print("the old keys are gone: a gallery encrypted with them is fetched anew")
    print("in this door's configuration:")
    print(f"  sync.key_file: {keys / TRANSPORT}")
    print(f"  gallery.key_file: {keys / GALLERY}")
    print(f"  audit.key_file: {keys / SIGNING}")
    print("next, the admin: faceidd fleet add, faceidd publish, faceidd publish trust")
    print("then, here: the trust file to where sync.trust says, and faceidd sync")
    return 0


def _model(config: "Config") -> "DoorModel":
    """The model that the door runs; its file is read, so that it is there and whole."""
    from faceidd.models.pack import load_embedder  # noqa: PLC0415 - not for --help
    from faceidd.sync.provisioning import DoorModel  # noqa: PLC0415 - as above

    models = config.models
    pack = load_embedder(models.dir, models.embedder)
    pack.read(models.variant)
    name = f"{models.embedder} {models.variant}"
    return DoorModel(pack.manifest.model_id(models.variant), name)
