"""The publisher's folder: what is served, and beside it all that is not."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from faceidd.durable import replace_file
from faceidd.errors import PublishError
from faceidd.publish.settings import Settings

SETTINGS = "publish.json"
MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class PublishFolder:
    """Where everything of a publisher lies.

    Attributes:
        path: The folder.
    """

    path: Path

    @property
    def public(self) -> Path:
        """What is served, and nothing else: `metadata` and `targets`."""
        return self.path / "public"

    @property
    def metadata(self) -> Path:
        """Signed metadata, served."""
        return self.public / "metadata"

    @property
    def targets(self) -> Path:
        """Encrypted galleries and the like, served."""
        return self.public / "targets"

    @property
    def keys(self) -> Path:
        """Signing keys that are on this machine."""
        return self.path / "keys"

    @property
    def pending(self) -> Path:
        """Metadata that waits for signatures."""
        return self.path / "pending"

    @property
    def state(self) -> Path:
        """Versions and plain galleries, the owner's only."""
        return self.path / "state"

    def make(self, settings: Settings) -> None:
        """Make it; never over another.

        Raises:
            PublishError: There is a publisher's folder already, or it cannot be written.
        """
        if (self.path / SETTINGS).exists():
            raise PublishError(
                f"{self.path} is a publisher's folder already", do="name another, or go on with it"
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            private = dict.fromkeys((self.keys, self.pending, self.state), 0o700)
            served = dict.fromkeys((self.public, self.metadata, self.targets), 0o755)
            for folder, mode in {**private, **served}.items():
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)  # whatever the umask is
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self.save_settings(settings)

    def save_settings(self, settings: Settings) -> None:
        """Write the settings.

        Raises:
            PublishError: They cannot be written.
        """
        try:
            content = settings.model_dump_json(indent=1) + "\n"
            replace_file(self.path / SETTINGS, content.encode(), mode=0o644)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def load_settings(self) -> Settings:
        """Read the settings.

        Raises:
            PublishError: This is no publisher's folder, or they are wrong.
        """
        path = self.path / SETTINGS
        try:
            with path.open("rb") as file:
                return Settings.model_validate_json(file.read(MOST_BYTES))
        except OSError as error:
            raise PublishError(
                f"{self.path} is no publisher's folder: {SETTINGS} cannot be read"
                f" ({error.strerror})",
                do="name it: --dir DIR, or make one: faceidd publish init DIR",
            ) from error
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise PublishError(f"{path}: {place}: {first['msg']}", do="correct it") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process from changing anything.

        Raises:
            PublishError: Another process has it, or the folder cannot be written.
        """
        try:
            descriptor = os.open(self.state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(self.state, error) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise PublishError(
                    f"somebody else is publishing from {self.path}", do="wait until it has ended"
                ) from error
            yield
        finally:
            os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> PublishError:
    return PublishError(
        f"{path} cannot be written: {error.strerror}",
        do="check its owner and the free space",
    )
