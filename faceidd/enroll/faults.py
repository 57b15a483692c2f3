"""Why a photo cannot be enrolled: one code each, as reports have it, and as people read it."""

from enum import StrEnum


class Fault(StrEnum):
    """Why a photo cannot be used; what `face.quality.Rejection` names is named alike."""

    FORBIDDEN = "forbidden"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    NEEDS_EXTRA = "needs_extra"
    NO_FACE = "no_face"
    MANY_FACES = "many_faces"
    TOO_SMALL = "too_small"
    AT_EDGE = "at_edge"
    TURNED_AWAY = "turned_away"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    COVERED = "covered"
    OUTLIER = "outlier"
    DISAGREE = "disagree"

    @property
    def words(self) -> str:
        """What the photo does wrong, to be read after its name."""
        return _WORDS[self]


_WORDS = {
    Fault.FORBIDDEN: "may not be read by this user",
    Fault.UNREADABLE: "is no readable image",
    Fault.TOO_LARGE: "is larger than the 50 megapixels and 256 MB that are read",
    Fault.NEEDS_EXTRA: "is a HEIC image, for which faceidd[enroll] must be installed",
    Fault.NO_FACE: "shows no face large enough",
    Fault.MANY_FACES: "shows several faces of like size",
    Fault.TOO_SMALL: "shows a face too small to be judged",
    Fault.AT_EDGE: "cuts the face off",
    Fault.TURNED_AWAY: "shows a face turned away",
    Fault.TOO_DARK: "is too dark at the face",
    Fault.TOO_BRIGHT: "is too bright at the face",
    Fault.BLURRED: "is blurred at the face",
    Fault.COVERED: "shows a covered face",
    Fault.OUTLIER: "is unlike the person's other photos: it may show somebody else",
    Fault.DISAGREE: "and the person's other photos disagree about who that is",
}
