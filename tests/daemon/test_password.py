import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from faceidd.daemon.config_mqtt import MqttConfig
from faceidd.daemon.password import awaits_credentials, read_password
from faceidd.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.touch(mode=0o600)
    return file


def password(file: Path) -> str:
    secret = read_password(MqttConfig(password_file=file))
    assert secret is not None
    return secret.get_secret_value()


def test_there_may_be_no_password() -> None:
    assert read_password(MqttConfig()) is None


def test_a_password_may_stand_in_the_configuration() -> None:
    assert read_password(MqttConfig(password=SecretStr("hunter2"))) == SecretStr("hunter2")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"hunter2", "hunter2"), (b"hunter2\n", "hunter2"), (b"hunter2\r\n", "hunter2")],
)
def test_a_line_end_is_no_part_of_a_password(file: Path, content: bytes, expected: str) -> None:
    file.write_bytes(content)
    assert password(file) == expected


def test_blanks_are_a_part_of_a_password(file: Path) -> None:
    file.write_bytes(b" hunter 2 \n\n")
    assert password(file) == " hunter 2 \n"


@pytest.mark.parametrize("content", [b"", b"\n", b"hunter2\xff", b"7" * 4097])
def test_a_file_without_a_password_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError, match="holds no password") as refusal:
        password(file)
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__context__ is None


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"No such file or directory\. Create it"):
        password(tmp_path / "password")


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Is a directory"):
        password(tmp_path)


def test_a_credential_that_only_the_service_has_is_told() -> None:
    file = Path("$CREDENTIALS_DIRECTORY/mqtt")
    assert awaits_credentials(file)
    assert not awaits_credentials(Path("/etc/faceidd/$CREDENTIALS_DIRECTORY"))
    with pytest.raises(ConfigError, match="Have the unit load the credential"):
        password(file)


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o640, False), (0o644, True)])
def test_a_password_open_to_everybody_is_warned_of(
    file: Path, caplog: pytest.LogCaptureFixture, mode: int, warned: bool
) -> None:
    file.write_text("hunter2")
    file.chmod(mode)
    with caplog.at_level(logging.WARNING):
        password(file)
    assert ("open to everybody" in caplog.text) is warned
    assert "hunter2" not in caplog.text
