"""Edition: a gallery and the doors that share it."""

from dataclasses import dataclass

from faceidd.errors import PublishError
from faceidd.gallery.gallery import Gallery
from faceidd.store.door_record import DoorRecord


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """What doors of one site, for the same groups and with the same model, are given.

    Attributes:
        gallery: Everybody of these groups; its version is given by the publication.
        doors: The doors, none of them revoked.

    Raises:
        PublishError: There is no door, or one does not belong to the others or to the gallery.
    """

    gallery: Gallery
    doors: tuple[DoorRecord, ...]

    def __post_init__(self) -> None:
        if len({door.edition for door in self.doors}) != 1:
            raise PublishError(
                "doors of several editions, or none, cannot share a gallery",
                do="divide them by site, groups and model",
            )
        for door in self.doors:
            if door.model_id != self.gallery.model_id:
                raise PublishError(
                    f"door {door.id} runs {door.model_name} ({door.model_id[:12]}), its gallery is"
                    f" of {self.gallery.model_name} ({self.gallery.model_id[:12]})",
                    do="enroll the people with the door's model",
                )

    @property
    def id(self) -> str:
        """Its id: a digest of site, groups and model."""
        return self.doors[0].edition

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who may read it: age recipients, sorted, each once."""
        return tuple(sorted({door.recipient for door in self.doors}))

    @property
    def readers(self) -> set[str]:
        """Fingerprints of its doors."""
        return {door.fingerprint for door in self.doors}
