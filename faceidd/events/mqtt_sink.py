"""MqttSink: tells events to a broker that may be away, without ever making the door wait.

The outbox lives in memory: what waits when the process ends is lost. Events are sent at least
once; an id tells two deliveries of one event from two events.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from faceidd.backoff import delays
from faceidd.clock import Clock
from faceidd.errors import BrokerError
from faceidd.events.event import Event
from faceidd.events.mqtt import MqttSettings, status
from faceidd.events.paho import LONGEST_PAUSE, Connection, Received
from faceidd.events.pending import Pending, Waiting
from faceidd.events.tls import tls_context
from faceidd.units import Instant, Seconds

RETRY_MIN, RETRY_MAX = Seconds(1.0), Seconds(60.0)
CONNECT_TIMEOUT = Seconds(5.0)
CLOSE_TIMEOUT = Seconds(3.0)

_log = logging.getLogger(__name__)


def since_boot() -> Instant:
    """The present moment on a clock that nobody sets and that does not stop in suspension."""
    return Instant(time.clock_gettime(time.CLOCK_BOOTTIME))


class MqttSink:
    """Sends events in their order from a thread of its own, for as long as they are fresh.

    Connects and reconnects by itself. While the broker is away events wait, a bounded number of
    them; what expires meanwhile is never sent.

    Args:
        settings: The broker and this door's topics.
        clock: Tells the age of events.
        retry_min: First pause before another try to connect; the pauses double from it.
        on_command: Is told, on the sink's own thread, what comes on the command topic; must return
            at once. None listens to nothing.

    Raises:
        BrokerError: A file of the TLS settings cannot be used.
    """

    def __init__(
        self,
        settings: MqttSettings,
        *,
        clock: Clock = since_boot,
        retry_min: Seconds = RETRY_MIN,
        on_command: Callable[[Received], None] | None = None,
    ) -> None:
        if settings.tls is not None:
            tls_context(settings.tls)  # so that a wrong file is told now, not by a thread
        self._settings = settings
        self._clock = clock
        self._retry_min = retry_min
        self._on_command = on_command
        self._pending = Pending(settings.queue_size)
        self._lock = threading.Lock()
        self._refused = 0
        self._reported = 0
        self._state = ""
        self._closing = threading.Event()
        self._wake, self._alarm = socket.socketpair()
        self._wake.setblocking(False)
        self._alarm.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Events that were taken and will never be sent: expired, crowded out, or refused."""
        with self._lock:
            return self._pending.expired + self._pending.crowded_out + self._refused

    @property
    def waiting(self) -> int:
        """Events that were taken and not sent yet."""
        with self._lock:
            return len(self._pending)

    @property
    def online(self) -> bool:
        """Whether the broker takes events now."""
        return self._state == "online"

    def publish(self, event: Event) -> None:
        """Take an event; returns at once and raises nothing."""
        expires_at = Instant(self._clock() + event.life(datetime.now(UTC)))
        with self._lock:
            self._pending.add(Waiting(event, expires_at))
        self._rouse()

    def close(self) -> None:
        """Send what is fresh, say `offline`, and disconnect; bounded. May be called again."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._rouse()
        self._thread.join(CLOSE_TIMEOUT + LONGEST_PAUSE)
        self._report_drops()
        with self._lock:
            untold = len(self._pending)
        if untold:
            _log.warning("%d events were not told: the broker is away", untold)

    def _rouse(self) -> None:
        # A full socket has roused already; a closed one has nobody to rouse.
        with suppress(OSError):
            self._alarm.send(b"\0")

    def _run(self) -> None:
        with self._wake, self._alarm:
            pauses = delays(self._retry_min, RETRY_MAX)
            while not self._closing.is_set():
                try:
                    self._talk()
                except BrokerError as error:
                    if self._state == "online":
                        pauses = delays(self._retry_min, RETRY_MAX)
                    self._say(logging.WARNING, str(error))
                except Exception:
                    _log.exception("events cannot be sent; trying again")
                self._closing.wait(next(pauses))

    def _talk(self) -> None:
        """Hold one connection until it is lost or the sink is closed."""
        settings = self._settings
        connection = Connection(settings, client_id=settings.client_id, will=True)
        unanswered: dict[int, Waiting] = {}
        try:
            connection.open(CONNECT_TIMEOUT)
            if self._on_command is not None:  # before it says that it is there
                connection.subscribe(settings.command_topic)
            connection.publish(settings.status_topic, status("online"), retain=True)
            self._say(logging.INFO, "online")
            while not self._closing.is_set():
                self._send(connection, unanswered)
                connection.pump(LONGEST_PAUSE, self._wake)
                self._settle(connection, unanswered)
                self._hear(connection)
            self._take_leave(connection, unanswered)
        finally:
            connection.drop()
            with self._lock:
                self._pending.put_back(unanswered.values())

    def _send(self, connection: Connection, unanswered: dict[int, Waiting]) -> None:
        with suppress(BlockingIOError):
            while self._wake.recv(4096):
                pass
        while connection.has_room:
            now = self._clock()
            with self._lock:
                waiting = self._pending.take(now)
            if waiting is None:
                break
            event = waiting.event
            key = connection.publish(
                self._settings.event_topic(event),
                event.model_dump_json(),
                expiry_s=max(1, int(waiting.life(now))),
            )
            unanswered[key] = waiting
        self._report_drops()

    def _settle(self, connection: Connection, unanswered: dict[int, Waiting]) -> None:
        for key, refusal in connection.take_answers().items():
            waiting = unanswered.pop(key, None)
            if refusal is None:
                continue
            # Of no event the kind is said: a log must not tell that there was a silent alarm.
            what = "the door's status" if waiting is None else "an event"
            _log.warning("the broker does not take %s: %s", what, refusal)
            if waiting is not None:
                with self._lock:
                    self._refused += 1

    def _hear(self, connection: Connection) -> None:
        for received in connection.take_received():
            if self._on_command is not None:
                self._on_command(received)

    def _take_leave(self, connection: Connection, unanswered: dict[int, Waiting]) -> None:
        deadline = time.monotonic() + CLOSE_TIMEOUT
        self._send(connection, unanswered)
        while unanswered and time.monotonic() < deadline:
            connection.pump(Seconds(deadline - time.monotonic()))
            self._settle(connection, unanswered)
            self._send(connection, unanswered)
        topic, payload = self._settings.status_topic, status("offline")
        key = connection.publish(topic, payload, retain=True)
        while key not in connection.take_answers() and time.monotonic() < deadline:
            connection.pump(Seconds(deadline - time.monotonic()))
        connection.disconnect()

    def _say(self, level: int, state: str) -> None:
        # A broker that is away for a week is told once.
        if state != self._state:
            self._state = state
            _log.log(level, "events to %s: %s", self._settings.address, state)

    def _report_drops(self) -> None:
        dropped = self.dropped
        if dropped > self._reported:
            _log.warning("%d events were not told: too old, too many, or refused", dropped)
            self._reported = dropped
