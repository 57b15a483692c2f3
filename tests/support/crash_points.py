"""What a folder may hold after a crash at any system call that a program wrote it with.

`record` runs a program under strace; `Disk` plays its system calls again up to one of them, and
tells what is left when the program was killed there, or the power failed: then what was not synced
may be lost or torn, whether the names it was given by then are there or not.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

CALLS = (
    "openat,write,writev,pwrite64,sendfile,copy_file_range,ftruncate,rename,renameat,renameat2,"
    "mkdir,mkdirat,unlink,unlinkat,rmdir,symlink,link,fsync,fdatasync"
)
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_FD = re.compile(r"(?:AT_FDCWD|\d+)<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')

Content = bytes | None
"""Of a file; None is a folder."""


class Crash(StrEnum):
    """How a program ended, and what the disk made of it."""

    KILLED = "killed"
    KILLED_IN_WRITE = "killed in a write: a part of it is there"
    CUT = "power cut: names are there, what was not synced is empty"
    CUT_TORN = "power cut: names are there, of what was not synced a part is there"
    CUT_OLD = "power cut: names that were not synced are as before"


CRASHES = (
    (Crash.KILLED, 1.0),
    *((Crash.KILLED_IN_WRITE, part) for part in (0.02, 0.3, 0.7, 0.98)),
    (Crash.CUT, 0.0),
    *((Crash.CUT_TORN, part) for part in (0.02, 0.3, 0.7, 0.98)),
    (Crash.CUT_OLD, 0.0),
)
"""Crashes, each with how much is left of what is torn."""


@dataclass(frozen=True)
class Call:
    """One system call that changes a folder.

    Attributes:
        kind: `create`, `truncate`, `write`, `copy`, `rename`, `mkdir`, `remove`, `symlink`, `sync`.
        path: What it changes.
        other: The file it copies from, or the new name.
        data: What it writes.
        number: Which of the program's calls of `name` it is, from 1.
        name: The system call.
    """

    kind: str
    path: str
    other: str = ""
    data: bytes = b""
    number: int = 0
    name: str = ""


def record(command: Sequence[str], folder: Path, log: Path) -> list[Call]:
    """Run a program, and tell what it did to a folder.

    Raises:
        CalledProcessError: It failed.
    """
    strace = ["strace", "-f", "-y", "-xx", "-s", "67108864", "-e", f"trace={CALLS}", "-o", str(log)]
    subprocess.run([*strace, *command], check=True, capture_output=True)
    return list(_calls(log.read_text(), str(folder)))


@dataclass
class Disk:
    """Names and contents, as programs see them and as they are on the disk.

    Attributes:
        names: Path -> number of its content.
        data: Number -> content.
    """

    names: dict[str, int] = field(default_factory=dict)
    data: dict[int, Content] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    _synced_names: dict[str, int] = field(default_factory=dict)
    _synced_data: dict[int, Content] = field(default_factory=dict)
    _last: tuple[int, int] | None = None

    @classmethod
    def of(cls, folder: Path) -> "Disk":
        """What lies in a folder, all of it synced."""
        disk = cls()
        for path in [folder, *sorted(folder.rglob("*"))]:
            disk._add(str(path), path.read_bytes() if path.is_file() else None)
            if path.is_symlink():
                disk.links[disk.names[str(path)]] = str(path.readlink())
        disk._synced_names, disk._synced_data = dict(disk.names), dict(disk.data)
        return disk

    def play(self, call: Call) -> None:
        """Do what a program did."""
        self._last = None
        match call.kind:
            case "create":
                if call.path not in self.names:
                    self._add(call.path, b"")
            case "truncate":
                self.data[self.names[call.path]] = b""
            case "write" | "copy":
                self._append(call)
            case "rename":
                self.names[call.other] = self.names.pop(call.path)
            case "mkdir":
                self._add(call.path, None)
            case "remove":
                del self.names[call.path]
            case "symlink":
                self._add(call.path, b"")
                self.links[self.names[call.path]] = call.other
            case "sync":
                self._sync(call.path)

    def after(self, crash: Crash, part: float = 1.0) -> dict[str, tuple[Content, str]]:
        """Path -> content and, of a symbolic link, where it leads.

        Args:
            crash: What happened.
            part: How much is left of what is torn.
        """
        names = self._synced_names if crash is Crash.CUT_OLD else self.names
        data = dict(self.data)
        if crash is Crash.KILLED_IN_WRITE and self._last is not None:
            number, length = self._last
            torn = data[number] or b""
            data[number] = torn[: len(torn) - int(length * (1 - part))]
        if crash in {Crash.CUT, Crash.CUT_TORN, Crash.CUT_OLD}:
            for number, content in self.data.items():
                synced = self._synced_data.get(number, b"")
                if content is not None and number not in self.links and content != synced:
                    left = content[: int(len(content) * part)]
                    data[number] = left if crash is Crash.CUT_TORN else synced
        state: dict[str, tuple[Content, str]] = {}
        for path, number in sorted(names.items()):  # a folder before what is in it
            if not state or os.path.dirname(path) in state:  # noqa: PTH120 - of a mapping
                state[path] = data[number], self.links.get(number, "")
        return state

    def _add(self, path: str, content: Content) -> None:
        number = len(self.data)
        self.names[path], self.data[number] = number, content

    def _append(self, call: Call) -> None:
        number = self.names.get(call.path)
        if number is None:  # it has no name any more
            return
        piece = call.data
        if call.kind == "copy":
            piece = self.data[self.names[call.other]] or b""
        self.data[number] = (self.data[number] or b"") + piece
        self._last = number, len(piece)

    def _sync(self, path: str) -> None:
        number = self.names.get(path)
        if number is None:
            return
        if self.data[number] is not None:
            self._synced_data[number] = self.data[number]
            return
        inside = {one for one in self.names if os.path.dirname(one) == path}  # noqa: PTH120 - a text of a trace
        gone = {one for one in self._synced_names if os.path.dirname(one) == path} - inside  # noqa: PTH120 - a text of a trace
        self._synced_names |= {one: self.names[one] for one in inside}
        for one in gone:
            del self._synced_names[one]


def lay_out(state: Mapping[str, tuple[Content, str]], was: Path, folder: Path) -> None:
    """Write a state of one folder into another."""
    for path, (content, link) in state.items():
        place = folder / Path(path).relative_to(was)
        if link:
            place.symlink_to(link)
        elif content is None:
            place.mkdir(exist_ok=True)
        else:
            place.touch(mode=0o600)
            place.write_bytes(content)


def _calls(text: str, folder: str) -> Iterator[Call]:
    counts: dict[str, int] = {}
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        name, arguments, result = found[1], found[2], int(found[3])
        counts[name] = counts.get(name, 0) + 1
        if result < 0:
            continue
        for call in _meant(name, arguments, result):
            if call.path.startswith(folder):
                yield Call(call.kind, call.path, call.other, call.data, counts[name], name)


def _meant(name: str, arguments: str, result: int) -> Iterator[Call]:
    files = [_plain(one) for one in _FD.findall(arguments)]
    texts = [_bytes(one) for one in _TEXT.findall(arguments)]
    # Names are relative to the folder that a descriptor before them leads to.
    paths = [os.path.join(files[0] if files else "", os.fsdecode(one)) for one in texts]  # noqa: PTH118 - may be no path
    if name == "openat":
        if "O_CREAT" in arguments:
            yield Call("create", paths[0])
        if "O_TRUNC" in arguments:
            yield Call("truncate", paths[0])
    elif name == "symlink":
        yield Call("symlink", paths[1], os.fsdecode(texts[0]))
    elif name in _KINDS:
        yield Call(_KINDS[name], paths[0], "".join(paths[1:2]))
    elif name in _WRITES:
        yield Call("write", files[0], data=b"".join(texts)[:result])
    elif name in _COPIES and result:
        into, source = _COPIES[name]
        yield Call("copy", files[into], files[source])
    elif name in _ON_FILES:
        yield Call(_ON_FILES[name], files[0])


_KINDS = {
    "rename": "rename",
    "renameat": "rename",
    "renameat2": "rename",
    "mkdir": "mkdir",
    "mkdirat": "mkdir",
    "unlink": "remove",
    "unlinkat": "remove",
    "rmdir": "remove",
}
_WRITES = {"write", "writev", "pwrite64"}
_COPIES = {"sendfile": (0, 1), "copy_file_range": (1, 0)}
_ON_FILES = {"ftruncate": "truncate", "fsync": "sync", "fdatasync": "sync"}


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _plain(text: str) -> str:
    """A path as strace shows it beside a descriptor, in hex or not."""
    return os.fsdecode(_bytes(text)) if text.startswith("\\x") else text
