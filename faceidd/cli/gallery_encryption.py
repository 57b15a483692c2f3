"""`faceidd gallery key, encrypt, decrypt`: how a gallery lies on a door's card."""

import argparse
from pathlib import Path

from faceidd.cli.gallery_options import add_gallery_options, gallery_file, gallery_key_file
from faceidd.errors import GalleryError


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands on encryption."""
    key = commands.add_parser("key", help="make a key that a gallery can be encrypted with")
    key.add_argument("file", type=Path, metavar="FILE", help="the key to write")
    key.set_defaults(func=_key)

    encrypt = commands.add_parser(
        "encrypt", help="encrypt a plain gallery where it lies; makes the key if there is none"
    )
    encrypt.set_defaults(func=_encrypt)
    decrypt = commands.add_parser("decrypt", help="make an encrypted gallery plain where it lies")
    decrypt.set_defaults(func=_decrypt)
    for command in (encrypt, decrypt):
        add_gallery_options(command)


def _key(args: argparse.Namespace) -> int:
    from faceidd.gallery.key import make_key

    make_key(args.file)
    print(f"written: {args.file}; keep it from everybody, and set gallery.key_file to it")
    return 0


def _encrypt(args: argparse.Namespace) -> int:
    from faceidd.gallery.file import load_gallery, save_gallery
    from faceidd.gallery.key import make_key, read_key

    file, key_file = gallery_file(args), _named(args)
    gallery = load_gallery(file)
    if key_file.exists():
        key = read_key(key_file)
    else:
        key = make_key(key_file)
        print(f"written: {key_file}, a new key")
    save_gallery(gallery, file, key)
    print(f"{file} is encrypted; copies that were made before are not")
    return 0


def _decrypt(args: argparse.Namespace) -> int:
    from faceidd.gallery.file import load_gallery, save_gallery
    from faceidd.gallery.key import read_key

    file = gallery_file(args)
    save_gallery(load_gallery(file, read_key(_named(args))), file)
    print(f"{file} is plain; a door reads it so where gallery.key_file is null")
    return 0


def _named(args: argparse.Namespace) -> Path:
    file = gallery_key_file(args)
    if file is None:
        raise GalleryError("no key is named", do="set gallery.key_file, or name it: --key-file")
    return file
