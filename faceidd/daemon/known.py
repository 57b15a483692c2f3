"""Known: what a door ran with the last time, so that it can be told what has changed since."""

import logging
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from faceidd.daemon.config import Config
from faceidd.durable import replace_file
from faceidd.events.upkeep import Digest, GalleryVersion

MOST_BYTES = 4096

_log = logging.getLogger(__name__)


class Known(BaseModel):
    """What a door runs with; each is None where it was never noted."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    gallery: GalleryVersion | None = None
    policy: Digest | None = None
    configuration: Digest | None = None


class KnownFile:
    """Where that is kept.

    Args:
        config: Says where, and which door.
    """

    def __init__(self, config: Config) -> None:
        self._file: Path = config.policy.state_dir / f"{config.door.id}.known.json"

    def read(self) -> Known | None:
        """What was noted; None if nothing was, or it cannot be read."""
        try:
            with self._file.open("rb") as file:
                return Known.model_validate_json(file.read(MOST_BYTES))
        except (OSError, ValidationError):
            return None

    def write(self, known: Known) -> None:
        """Note what the door runs with; where that fails, changes are told again."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._file, known.model_dump_json().encode())
        except OSError as error:
            _log.warning("what the door runs with cannot be noted: %s", error)
