"""`faceidd enroll`: photos, video and a camera -> a gallery; each way is a module of its own."""

import argparse

from faceidd.cli import enroll_augment, enroll_camera, enroll_folder, enroll_video

_KINDS = (enroll_folder, enroll_video, enroll_camera, enroll_augment)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `enroll` and its ways to the command line."""
    enroll = subparsers.add_parser("enroll", help="turn photos of people into a gallery")
    kinds = enroll.add_subparsers(required=True, metavar="KIND")
    for kind in _KINDS:
        kind.add_parser(kinds)
