from pathlib import Path

import pytest

from faceidd.cli.main import main

SHIPPED = Path(__file__).parents[2] / "config" / "faceidd.yaml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faceidd.yaml"


def test_a_right_file_is_said_to_be_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", "--config", str(SHIPPED)]) == 0
    assert capsys.readouterr() == (f"{SHIPPED} is right\n", "")


def test_every_mistake_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("door: {pulse_s: 0}\ncamera: {sorce: 0}\n")
    assert main(["config", "check", "--config", str(file)]) == 3
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith(f"faceidd: {file} is not right:\n")
    assert "door.pulse_s: 0 is not allowed" in errors
    assert "camera.sorce: unknown key" in errors


def test_a_missing_password_file_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("mqtt: {password_file: password}\n")
    assert main(["config", "check", "--config", str(file)]) == 3
    assert "password cannot be read: No such file" in capsys.readouterr().err


def test_files_that_encrypt_nothing_are_told(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("mqtt: {host: broker, tls: {ca: gone.pem}}\n")
    assert main(["config", "check", "--config", str(file)]) == 9
    assert "gone.pem cannot be used: " in capsys.readouterr().err
    (file.parent / "gone.pem").write_text("no certificate")
    assert main(["config", "check", "--config", str(file)]) == 9
    assert "mqtt.tls.ca" in capsys.readouterr().err
    file.write_text("webhook: {ca: gone.pem}\n")
    assert main(["config", "check", "--config", str(file)]) == 3
    assert "webhook.ca" in capsys.readouterr().err


def test_a_credential_of_the_service_is_no_mistake(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    file.write_text(
        "mqtt: {password_file: $CREDENTIALS_DIRECTORY/mqtt}\n"
        "gallery: {key_file: $CREDENTIALS_DIRECTORY/key}\n"
    )
    assert main(["config", "check", "--config", str(file)]) == 0
    told = capsys.readouterr().out
    assert told.count("is not checked: only the service has") == 2


def test_a_missing_key_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("gallery: {key_file: key}\n")
    assert main(["config", "check", "--config", str(file)]) == 6
    assert "cannot read the gallery's key" in capsys.readouterr().err


def test_the_defaults_are_shown_as_the_shipped_file_has_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["config", "show", "--config", str(SHIPPED)]) == 0
    lines = SHIPPED.read_text().splitlines()
    keys = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert capsys.readouterr().out.splitlines() == keys


def test_what_is_shown_is_in_force_and_secrets_are_masked(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packs = "a-path-that-is-longer-than-a-terminal-is-wide/" * 3
    file.write_text(
        "camera: {source: 'rtsp://joe:hunter2@camera/1'}\n"
        f"models: {{dir: {packs}}}\n"
        "mqtt: {password: hunter2}\n"
    )
    assert main(["config", "show", "--config", str(file)]) == 0
    output = capsys.readouterr().out
    assert "  source: rtsp://joe:***@camera/1\n" in output
    assert f"  dir: {file.parent / packs}\n" in output
    assert "  password: '********'\n" in output
    assert "  pulse_s: 3.0\n" in output
    assert "hunter2" not in output
