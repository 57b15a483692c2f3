"""News: what a capture process tells the daemon beside its frames, and how it is put on the wire.

Each is one packet of JSON on a pair of sockets. The daemon reads them as it would those of a
stranger: what is none is a fault of the capture process.
"""

import json
from dataclasses import asdict, dataclass, replace
from socket import socket

from faceidd.camera.pace import Pace
from faceidd.camera.settings import CameraSettings
from faceidd.errors import CameraError

MOST_BYTES = 8 * 1024
MOST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Opening:
    """The process has begun to open its source."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The source is open; frames follow."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The source has ended, as only files and folders do."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The source gives no frames: a `CameraError`."""

    what: str
    do: str


@dataclass(frozen=True, slots=True)
class Said:
    """A line for the log."""

    level: int
    text: str


News = Opening | Opened | Ended | Lost | Said
_KINDS: dict[str, type[News]] = {
    kind.__name__: kind for kind in (Opening, Opened, Ended, Lost, Said)
}


def send_news(channel: socket, news: News) -> None:
    """Tell something; too long a text is cut.

    Raises:
        OSError: Nobody listens any more.
    """
    match news:
        case Lost():
            news = replace(news, what=news.what[:MOST_TEXT], do=news.do[:MOST_TEXT])
        case Said():
            news = replace(news, text=news.text[:MOST_TEXT])
        case _:
            pass
    channel.send(json.dumps({"kind": type(news).__name__, **asdict(news)}).encode())


def receive_news(channel: socket) -> News:
    """Take what was told.

    Raises:
        BlockingIOError: Nothing was.
        EOFError: Nobody is left who could.
        CameraError: It is no news.
    """
    try:
        packet = channel.recv(MOST_BYTES)
    except ConnectionResetError as error:
        raise EOFError from error
    if not packet:
        raise EOFError
    try:
        told = json.loads(packet)
        return _KINDS[told.pop("kind")](**told)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise CameraError(
            "the capture process told what is no news", do="report this as a bug"
        ) from error


def send_settings(channel: socket, settings: CameraSettings) -> None:
    """Tell a capture process its source; not by its arguments, which every user can read."""
    channel.send(json.dumps(asdict(settings)).encode())


def receive_settings(channel: socket) -> CameraSettings:
    """Learn one's source."""
    told = json.loads(channel.recv(MOST_BYTES))
    return CameraSettings(**{**told, "pace": Pace(told["pace"])})
