"""WebhookSink: tells a web server what waits in the outbox, a signed request for each event.

Requests are as Standard Webhooks has them (standardwebhooks.com, version 1.0.0): the event is the
body; `webhook-id` is its id, `webhook-timestamp` the moment of sending, and `webhook-signature`
the HMAC-SHA256 of these and the body, by a secret that both sides know. An event counts as told
when the server answers with 2xx. One that it says it cannot take (400, 413, 422) is dropped and
counted; after any other answer, or none, all is tried again, ever more slowly.
"""

import base64
import hashlib
import hmac
import logging
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from faceidd import __version__
from faceidd.backoff import delays
from faceidd.clock import WallClock, real_s, wall
from faceidd.errors import ConfigError
from faceidd.events.entry import Outgoing
from faceidd.events.outbox_reader import Reader
from faceidd.units import Seconds

RETRY_MIN, RETRY_MAX = Seconds(1.0), Seconds(300.0)
CLOSE_TIMEOUT = Seconds(3.0)
MOST_ANSWER = 4096
"""Bytes of an answer that are read, so that the connection can serve again."""
UNTAKEABLE = {400, 413, 422}
"""Answers that say something of the event and not of the server."""
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins, no secret
LEAST_SECRET, MOST_SECRET = 24, 64
"""Bytes of a secret, as Standard Webhooks bounds them."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """A web server that is told.

    Attributes:
        url: Where to.
        secret: What requests are signed with. Never shown.
        ca: PEM file of the certificates to trust; None trusts those of the system.
        timeout: How long connecting, and each wait for an answer, may take.
    """

    url: str
    secret: bytes = field(repr=False)
    ca: Path | None = None
    timeout: Seconds = Seconds(10.0)  # noqa: RUF009 - a number


def parse_secret(text: str) -> bytes:
    """Read a secret as it is written down.

    Raises:
        ConfigError: It is none.
    """
    if text.startswith(SECRET_PREFIX):
        try:
            secret = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
        except ValueError:
            secret = b""  # told below, without what stands there
        if LEAST_SECRET <= len(secret) <= MOST_SECRET:
            return secret
    raise ConfigError(
        "webhook.secret_file holds no secret",
        do=f"write one: echo {SECRET_PREFIX}$(openssl rand -base64 32) > webhook.secret",
    )


def sign(secret: bytes, event: str, timestamp: int, body: str) -> str:
    """Sign a request: the value of `webhook-signature`.

    Args:
        secret: What both sides know.
        event: The event's id.
        timestamp: Of sending, seconds since 1970 UTC.
        body: The request's.
    """
    signed = f"{event}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def server_context(ca: Path | None) -> ssl.SSLContext:
    """Make the encryption on the way to the web server.

    Args:
        ca: As `WebhookSettings.ca`.

    Raises:
        ConfigError: The file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise ConfigError(
            f"webhook.ca {ca} cannot be used: {error}",
            do="name a PEM file that the service user can read",
        ) from error
    return context


class WebhookSink:
    """Sends events one after the other from a thread of its own.

    Args:
        settings: The server.
        reader: Where events come from.
        retry_min: First pause before another try; the pauses double from it.
        wall_clock: What requests are dated by.

    Raises:
        ConfigError: The certificate file cannot be used.
    """

    def __init__(
        self,
        settings: WebhookSettings,
        reader: Reader,
        *,
        retry_min: Seconds = RETRY_MIN,
        wall_clock: WallClock = wall,
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._retry_min = retry_min
        self._wall_clock = wall_clock
        self._http = urllib3.PoolManager(
            num_pools=1,
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(total=settings.timeout),
            ssl_context=server_context(settings.ca),
        )
        self._state = ""
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._close_by = 0.0
        self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)
        reader.watch(self._wake.set)
        self._thread.start()

    def stop(self) -> None:
        """Begin to close; returns at once. May be called again."""
        if not self._closing.is_set():
            self._close_by = time.monotonic() + CLOSE_TIMEOUT
            self._closing.set()
            self._wake.set()

    def close(self) -> None:
        """Send what can be sent at once, within `CLOSE_TIMEOUT` of `stop`. May be called again."""
        self.stop()
        self._thread.join(max(0.0, self._close_by - time.monotonic()))

    def _run(self) -> None:
        pauses = delays(self._retry_min, RETRY_MAX)
        while not self._closing.is_set():
            self._wake.clear()
            if self._send_all(self._closing.is_set):
                pauses = delays(self._retry_min, RETRY_MAX)
                self._wake.wait()
            else:
                self._closing.wait(real_s(next(pauses)))
        deadline = time.monotonic() + CLOSE_TIMEOUT / 2
        self._reader.settle(CLOSE_TIMEOUT / 3)
        self._send_all(lambda: time.monotonic() > deadline)
        self._http.clear()

    def _send_all(self, enough: Callable[[], bool]) -> bool:
        """Send what waits, until it is enough; says whether nothing went wrong."""
        while not enough() and (event := self._reader.take()) is not None:
            try:
                status = self._send(event)
            except Exception as error:  # whatever a server can do wrong
                self._reader.put_back()
                self._say(f"it cannot be reached: {error}")
                return False
            if status in UNTAKEABLE:
                self._reader.refused(event.id)
                _log.warning("the web server does not take an event: it answers %d", status)
            elif status // 100 == 2:  # noqa: PLR2004 - any success
                self._reader.told(event.id)
                self._say("")
            else:
                self._reader.put_back()
                self._say(f"it answers {status}")
                return False
        return True

    def _send(self, event: Outgoing) -> int:
        body, timestamp = event.body, int(self._wall_clock().timestamp())
        response = self._http.request(
            "POST",
            self._settings.url,
            body=body.encode(),
            headers={
                "content-type": "application/json",
                "user-agent": f"faceidd/{__version__}",
                "webhook-id": event.id,
                "webhook-timestamp": f"{timestamp}",
                "webhook-signature": sign(self._settings.secret, event.id, timestamp, body),
                "faceidd-stream": event.stream,
            },
            redirect=False,
            preload_content=False,
        )
        try:
            if len(response.read(MOST_ANSWER)) < MOST_ANSWER:
                response.release_conn()
        finally:
            response.close()  # unless it can serve again
        return int(response.status)

    def _say(self, fault: str) -> None:
        # A server that is away for a week is told once.
        if fault == self._state:
            return
        self._state = fault
        if fault:
            _log.warning("the web server is not told, %s; trying again", fault)
        else:
            _log.info("the web server is told again")
