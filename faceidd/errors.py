"""One tree of exceptions; each family has its own exit code.

An exception is a fault. Outcomes that are expected at a door (nobody there, a stranger, a
face too small) are values, never exceptions. Every message says what is wrong and where, and
every error says what to do about it. Exit code 2 is the command line's own (wrong usage).
"""


class FaceiddError(Exception):
    """Root of all faults faceidd reports.

    Args:
        what: What is wrong and where, without a full stop.
        do: What the reader should do about it, an imperative sentence without a full stop.
    """

    exit_code = 1

    def __init__(self, what: str, *, do: str) -> None:
        super().__init__(f"{what}. {do[0].upper()}{do[1:]}.")
        self.what = what
        self.do = do


class ConfigError(FaceiddError):
    """The configuration cannot be read or is wrong; nothing was started."""

    exit_code = 3


class CameraError(FaceiddError):
    """The camera is missing, cannot be opened, or gives no frames."""

    exit_code = 4


class ModelError(FaceiddError):
    """A model pack is missing, malformed, or cannot be built or run."""

    exit_code = 5


class ModelDigestError(ModelError):
    """A file of a model pack is not the one its manifest names."""


class GalleryError(FaceiddError):
    """The gallery file is missing, damaged or of an unknown schema."""

    exit_code = 6


class GalleryModelError(GalleryError):
    """The gallery was enrolled with another model than the one that runs."""


class EnrollmentError(FaceiddError):
    """Photos could not be enrolled; the gallery was not written."""

    exit_code = 7


class DoorError(FaceiddError):
    """The relay's pin cannot be driven."""

    exit_code = 8


class BrokerError(FaceiddError):
    """The MQTT broker cannot be reached or refuses us. Never stops a running door."""

    exit_code = 9


class StoreError(FaceiddError):
    """The enrollment store cannot be reached, is damaged, or refuses what was asked."""

    exit_code = 12


class PublishError(FaceiddError):
    """The repository cannot be written, or a key, role or edition does not serve."""

    exit_code = 13


class SyncError(FaceiddError):
    """The gallery could not be synced; the last good one stays."""

    exit_code = 14


class AuditError(FaceiddError):
    """The audit log was changed, or cannot be read or written."""

    exit_code = 15


class SnapshotError(FaceiddError):
    """A snapshot cannot be found, opened or removed. Never stops a running door."""

    exit_code = 17
