"""Checks of who may do what: the service its devices, others the door's folders and secrets.

They are judged by owner, group and mode, for the service's user and not for who runs the checkup.
"""

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from faceidd.camera.address import Kind, parse
from faceidd.checkup.check import Check
from faceidd.checkup.installation import USER, Installation
from faceidd.daemon.config import Config
from faceidd.daemon.open_folders import EVERYBODY, kept_folders
from faceidd.daemon.password import awaits_credentials
from faceidd.errors import CameraError
from faceidd.secret_file import is_open_to_others

DEV = Path("/dev")
READ, WRITE = 4, 2
BOTH = READ | WRITE
_KEYS_RULE = "/usr/share/doc/faceidd/examples/70-faceidd-keypad.rules"


def check_permissions(one: Installation, dev: Path = DEV) -> Iterator[Check]:
    """Look at devices, folders, secrets, and the configuration itself.

    Args:
        one: The installation.
        dev: Where devices are.
    """
    if one.user is None:
        yield Check.skipped(
            "permissions.devices",
            f"there is no user {USER} here: nothing runs as a service",
            "docs/install.md says how a door is installed",
        )
    else:
        groups = _groups(one)
        yield _devices(one.config, one.user, groups, dev)
        yield _configuration(one, one.user, groups)
    yield _folders(one)
    yield _secrets(one.config)


def _devices(config: Config, user: pwd.struct_passwd, groups: set[int], dev: Path) -> Check:
    name = "permissions.devices"
    told, mends = [], []
    if shut := [file for file in _needed(config, dev) if not _may(user.pw_uid, groups, file, BOTH)]:
        told.append(f"{user.pw_name} may not read and write {', '.join(map(str, shut))}")
        owning = sorted({_group_name(device) for device in shut})
        mends.append(f"usermod -aG {','.join(owning)} {user.pw_name}")
    if unheard := [file for file in _keys(config) if not _may(user.pw_uid, groups, file, READ)]:
        told.append(f"{user.pw_name} may not read {', '.join(map(str, unheard))}")
        # The group of all keyboards would let the service hear what is typed at any of them.
        mends.append(f"give it to the door alone: {_KEYS_RULE}")
    if told:
        return Check.fail(
            name, "; ".join(told), f"{'; '.join(mends)}; then start the service again"
        )
    lacking = [group for group in _usual(config) if (at := _gid(group)) and at not in groups]
    if lacking:
        needs = f"{user.pw_name} is not in {', '.join(lacking)}, whose devices the door may need"
        return Check.warn(name, needs, f"usermod -aG {','.join(lacking)} {user.pw_name}")
    return Check.ok(name, f"{user.pw_name} may use the devices that are there")


def _needed(config: Config, dev: Path) -> list[Path]:
    """Devices that are there and that the door uses."""
    devices = sorted(dev.glob("gpiochip*")) if config.door.pin_factory == "lgpio" else []
    try:
        camera = parse(config.camera.source)
    except CameraError:
        camera = None
    if camera is not None and camera.kind is Kind.DEVICE:
        devices.append(Path(camera.target))
    return [device for device in devices if _stat(device) is not None]


def _keys(config: Config) -> list[Path]:
    """Keypad and card reader that are there: the door's rule for udev gives them to its group."""
    named = (config.policy.keypad, config.policy.card_reader)
    return [file for file in named if file is not None and _stat(file) is not None]


def _usual(config: Config) -> list[str]:
    """Groups whose devices the door uses, whether these are there now or not; no keypad has one."""
    try:
        kind = parse(config.camera.source).kind
    except CameraError:
        kind = None
    groups = ["video"] if kind in {Kind.DEVICE, Kind.LIBCAMERA} else []
    return groups + (["gpio"] if config.door.pin_factory == "lgpio" else [])


