"""What enrollment leaves of two people: a gallery, their photos, and the report on them."""

import hashlib
from pathlib import Path

import numpy as np
from support.people import embedding, gallery

from faceidd.enroll.embedding_cache import EmbeddingCache, PhotoEmbedding
from faceidd.enroll.report_file import EnrollmentReport, PhotoEntry, TemplateEntry, write_report
from faceidd.gallery.file import save_gallery

VECTORS = {"Kim": (1, 0, 0), "Lee": (0, 1, 0)}


class KeptPeople:
    """Kim, of two photos and one that was refused, and Lee, of one; all in one folder.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.gallery, self.cache = folder / "door.gallery", folder / "cache" / f"{'0' * 64}.npz"
        self.report_file = folder / "door.enrollment.json"
        self.photos = {
            name: folder / "photos" / name[:3] / f"{name}.jpg"
            for name in ("Kim1", "Kim2", "Kim3", "Lee1")
        }
        for name, file in self.photos.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"picture " + name.encode())
        people = {name: [embedding(*vector)] for name, vector in VECTORS.items()}
        save_gallery(gallery(people), self.gallery)
        write_report(self._report(), self.gallery)
        with EmbeddingCache.opened(self.cache) as cache:
            for name in self.photos:
                vector = np.array(VECTORS[name[:3]], np.float32)
                cache.put(self.digest(name), PhotoEmbedding(vector, 1.0, 1.0))

    def digest(self, photo: str) -> str:
        """SHA-256 of a photo's file as it was enrolled, in hex."""
        return hashlib.sha256(b"picture " + photo.encode()).hexdigest()

    def _report(self) -> EnrollmentReport:
        templates = tuple(
            TemplateEntry(
                person=person,
                look="",
                photos=tuple(
                    PhotoEntry(
                        path=str(file),
                        outcome="no_face" if name == "Kim3" else "used",
                        sha256=self.digest(name),
                    )
                    for name, file in self.photos.items()
                    if name.startswith(person)
                ),
            )
            for person in VECTORS
        )
        return EnrollmentReport(schema_version=1, templates=templates)
