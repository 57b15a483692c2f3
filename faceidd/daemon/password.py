"""Secrets in files of their own: the broker's password, the webhook's secret."""

import logging
from pathlib import Path

from pydantic import SecretStr

from faceidd.daemon.config_mqtt import MqttConfig
from faceidd.daemon.config_section import CREDENTIALS
from faceidd.errors import ConfigError

MOST_BYTES = 4096
"""Longest password file that is taken for one."""

_log = logging.getLogger(__name__)


def read_password(mqtt: MqttConfig) -> SecretStr | None:
    """Find the password to log in to the broker with; None where none is configured.

    A line end at the file's end is no part of the password. A file that everybody may read is
    warned of.

    Raises:
        ConfigError: The file cannot be read, or holds no password.
    """
    if mqtt.password_file is None:
        return mqtt.password
    return SecretStr(read_secret(mqtt.password_file, "mqtt.password_file", "password"))


def read_secret(path: Path, key: str, what: str) -> str:
    """Read a file of one line; a line end is no part of it.

    Args:
        path: The file.
        key: The key of the configuration that names it.
        what: What it holds.

    Raises:
        ConfigError: It cannot be read, or holds nothing.
    """
    content = _read(path, key)
    try:
        secret = content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        secret = ""  # the decoder's message would show a part of it
    if not secret or len(content) > MOST_BYTES:
        raise ConfigError(
            f"{key} {path} holds no {what}",
            do=f"write the {what} into it, as one line of UTF-8 up to {MOST_BYTES} bytes",
        )
    return secret


def awaits_credentials(path: Path) -> bool:
    """Whether a path still begins with the variable that only the service is given."""
    return path.parts[0] == CREDENTIALS


def _read(path: Path, key: str) -> bytes:
    try:
        with path.open("rb") as file:
            if path.stat().st_mode & 0o007:
                _log.warning("%s %s is open to everybody: chmod o= it", key, path)
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"{key} {path} cannot be read: {error.strerror}",
            do="have the unit load the credential"
            if awaits_credentials(path)
            else "create it, readable by the user faceidd",
        ) from error
