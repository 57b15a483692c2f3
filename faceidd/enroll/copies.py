"""Photos of people -> changed copies of them, filed and numbered like photos."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceidd.camera.frame import Image
from faceidd.enroll.augmentation import Mix
from faceidd.enroll.faults import Fault
from faceidd.enroll.photo_folder import PhotoFolder, encode
from faceidd.enroll.photos import Photo, find_photos
from faceidd.enroll.reading import decode, read_content
from faceidd.errors import EnrollmentError


@dataclass(frozen=True, slots=True)
class Copies:
    """What was made.

    Attributes:
        people: How many people's photos were copied.
        copies: How many copies were made.
        unread: Photos that could not be read, and why.
    """

    people: int
    copies: int
    unread: tuple[tuple[Photo, Fault], ...]


def make_copies(
    folder: Path,
    into: Path,
    mix: Mix,
    *,
    count: int,
    start: int | None = None,
    seed: int = 0,
    nested: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Copies:
    """Make copies of each person's photos, in turns of a random order.

    The copies of a person depend on the seed and on the person's own photos, not on other people.

    Args:
        folder: Photos as `faceidd.enroll.photos` reads them.
        into: Where the copies are filed.
        mix: What changes them.
        count: Copies of each person.
        start: Number of the first; None numbers on from what is there.
        seed: Of what is random.
        nested: As of `find_photos`.
        progress: Told how many copies are made, of how many.

    Raises:
        EnrollmentError: The photos cannot be listed, a copy cannot be written, or no photo of a
            person can be read.
    """
    by_person: dict[str, list[Photo]] = {}
    for photo in find_photos(folder, nested=nested):
        by_person.setdefault(photo.name, []).append(photo)
    unread: list[tuple[Photo, Fault]] = []
    made, total = 0, count * len(by_person)
    for name, photos in sorted(by_person.items()):
        random = np.random.default_rng([seed, *name.encode()])
        source = _Turns(photos, random, unread)
        target = PhotoFolder(into, name, start=start)
        for _ in range(count):
            target.save(encode(mix.apply(source.next(), random)))
            made += 1
            progress(made, total)
    return Copies(len(by_person), made, tuple(unread))


class _Turns:
    """A person's photos, each once before any comes again; those that cannot be read leave."""

    def __init__(
        self,
        photos: Sequence[Photo],
        random: np.random.Generator,
        unread: list[tuple[Photo, Fault]],
    ) -> None:
        self._photos = list(photos)
        self._random = random
        self._unread = unread
        self._waiting: list[Photo] = []

    def next(self) -> Image:
        while self._photos:
            if not self._waiting:
                order = self._random.permutation(len(self._photos))
                self._waiting = [self._photos[at] for at in order]
            photo = self._waiting.pop()
            content = read_content(photo.path)
            image = content if isinstance(content, Fault) else decode(content)
            if not isinstance(image, Fault):
                return image
            self._photos.remove(photo)
            self._unread.append((photo, image))
        photo, fault = self._unread[-1]
        raise EnrollmentError(
            f"no photo of {photo.of} can be read: {photo.path} {fault.words}",
            do="replace or remove these photos",
        )