def _folders(one: Installation) -> Check:
    name = "permissions.folders"
    kept = {**kept_folders(one.config), "gallery.file": one.config.gallery.file}
    told, mends = [], []
    for key, place in kept.items():
        found = _stat(place)
        if found is None:
            continue
        if found.st_mode & EVERYBODY:
            told.append(f"{key} {place} is open to everybody ({stat.S_IMODE(found.st_mode):04o})")
            mends.append(f"chmod {700 if stat.S_ISDIR(found.st_mode) else 600} {place}")
        if one.user is not None and found.st_uid != one.user.pw_uid:
            told.append(f"{key} {place} is not {one.user.pw_name}'s")
            mends.append(f"chown -R {one.user.pw_name}: {place}")
    if told:
        return Check.fail(name, "; ".join(told), "; ".join(mends))
    return Check.ok(name, "what the door keeps of people is its own")


def _secrets(config: Config) -> Check:
    name = "permissions.secrets"
    tls = config.mqtt.tls
    files = {
        "mqtt.password_file": config.mqtt.password_file,
        "mqtt.tls.key": None if tls is None else tls.key or tls.cert,
        "gallery.key_file": config.gallery.key_file,
        "sync.key_file": config.sync.key_file,
        "audit.key_file": config.audit.key_file,
        "webhook.secret_file": config.webhook.secret_file,
    }
    told, mends, seen = [], [], 0
    for key, file in files.items():
        if file is None or awaits_credentials(file):
            continue
        found = _stat(file)
        if found is None:  # that it is missing is told by who needs it
            continue
        seen += 1
        if is_open_to_others(found.st_mode):
            told.append(f"{key} {file} is open to others ({stat.S_IMODE(found.st_mode):04o})")
            mends.append(f"chmod 600 {file}")
    if told:
        return Check.fail(name, "; ".join(told), "; ".join(mends), files=seen)
    return Check.ok(name, f"{seen} files with keys or passwords, none open to others", files=seen)


def _configuration(one: Installation, user: pwd.struct_passwd, groups: set[int]) -> Check:
    name = "permissions.configuration"
    files = [file for file in (one.file, one.config.policy.file) if file is not None]
    there = [file for file in files if _stat(file) is not None]
    if not there:
        return Check.skipped(name, "there is no configuration file")
    hidden = [file for file in there if not _may(user.pw_uid, groups, file, READ)]
    if hidden:
        told = f"{user.pw_name} may not read {', '.join(map(str, hidden))}"
        mend = "; ".join(f"chgrp {user.pw_name} {file}; chmod 640 {file}" for file in hidden)
        return Check.fail(name, told, mend)
    if open_files := [file for file in there if _may(user.pw_uid, groups, file, WRITE)]:
        told = f"the service could change {', '.join(map(str, open_files))}"
        mend = "; ".join(
            f"chown root:{user.pw_name} {file}; chmod 640 {file}" for file in open_files
        )
        return Check.warn(name, told, mend)
    read = [file for file in there if _holds_secret(one, file) and file.stat().st_mode & EVERYBODY]
    if read:
        told = f"everybody may read {', '.join(map(str, read))}, with a password or hashes of PINs"
        return Check.fail(name, told, "; ".join(f"chmod 640 {file}" for file in read))
    return Check.ok(name, "the service reads its configuration and cannot change it")


def _holds_secret(one: Installation, file: Path) -> bool:
    return file == one.config.policy.file or one.config.mqtt.password is not None


def _groups(one: Installation) -> set[int]:
    """Groups that the service has: its user's, and those its unit adds."""
    if one.user is None:
        return set()
    own = set(os.getgrouplist(one.user.pw_name, one.user.pw_gid))
    added = one.unit.groups.split() if one.unit is not None else []
    return own | {gid for gid in map(_gid, added) if gid is not None}


def _gid(group: str) -> int | None:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        return None


def _group_name(file: Path) -> str:
    gid = file.stat().st_gid
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _stat(file: Path) -> os.stat_result | None:
    """What is known of a file; None where it is not there, or not to be seen from here."""
    try:
        return file.stat()
    except OSError:
        return None


def _may(uid: int, groups: set[int], file: Path, what: int) -> bool:
    """Whether a user may read or write a file, by its mode: the first class that fits rules."""
    found = file.stat()
    if uid == 0:
        return True
    if found.st_uid == uid:
        return found.st_mode >> 6 & what == what
    if found.st_gid in groups:
        return found.st_mode >> 3 & what == what
    return found.st_mode & what == what
