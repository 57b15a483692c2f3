"""Passing: messages that are worth sending for a moment only, the oldest of too many dropped.

They have no place in what is kept for a broker that is away. Pure: time is an argument.
"""

from collections import deque
from dataclasses import dataclass

from faceidd.units import Instant, Seconds

MOST_WAITING = 8


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is never retained.

    Attributes:
        topic: Where to; the whole of it.
        payload: What.
        expires_at: When it must no longer be sent, on a clock that nobody sets.
    """

    topic: str
    payload: str | bytes
    expires_at: Instant

    def life(self, now: Instant) -> Seconds:
        """What is left of its life; 0 or less is none."""
        return Seconds(self.expires_at - now)


class Passing:
    """Bundles of messages in their order; of a bundle all are sent, or the rest is dropped.

    For one lock.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Message, ...]] = deque(maxlen=MOST_WAITING)
        self._begun: deque[Message] = deque()

    def add(self, *bundle: Message) -> None:
        """Let messages that belong together wait behind all others."""
        self._waiting.append(bundle)

    def begin_anew(self) -> None:
        """Drop the rest of a bundle whose beginning may be lost."""
        self._begun.clear()

    def take(self, now: Instant) -> Message | None:
        """Take the oldest message that is still worth sending; None if there is none."""
        while self._begun or self._waiting:
            if not self._begun:
                self._begun.extend(self._waiting.popleft())
            message = self._begun.popleft()
            if message.life(now) > 0:
                return message
            self._begun.clear()
        return None
