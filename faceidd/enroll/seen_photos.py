"""Photos -> what a model says of each, read ahead on other cores and remembered by content.

Photos are read and decoded, and faces found, in threads of their own while the face before is
embedded: the networks and OpenCV let other threads run. Of the photos only a few are in memory at
a time, however many there are.
"""

import hashlib
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from faceidd.camera.frame import Image
from faceidd.enroll.embedding_cache import EmbeddingCache, PhotoEmbedding
from faceidd.enroll.faults import Fault
from faceidd.enroll.photos import Photo
from faceidd.enroll.reading import decode, read_content
from faceidd.enroll.subject import find_in_photo, subject
from faceidd.face.recognizer import FoundFace, Recognizer

AHEAD = 3
"""Photos that are read ahead: one is found faces in, the others are read and decoded."""
READERS = 2


Outcome = PhotoEmbedding | Fault
"""What a model says of a photo's subject, or why it says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    digest: str
    image: Image


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    """A photo's subject in its picture, which may have been padded."""

    digest: str
    image: Image
    face: FoundFace | Fault


def see_photos(
    photos: Sequence[Photo], recognizer: Recognizer, known: EmbeddingCache
) -> Generator[tuple[Photo, Outcome]]:
    """Embed the subject of each photo, or say why not, in the photos' order.

    Args:
        photos: The photos.
        recognizer: Finds faces in one thread and embeds them in another, this one.
        known: What was said of photos before; what is new is added.

    Raises:
        ModelError: A network failed.
    """
    readers = ThreadPoolExecutor(READERS, "photo-reader")
    finder = ThreadPoolExecutor(1, "face-finder")
    ahead: deque[tuple[Photo, Future[Outcome | _Subject]]] = deque()
    try:
        for photo in photos:
            read = readers.submit(_read, photo, known)
            ahead.append((photo, finder.submit(_find, read, recognizer)))
            if len(ahead) > AHEAD:
                done, found = ahead.popleft()
                yield done, _embed(found.result(), recognizer, known)
        for done, found in ahead:
            yield done, _embed(found.result(), recognizer, known)
    finally:
        finder.shutdown(cancel_futures=True)
        readers.shutdown(cancel_futures=True)


def _read(photo: Photo, known: EmbeddingCache) -> Outcome | _Picture:
    content = read_content(photo.path)
    if isinstance(content, Fault):
        return content
    digest = hashlib.sha256(content).hexdigest()
    said = known.get(digest)
    if said is not None:
        return Fault(said) if isinstance(said, str) else said
    image = decode(content)
    return image if isinstance(image, Fault) else _Picture(digest, image)


def _find(read: Future[Outcome | _Picture], recognizer: Recognizer) -> Outcome | _Subject:
    picture = read.result()
    if not isinstance(picture, _Picture):
        return picture
    found = find_in_photo(recognizer, picture.image)
    return _Subject(picture.digest, found.image, subject(found.faces))


def _embed(found: Outcome | _Subject, recognizer: Recognizer, known: EmbeddingCache) -> Outcome:
    if not isinstance(found, _Subject):
        return found
    outcome: Outcome
    if isinstance(found.face, Fault):
        outcome = found.face
        known.put(found.digest, outcome.value)
    else:
        embedding = recognizer.embed(found.image, found.face.face)
        outcome = PhotoEmbedding(embedding.vector, embedding.norm, found.face.quality.weight)
        known.put(found.digest, outcome)
    return outcome
