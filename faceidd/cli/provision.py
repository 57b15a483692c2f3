"""`faceidd provision`: on the door, its keys and a small file for the admin."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.config import DEFAULT_CONFIG
from faceidd.errors import ConfigError

if TYPE_CHECKING:
    from faceidd.daemon.config import Config
    from faceidd.sync.provisioning import Provisioned
    from faceidd.sync.trial import DoorModel


_NAMES = ("transport", "signing", "gallery")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `provision` to the command line."""
    provision = subparsers.add_parser(
        "provision",
        help="on the door: make its keys, and the file that tells an admin of them",
        description="The keys stay on the door. The file holds no secret; whoever changed it on"
        " the way would be sent the door's galleries, so compare the fingerprint. Keys that are"
        " there are kept, and only those that are missing are made.",
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
        "--replace",
        nargs="*",
        choices=_NAMES,
        metavar="KEY",
        help="exchange keys that are there: some of transport, signing and gallery (default:"
        " transport and signing; the gallery on the disk is lost with its key)",
    )
    provision.set_defaults(func=_provision)


def _provision(args: argparse.Namespace) -> int:
    from faceidd.clock import wall
    from faceidd.daemon.config_file import load_config
    from faceidd.sync.door_file import save_door_file
    from faceidd.sync.provisioning import DEFAULT_FOLDER, provision

    config = load_config(args.config)
    door = args.door or config.door.id
    if door != config.door.id:
        raise ConfigError(
            f"{args.config} is of the door {config.door.id}, not {door}",
            do=f"set door.id to {door}, or leave --door out",
        )
    keys = (args.keys or DEFAULT_FOLDER).absolute()
    replaced = () if args.replace is None else args.replace or ("transport", "signing")
    replaces = [f"{name}.key" for name in replaced]
    done = provision(door, _model(config), keys, wall(), replaces=replaces)
    out = args.out or Path(f"{door}.door.json")
    save_door_file(done.file, out)
    _tell(done, keys, out)
    if "gallery" in replaced:
        print(
            "a gallery on the disk that is encrypted with the old key is fetched anew by the sync"
        )
    return 0


def _tell(done: "Provisioned", keys: Path, out: Path) -> None:
    from faceidd.sync.door_file import grouped
    from faceidd.sync.provisioning import GALLERY, KEYS, SIGNING, TRANSPORT

    kept = [name for name in KEYS if name not in done.made]
    if done.made:
        print(f"made: {', '.join(done.made)} in {keys}; they never leave this door")
    if kept:
        print(f"kept: {', '.join(kept)} in {keys}; --replace exchanges keys")
    print(f"made: {out}, for the admin; no secret")
    print(f"fingerprint: {grouped(done.file.fingerprint)}")
    print("the admin compares it before adding the door")
    if done.signed_before is not None:
        print("a log has one key: name another folder as audit.dir, and keep the old one with the")
        print(f"  public key that it is verified by: {done.signed_before}")
    print("in this door's configuration:")
    print(f"  sync.key_file: {keys / TRANSPORT}")
    print(f"  gallery.key_file: {keys / GALLERY}")
    print(f"  audit.key_file: {keys / SIGNING}")
    print("next, in this order:")
    print("  1. the admin: faceidd fleet add (--replace, if this door was added before)")
    print("  2. the admin: faceidd publish, and faceidd publish trust for a door that has no trust")
    print("  3. here, only then: the trust file to where sync.trust says, and faceidd sync")
    if TRANSPORT in done.made:
        print("  a sync before 2. finds nothing for the new key: the door would know nobody")


def _model(config: "Config") -> "DoorModel":
    """The model that the door runs; its file is read, so that it is there and whole."""
    from faceidd.daemon.syncing import door_model
    from faceidd.models.pack import load_embedder

    model = door_model(config)
    load_embedder(config.models.dir, config.models.embedder).read(config.models.variant)
    return model
