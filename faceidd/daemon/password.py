"""The broker's password, from the configuration or from a file of its own."""

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
    content = _read(mqtt.password_file)
    try:
        password = content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        password = ""  # the decoder's message would show a part of it
    if not password or len(content) > MOST_BYTES:
        raise ConfigError(
            f"mqtt.password_file {mqtt.password_file} holds no password",
            do=f"write the password into it, as one line of UTF-8 up to {MOST_BYTES} bytes",
        )
    return SecretStr(password)


def awaits_credentials(path: Path) -> bool:
    """Whether a path still begins with the variable that only the service is given."""
    return path.parts[0] == CREDENTIALS


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if path.stat().st_mode & 0o007:
                _log.warning("mqtt.password_file %s is open to everybody: chmod o= it", path)
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"mqtt.password_file {path} cannot be read: {error.strerror}",
            do="have the unit load the credential"
            if awaits_credentials(path)
            else "create it, readable by the user faceidd",
        ) from error
