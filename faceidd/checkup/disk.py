"""Checks of the disks that a door writes to: room, kind, whether they can be written, and wear."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faceidd.checkup.check import Check, Figure
from faceidd.checkup.installation import Installation
from faceidd.daemon.config import Config
from faceidd.daemon.open_folders import kept_folders

MB = 1 << 20
LEAST_MB, FEW_MB = 16, 128
"""Free megabytes below which a door soon cannot write, and below which somebody should look."""
LEAST_NODES, FEW_NODES = 64, 1024
"""Likewise files that can still be made."""
MOUNTS, BLOCKS = Path("/proc/self/mountinfo"), Path("/sys/block")
MEMORY = frozenset({"tmpfs", "ramfs"})
WORN_PERCENT = 80
_ROOM = "make room: journalctl --vacuum-size=100M, apt clean; or lower what is kept (keep_days)"


@dataclass(frozen=True, slots=True)
class Disk:
    """One file system that a door writes to.

    Attributes:
        folder: Of the door's that lies there: the first.
        keys: Settings whose folders lie there.
        kind: `ext4`, `tmpfs` ...; empty where it is not known.
        free: Bytes that anybody may still write.
        nodes: Files that can still be made; None where they are not counted.
        read_only: Whether nothing can be written.
    """

    folder: Path
    keys: tuple[str, ...]
    kind: str
    free: int
    nodes: int | None
    read_only: bool


def check_disk(one: Installation, blocks: Path = BLOCKS) -> Iterator[Check]:
    """Look at each file system once, and at what the card says of its wear.

    Args:
        one: The installation.
        blocks: The kernel's folder of disks.
    """
    disks = find_disks(one.config)
    for disk in disks:
        yield _judged(disk, "disk" if len(disks) == 1 else f"disk.{disk.keys[0]}")
    yield from _worn(blocks)


def find_disks(config: Config, mounts: Path = MOUNTS) -> list[Disk]:
    """File systems that the folders of a configuration lie on; what is not there yet, its parent's.

    Args:
        config: Names the folders.
        mounts: The kernel's list, proc_pid_mountinfo(5).
    """
    folders = {**kept_folders(config), "gallery.file": config.gallery.file.parent,
               "sync.state_dir": config.sync.state_dir}  # fmt: skip
    kinds = _kinds(mounts)
    found: dict[int, Disk] = {}
    for key, folder in folders.items():
        there = _nearest(folder)
        try:
            device, at = there.stat().st_dev, os.statvfs(there)
        except OSError:
            continue
        was = found.get(device)
        keys = (*was.keys, key) if was else (key,)
        found[device] = Disk(
            was.folder if was else there,
            keys,
            kinds.get(f"{os.major(device)}:{os.minor(device)}", ""),
            at.f_bavail * at.f_frsize,
            at.f_favail if at.f_files else None,
            bool(at.f_flag & os.ST_RDONLY),
        )
    return list(found.values())


def _judged(disk: Disk, name: str) -> Check:
    free = disk.free // MB
    figures: dict[str, Figure] = {
        "folder": str(disk.folder), "keys": ", ".join(disk.keys), "kind": disk.kind,
        "free_mb": free, "free_files": disk.nodes, "read_only": disk.read_only,
    }  # fmt: skip
    kind = f", {disk.kind}" if disk.kind else ""
    told = f"{disk.folder}{kind}: {free} MB free"
    few_nodes = disk.nodes is not None and disk.nodes < FEW_NODES
    told += f", {disk.nodes} files can be made" if few_nodes else ""
    if disk.read_only:
        mend = "see why the kernel made it read-only (dmesg), then mount it writable"
        return Check.fail(name, f"{disk.folder}{kind} is read-only", mend, **figures)
    if free < LEAST_MB or (disk.nodes is not None and disk.nodes < LEAST_NODES):
        return Check.fail(name, f"{told}: the door cannot write", _ROOM, **figures)
    if disk.kind in MEMORY:
        lost = (
            f"{told}; it is memory: lockdowns, waiting events and the gallery do not outlive a boot"
        )
        return Check.warn(name, lost, "name a folder on a disk in policy.state_dir", **figures)
    if free < FEW_MB or few_nodes:
        return Check.warn(name, told, _ROOM, **figures)
    return Check.ok(name, told, **figures)


def _worn(blocks: Path) -> Iterator[Check]:
    """What flash memory says of itself; plain SD cards say nothing."""
    for file in sorted(blocks.glob("mmcblk*/device/life_time")):
        # Two numbers, of its two kinds of memory: 0x01 is up to 10 % used, 0x0b more than all.
        used = [10 * int(one, 16) for one in re.findall(r"0x([0-9a-fA-F]{1,2})", _text(file))]
        if not used or max(used) == 0:
            continue
        name, disk = "disk.wear", file.parts[-3]
        told = f"{disk} has used {'more than 100' if max(used) > 100 else max(used)} % of its life"  # noqa: PLR2004 - per cent
        if max(used) > WORN_PERCENT:
            yield Check.warn(name, told, "copy it to a new card soon", used_percent=max(used))
        else:
            yield Check.ok(name, told, used_percent=max(used))


def _kinds(mounts: Path) -> dict[str, str]:
    """Device, as `major:minor` -> kind of its file system."""
    kinds: dict[str, str] = {}
    for line in _text(mounts).splitlines():
        before, _, after = line.partition(" - ")
        words, kind = before.split(), after.split(" ")[0]
        if len(words) > 2 and kind:  # noqa: PLR2004 - the device is the third word
            kinds[words[2]] = kind
    return kinds


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there and may be seen."""
    return next((one for one in (folder, *folder.parents) if os.path.lexists(one)), Path("/"))


def _text(file: Path) -> str:
    try:
        with file.open(errors="replace") as opened:
            return opened.read(1 << 20)
    except OSError:
        return ""
