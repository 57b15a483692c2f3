"""MqttSink: tells a broker, which may be away, what waits in the outbox.

An event is sent at least once, and leaves the outbox when the broker says that it has it; an id
tells two deliveries of one event from two events. A lost connection is thrown away with all that
it holds, and what was not acknowledged is sent anew, in its order.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from faceidd.backoff import delays
from faceidd.clock import real_s, since_boot
from faceidd.errors import BrokerError
from faceidd.events.mqtt import MqttSettings, status
from faceidd.events.outbox_reader import Reader
from faceidd.events.paho import LONGEST_PAUSE, Connection
from faceidd.events.passing import Message, Passing
from faceidd.events.received import Received
from faceidd.events.retained import RetainedState
from faceidd.events.retaining import Retaining
from faceidd.events.tls import tls_context
from faceidd.units import Instant, Seconds

Listener = Callable[[Received], None]
"""Is told of a message that came; must return at once."""

RETRY_MIN, RETRY_MAX = Seconds(1.0), Seconds(60.0)
CONNECT_TIMEOUT = Seconds(5.0)
CLOSE_TIMEOUT = Seconds(2.0)
UNHEARD_TIMEOUT = Seconds(0.5)

_log = logging.getLogger(__name__)


class MqttSink:
    """Sends events in their order from a thread of its own, and what the broker is to keep.

    Connects and reconnects by itself.

    Args:
        settings: The broker and this door's topics.
        reader: Where events come from.
        retry_min: First pause before another try to connect; the pauses double from it.
        listeners: Topic -> who is told, on the sink's own thread, what is published there from now
            on; must return at once. A topic may not have wildcards.

    Raises:
        BrokerError: A file of the TLS settings cannot be used.
    """

    def __init__(
        self,
        settings: MqttSettings,
        reader: Reader,
        *,
        retry_min: Seconds = RETRY_MIN,
        listeners: Mapping[str, Listener] | None = None,
    ) -> None:
        if settings.tls is not None:
            tls_context(settings.tls)  # so that a wrong file is told now, not by a thread
        self._settings = settings
        self._reader = reader
        self._retry_min = retry_min
        self._listeners = dict(listeners or {})
        self._retained = Retaining()
        self._passing = Passing()
        self._lock = threading.Lock()
        self._state = ""
        self._online = False
        self._pauses = delays(retry_min, RETRY_MAX)
        self._beside: dict[int, str] = {}
        self._told_refusal = False
        self._closing = threading.Event()
        self._close_by = 0.0
        self._wake, self._alarm = socket.socketpair()
        self._wake.setblocking(False)
        self._alarm.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        reader.watch(self._rouse)
        self._thread.start()

    @property
    def online(self) -> bool:
        """Whether the broker takes events now."""
        return self._online

    def retain(self, topic: str, payload: str | bytes) -> None:
        """Have the broker keep a message, and have it sent anew after each reconnection.

        Of one topic the newest counts. Returns at once.

        Args:
            topic: Where to; the whole of it.
            payload: What; an empty one takes back what was kept.

        Raises:
            ValueError: It is a topic of events or commands, which are never retained.
        """
        if self._settings.is_never_retained(topic):
            raise ValueError(f"{topic} is never retained")
        with self._lock:
            self._retained.keep(topic, payload)
        self._rouse()

    def send_once(self, messages: Mapping[str, str | bytes], life: Seconds) -> None:
        """Send messages that are worth nothing later, all or the first of them; nobody keeps them.

        Returns at once.

        Args:
            messages: Topics, whole ones, and what goes there, in this order.
            life: For how long they are worth sending, and the broker may have them.
        """
        expires_at = Instant(since_boot() + life)
        bundle = [Message(topic, payload, expires_at) for topic, payload in messages.items()]
        with self._lock:
            self._passing.add(*bundle)
        self._rouse()

    def retain_anew(self) -> None:
        """Send all that the broker is to keep once more: somebody has forgotten it."""
        with self._lock:
            self._retained.send_all()
        self._rouse()

    def show(self, state: RetainedState) -> None:
        """Have the broker keep what is so at the door now; for `StateBoard.watch`."""
        self.retain(self._settings.state_topic(state.name), state.model_dump_json())

    def stop(self) -> None:
        """Begin to close; returns at once. May be called again."""
        if not self._closing.is_set():
            self._close_by = time.monotonic() + CLOSE_TIMEOUT + LONGEST_PAUSE
            self._closing.set()
            self._rouse()

    def close(self) -> None:
        """Send what is fresh, say `offline`, and disconnect; bounded. May be called again.

        It takes at most `CLOSE_TIMEOUT` and `LONGEST_PAUSE` from `stop` on; `UNHEARD_TIMEOUT` where
        the broker does not answer: then there is nobody to take leave of.
        """
        self.stop()
        patience = self._close_by - time.monotonic() if self._online else UNHEARD_TIMEOUT
        self._thread.join(max(0.0, patience))

    def _rouse(self) -> None:
        # A full socket has roused already; a closed one has nobody to rouse.
        with suppress(OSError):
            self._alarm.send(b"\0")

    def _run(self) -> None:
        with self._wake, self._alarm:
            while not self._closing.is_set():
                try:
                    self._talk()
                except BrokerError as error:
                    self._say(logging.WARNING, str(error))
                except Exception:
                    self._state = ""
                    _log.exception("events cannot be sent; trying again")
                self._closing.wait(real_s(next(self._pauses)))

    def _talk(self) -> None:
        """Hold one connection until it is lost or the sink is closed."""
        settings = self._settings
        connection = Connection(settings, client_id=settings.client_id, will=True)
        unanswered: dict[int, str] = {}
        try:
            connection.open(CONNECT_TIMEOUT)
            for topic in self._listeners:  # before it says that it is there
                connection.subscribe(topic)
            with self._lock:
                self._retained.send_all()
                self._passing.begin_anew()
            self._beside, self._told_refusal = {}, False
            connection.publish(settings.status_topic, status("online"), retain=True)
            self._online = True
            self._pauses = delays(self._retry_min, RETRY_MAX)
            self._say(logging.INFO, "online")
            while not self._closing.is_set():
                self._send(connection, unanswered)
                connection.pump(LONGEST_PAUSE, self._wake)
                self._settle(connection, unanswered)
                self._hear(connection)
            self._take_leave(connection, unanswered)
        finally:
            self._online = False
            connection.drop()
            self._reader.put_back()

    def _send(self, connection: Connection, unanswered: dict[int, str]) -> None:
        with suppress(BlockingIOError):
            while self._wake.recv(4096):
                pass
        self._send_retained(connection)
        self._send_passing(connection)  # few, and of no use behind a backlog
        while connection.has_room and (event := self._reader.take()) is not None:
            try:
                key = connection.publish(
                    self._settings.event_topic(event),
                    event.body,
                    expiry_s=self._settings.expiry_s(event),
                    user=event.properties,
                )
            except ValueError as error:  # so that others can be sent
                self._reader.refused(event.id)
                self._tell_unsendable(error)
            else:
                unanswered[key] = event.id

    def _send_retained(self, connection: Connection) -> None:
        while connection.has_room:
            with self._lock:
                message = self._retained.take()
            if message is None:
                return
            try:
                self._beside[connection.publish(*message, retain=True)] = message[0]
            except ValueError as error:
                self._tell_unsendable(error)

    def _send_passing(self, connection: Connection) -> None:
        while connection.has_room:
            now = since_boot()
            with self._lock:
                message = self._passing.take(now)
            if message is None:
                return
            expiry_s = max(1, int(message.life(now)))
            try:
                key = connection.publish(message.topic, message.payload, expiry_s=expiry_s)
                self._beside[key] = message.topic
            except ValueError as error:
                self._tell_unsendable(error)

    def _settle(self, connection: Connection, unanswered: dict[int, str]) -> None:
        for key, refusal in connection.take_answers().items():
            event, topic = unanswered.pop(key, None), self._beside.pop(key, "the door's status")
            if event is not None:
                (self._reader.told if refusal is None else self._reader.refused)(event)
            if refusal is not None:
                self._tell_refusal(refusal, topic if event is None else None)

    def _tell_unsendable(self, error: ValueError) -> None:
        # Not which, as below.
        _log.error("a message cannot be sent and is passed over: %s", type(error).__name__)

    def _tell_refusal(self, refusal: str, topic: str | None) -> None:
        # Of no event the kind is said: a log must not tell that there was a silent alarm.
        if topic is None:
            _log.warning("the broker does not take an event: %s", refusal)
        elif not self._told_refusal:  # what is retained comes in dozens
            self._told_refusal = True
            _log.warning("the broker does not take %s, nor maybe others: %s", topic, refusal)

    def _hear(self, connection: Connection) -> None:
        for received in connection.take_received():
            try:
                self._listeners[received.topic](received)
            except Exception:
                _log.exception("a message on %s was not taken", received.topic)

    def _take_leave(self, connection: Connection, unanswered: dict[int, str]) -> None:
        deadline = time.monotonic() + CLOSE_TIMEOUT
        self._reader.settle(CLOSE_TIMEOUT / 3)
        self._send(connection, unanswered)
        # What is retained would stay for weeks as it was: all of it goes out before `offline`.
        while (unanswered or self._is_something_unsent()) and time.monotonic() < deadline:
            connection.pump(Seconds(deadline - time.monotonic()))
            self._settle(connection, unanswered)
            self._send(connection, unanswered)
        topic, payload = self._settings.status_topic, status("offline")
        key = connection.publish(topic, payload, retain=True)
        while key not in connection.take_answers() and time.monotonic() < deadline:
            connection.pump(Seconds(deadline - time.monotonic()))
        connection.disconnect()

    def _is_something_unsent(self) -> bool:
        with self._lock:
            return self._retained.unsent

    def _say(self, level: int, state: str) -> None:
        # A broker that is away for a week is told once.
        if state != self._state:
            self._state = state
            _log.log(level, "events to %s: %s", self._settings.address, state)
