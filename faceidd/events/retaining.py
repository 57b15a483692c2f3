"""Retaining: what a broker is to keep, the newest of each topic, and what of it is unsent."""


class Retaining:
    """Messages to be kept, and which of them one connection has not carried yet. For one lock."""

    def __init__(self) -> None:
        self._kept: dict[str, str | bytes] = {}
        self._unsent: dict[str, None] = {}

    @property
    def unsent(self) -> bool:
        """Whether a message was not sent yet."""
        return bool(self._unsent)

    def keep(self, topic: str, payload: str | bytes) -> None:
        """Put a message in the place of the one on its topic."""
        self._kept[topic] = payload
        self._unsent[topic] = None

    def send_all(self) -> None:
        """Begin anew: the broker may have forgotten all."""
        self._unsent = dict.fromkeys(self._kept)

    def take(self) -> tuple[str, str | bytes] | None:
        """Take a message that was not sent; None if all were."""
        if not self._unsent:
            return None
        topic = next(iter(self._unsent))
        del self._unsent[topic]
        return topic, self._kept[topic]
