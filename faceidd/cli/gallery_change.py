"""What several commands do: change what a gallery says of people, and write it."""

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from faceidd.cli.gallery_options import gallery_file, gallery_key

if TYPE_CHECKING:
    from faceidd.gallery.gallery import Gallery, Person


def change_named(
    args: argparse.Namespace, names: Iterable[str], change: "Callable[[Person], Person]"
) -> "list[Person]":
    """Change what the gallery of `gallery_file` says of some people.

    Args:
        args: The command's arguments, of `add_gallery_options`.
        names: The people, by name or id.
        change: Makes a new record from the present one.

    Returns:
        The new records.

    Raises:
        GalleryError: Nobody is called that, or several are, or the gallery cannot be written.
    """
    from faceidd.gallery.revision import find_person

    return change_chosen(args, lambda gallery: [find_person(gallery, one) for one in names], change)


def change_chosen(
    args: argparse.Namespace,
    choose: "Callable[[Gallery], list[Person]]",
    change: "Callable[[Person], Person]",
) -> "list[Person]":
    """Change what the gallery of `gallery_file` says of those whom `choose` finds in it.

    Returns:
        The new records.

    Raises:
        GalleryError: As of `choose`, or the gallery cannot be read or written.
    """
    from faceidd.gallery.file import load_gallery, save_gallery
    from faceidd.gallery.revision import with_people

    file, key = gallery_file(args), gallery_key(args)
    gallery = load_gallery(file, key)
    people = choose(gallery)
    changed = [change(one) for one in people]
    if changed != people:
        save_gallery(with_people(gallery, changed), file, key)
    return changed
