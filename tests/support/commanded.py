"""A door that obeys signed commands, with hands on its clocks, its disk and its broker."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty
from typing import Self

from support.evening import Evening
from support.posting import Posting
from support.subscriber import Message, Subscriber

from faceidd.access.policy import Policy
from faceidd.daemon.commands import Commands
from faceidd.daemon.door_state import DoorState
from faceidd.daemon.inbox import Inbox
from faceidd.daemon.telling import Telling
from faceidd.door.lockdown import KeptLockdown
from faceidd.errors import FaceiddError
from faceidd.events.command import COMMANDS, CommandName, PrivateKey
from faceidd.events.command_check import CommandCheck, Key, Refusal
from faceidd.events.event import CommandObeyed, CommandRefused, Event, parse
from faceidd.events.mqtt import MqttSettings
from faceidd.events.received import Received
from faceidd.events.sink import EventSink
from faceidd.units import Seconds

START = datetime(2026, 1, 5, 11, tzinfo=UTC)
KEY = PrivateKey.generate("boss")
DESK = PrivateKey.generate("desk")
KEYS = {
    "boss": Key(KEY.public_key, frozenset(COMMANDS)),
    "desk": Key(DESK.public_key, frozenset({"unlock"})),
}
TOPIC = "faceidd/front/command"
BETWEEN_MS = 10
"""Commands of a test are signed so long one after the other."""


class Listener:
    """A sink that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)

    def close(self) -> None:
        """Nothing to do."""


class Commanded:
    """A door, from a start of its daemon to the end of that; use it as a context.

    Args:
        folder: Where its state outlives it.
        policy: Who passes; None lets everybody.
        broker: Where it listens and tells; None has it told by hand.
        started_s: When it starts, in seconds after `START` by the clock on its wall.
    """

    def __init__(
        self,
        folder: Path,
        *,
        policy: Policy | None = None,
        broker: MqttSettings | None = None,
        started_s: float = 0.0,
    ) -> None:
        self.evening = Evening(
            policy,
            state=DoorState(folder, "front"),
            kept=KeptLockdown(folder / "lockdown"),
        )
        self.listener = Listener()
        self.reloads = 0
        self.reload_fault: FaceiddError | None = None
        self.identified = 0
        self.inbox = Inbox(self.evening.clock)
        self.set_wall(started_s)
        sink: EventSink = self.listener
        self._stack = ExitStack()
        self._stack.callback(self.evening.door.close)
        if broker is not None:
            sink = Posting(broker, listeners={TOPIC: self.inbox.receive})
            self._stack.callback(sink.close)
        self.commands = Commands(
            inbox=self.inbox,
            check=CommandCheck(
                "front",
                KEYS,
                self.wall_ms,
                self.evening.state.marks,
                self.evening.state.remember,
            ),
            gate=self.evening.gate,
            teller=Telling(sink, "front", Seconds(60.0)),
            reload=self._reload,
            identify=self._identify,
            wall_clock=lambda: self.evening.now,
            clock=self.evening.clock,
        )

    @property
    def wall_ms(self) -> int:
        """What the clock on its wall reads, in milliseconds since 1970 UTC."""
        assert self.evening.now is not None
        return int(1000 * self.evening.now.timestamp())

    def set_wall(self, seconds: float) -> None:
        """Set the clock on its wall to so long after `START`."""
        self.evening.now = START + timedelta(seconds=seconds)

    def sign(
        self, command: CommandName = "unlock", key: PrivateKey = KEY, *, life_ms: int = 10_000
    ) -> bytes:
        """Sign a command now, by the clock on its wall."""
        self.set_wall((self.wall_ms + BETWEEN_MS) / 1000 - START.timestamp())
        return key.sign(command, "front", self.wall_ms, life_ms).model_dump_json().encode()

    def bring(self, payload: bytes, *, retained: bool = False) -> Refusal | None:
        """Bring it a message by hand; tells why it refused."""
        told = len(self.listener.events)
        self.inbox.receive(Received(payload, TOPIC, retained))
        self.commands.poll()
        (event,) = self.listener.events[told:]
        if isinstance(event, CommandRefused):
            return event.reason
        assert isinstance(event, CommandObeyed)
        return None

    def hear(
        self, subscriber: Subscriber, ends: Callable[[Event], bool], timeout: float = 20.0
    ) -> Event | None:
        """Let it go on until a subscriber hears of an event; None if it does not in time."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.commands.poll()
            message = _next(subscriber)
            if message is None or "/event/" not in message.topic:
                continue
            event = parse(message.text)
            if ends(event):
                return event
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _reload(self, done: Callable[[Exception | None], None]) -> None:
        self.reloads += 1
        done(self.reload_fault)

    def _identify(self) -> None:
        self.identified += 1


def _next(subscriber: Subscriber) -> Message | None:
    try:
        return subscriber.next(timeout=0.01)
    except Empty:
        return None
