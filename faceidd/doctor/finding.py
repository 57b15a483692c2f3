"""Finding: one thing that is wrong with a gallery or its photos, in words that say what to do."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What is wrong."""

    OTHER_MODEL = "other_model"
    MISLABELED = "mislabeled"
    SAME_PHOTO = "same_photo"
    SAME_PERSON = "same_person"
    OUTLIER = "outlier"
    DISAGREE = "disagree"
    STALE = "stale"
    UNSEEN = "unseen"
    TOO_ALIKE = "too_alike"
    NO_PHOTO = "no_photo"
    NOT_ENROLLED = "not_enrolled"
    NO_CONSENT = "no_consent"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires_soon"
    NOT_YET_VALID = "not_yet_valid"
    NEVER_VALID = "never_valid"
    GONE = "gone"
    POOR_PHOTO = "poor_photo"
    REPEATED = "repeated"
    FEW_PHOTOS = "few_photos"
    MISSING_POSE = "missing_pose"

    @property
    def blocks(self) -> bool:
        """Whether a gallery with it is not to be published."""
        return self not in _ADVICE

    @property
    def heading(self) -> str:
        """What such findings are called in a report."""
        return _HEADINGS[self]


_ADVICE = {
    Kind.EXPIRES_SOON,
    Kind.NOT_YET_VALID,
    Kind.GONE,
    Kind.NOT_ENROLLED,
    Kind.POOR_PHOTO,
    Kind.REPEATED,
    Kind.FEW_PHOTOS,
    Kind.MISSING_POSE,
}
_HEADINGS = {
    Kind.OTHER_MODEL: "Templates of another model",
    Kind.MISLABELED: "Photos that show another person of the gallery",
    Kind.SAME_PHOTO: "One photo under two names",
    Kind.SAME_PERSON: "One person under two names",
    Kind.OUTLIER: "Photos that show nobody of the gallery",
    Kind.DISAGREE: "People whose photos disagree",
    Kind.STALE: "Templates that are not of these photos",
    Kind.UNSEEN: "People of the gallery who are not in the folder of photos",
    Kind.TOO_ALIKE: "People whom the door may take for each other",
    Kind.NO_PHOTO: "People without a photo that can be used",
    Kind.GONE: "People whose photos are gone",
    Kind.NOT_ENROLLED: "People with photos who are not in the gallery",
    Kind.NO_CONSENT: "People without a recorded consent",
    Kind.EXPIRED: "People who have expired",
    Kind.EXPIRES_SOON: "People who expire soon",
    Kind.NOT_YET_VALID: "People who are not valid yet",
    Kind.NEVER_VALID: "People who expire before they are valid",
    Kind.POOR_PHOTO: "Photos that cannot be used",
    Kind.REPEATED: "Photos that are there twice",
    Kind.FEW_PHOTOS: "People with few photos",
    Kind.MISSING_POSE: "People who are not seen from all sides",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Attributes:
        kind: What.
        says: What was seen, a sentence without its full stop.
        do: What to do about it, likewise, beginning with a small letter.
        people: Whom it is about, by name.
        photos: The photos to look at, the one in question first.
    """

    kind: Kind
    says: str
    do: str
    people: tuple[str, ...] = ()
    photos: tuple[Path, ...] = ()

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"{self.says}. {self.do[0].upper()}{self.do[1:]}."
