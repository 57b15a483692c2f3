"""Why a sync brought nothing: one reason each, for status files, logs and exit texts."""

from enum import StrEnum

from faceidd.errors import SyncError


class Reason(StrEnum):
    """Why nothing new was taken; the gallery at hand stays in use."""

    SETUP = "setup"
    """The trust file, the door's key or the state's folder do not serve."""
    BUSY = "busy"
    """Another sync of this door is running."""
    UNREACHABLE = "unreachable"
    """The server cannot be reached, or breaks off again and again."""
    ANSWER = "answer"
    """The server answers with an error, or has not what the signed metadata names."""
    TOO_SLOW = "too_slow"
    """Bytes come more slowly than the limits allow: slow retrieval."""
    TOO_LARGE = "too_large"
    """More bytes came, or are announced, than the limits allow: endless data."""
    ROLLED_BACK = "rolled_back"
    """What is offered is older than what was verified before."""
    EXPIRED = "expired"
    """Metadata is past its day: a freeze, or nobody renewed it."""
    UNSIGNED = "unsigned"
    """Too few of the right keys signed it."""
    CHANGED = "changed"
    """A file is not the one that the signed metadata names: its length or hash is another."""
    DAMAGED = "damaged"
    """Metadata or a signed document that cannot be read."""
    CLOCK = "clock"
    """The door's clock cannot be right, so it is not known what has expired."""
    NOT_ASSIGNED = "not_assigned"
    """The repository does not know this door, and never did."""
    NOT_READABLE = "not_readable"
    """A file is not encrypted to this door."""
    OTHER_MODEL = "other_model"
    """The gallery was made with another model than the door runs."""
    UNFIT = "unfit"
    """The new gallery or model pack failed its trial."""
    FAULT = "fault"
    """The sync broke off in a way that nobody foresaw: a bug."""
    DISK = "disk"
    """The state, the gallery or a pack cannot be read or written here."""


class RefusedError(SyncError):
    """A sync ended without anything new.

    Args:
        reason: Why, in one word.
        what: As of `FaceiddError`.
        do: As of `FaceiddError`.
    """

    def __init__(self, reason: Reason, what: str, *, do: str) -> None:
        super().__init__(what, do=do)
        self.reason = reason
