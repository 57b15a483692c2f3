"""Who may do what is judged for the service's user, whoever runs the checkup."""

import grp
import os
import pwd
from pathlib import Path
from typing import Any

import pytest
from support.installations import found, installation, verdicts

from faceidd.checkup.permissions import check_permissions
from faceidd.checkup.unit import Unit

NOBODY = pwd.getpwnam("nobody")
ME = pwd.getpwuid(os.getuid())


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """A folder of devices with one GPIO chip, its owner's and its group's."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "gpiochip0").touch(mode=0o660)
    (tmp_path / "dev" / "gpiochip0").chmod(0o660)
    return tmp_path / "dev"


def test_a_device_that_the_service_may_not_use_is_told(tmp_path: Path, dev: Path) -> None:
    settings = {"camera": {"source": str(tmp_path)}}
    one = installation(tmp_path, settings, user=NOBODY)
    check = found(check_permissions(one, dev))["permissions.devices"]
    assert check.verdict == "fail"
    assert f"nobody may not read and write {dev}/gpiochip0" in check.reason
    assert check.mend.startswith("usermod -aG ")
    (dev / "gpiochip0").chmod(0o666)
    check = found(check_permissions(one, dev))["permissions.devices"]
    assert check.verdict in {"ok", "warn"}  # warned of where there is a group gpio


def test_the_groups_that_the_unit_adds_count(tmp_path: Path, dev: Path) -> None:
    group = grp.getgrgid((dev / "gpiochip0").stat().st_gid).gr_name
    settings = {"camera": {"source": str(tmp_path)}}
    one = installation(tmp_path, settings, user=NOBODY, unit=Unit(groups=f"video {group}"))
    assert verdicts(check_permissions(one, dev))["permissions.devices"] != "fail"


def test_a_keypad_is_judged_by_whom_it_was_given_to(tmp_path: Path, dev: Path) -> None:
    keypad = dev / "event0"
    keypad.touch()
    keypad.chmod(0o660)
    settings = {"policy": {"keypad": str(keypad)}, "door": {"pin_factory": "simulated"}}
    settings["camera"] = {"source": str(tmp_path)}
    one = installation(tmp_path, settings, user=NOBODY)
    check = found(check_permissions(one, dev))["permissions.devices"]
    assert (check.verdict, check.reason) == ("fail", f"nobody may not read {keypad}")
    assert "70-faceidd-keypad.rules" in check.mend
    assert "input" not in check.mend  # the group of all keyboards
    group = grp.getgrgid(keypad.stat().st_gid).gr_name
    given = installation(tmp_path, settings, user=NOBODY, unit=Unit(groups=group))
    assert verdicts(check_permissions(given, dev))["permissions.devices"] == "ok"
    keypad.unlink()
    assert verdicts(check_permissions(one, dev))["permissions.devices"] == "ok"


def test_without_the_services_user_devices_are_not_judged(tmp_path: Path, dev: Path) -> None:
    checks = verdicts(check_permissions(installation(tmp_path), dev))
    assert checks == {
        "permissions.devices": "skipped",
        "permissions.folders": "ok",
        "permissions.secrets": "ok",
    }


def test_open_folders_and_those_of_others_are_told(tmp_path: Path, dev: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    one = installation(tmp_path, user=ME)
    assert verdicts(check_permissions(one, dev))["permissions.folders"] == "ok"
    state.chmod(0o755)
    check = found(check_permissions(one, dev))["permissions.folders"]
    assert (check.verdict, check.mend) == ("fail", f"chmod 700 {state}")
    other = installation(tmp_path, user=NOBODY)
    other.config.gallery.file.touch(mode=0o644)
    check = found(check_permissions(other, dev))["permissions.folders"]
    assert f"chown -R nobody: {state}" in check.mend
    assert f"chmod 600 {other.config.gallery.file}" in check.mend


@pytest.mark.parametrize(("mode", "verdict"), [(0o600, "ok"), (0o440, "ok"), (0o644, "fail")])
def test_secrets_are_no_others(tmp_path: Path, dev: Path, mode: int, verdict: str) -> None:
    secret = tmp_path / "password"
    secret.touch()
    secret.chmod(mode)
    mqtt = {"password_file": str(secret), "tls": {"cert": str(secret)}}
    check = found(check_permissions(installation(tmp_path, {"mqtt": mqtt}), dev))
    secrets = check["permissions.secrets"]
    assert (secrets.verdict, secrets.figures["files"]) == (verdict, 2)


@pytest.mark.parametrize(
    ("mode", "mqtt", "verdict"),
    [
        (0o644, {}, "ok"),
        (0o646, {}, "warn"),
        (0o600, {}, "fail"),
        (0o644, {"password": "in the open"}, "fail"),
    ],
)
def test_the_service_reads_its_configuration_and_cannot_change_it(
    tmp_path: Path, dev: Path, mode: int, mqtt: dict[str, Any], verdict: str
) -> None:
    one = installation(tmp_path, {"mqtt": mqtt}, user=NOBODY)
    one.file.chmod(mode)
    assert verdicts(check_permissions(one, dev))["permissions.configuration"] == verdict
