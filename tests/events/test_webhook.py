"""A web server is told of each event until it has it."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.mosquitto import Mosquitto
from support.news import forced, opened
from support.posting import everything, stamp
from support.web_server import Request, WebServer

from faceidd.errors import ConfigError
from faceidd.events.event import parse
from faceidd.events.outbox import Outbox
from faceidd.events.webhook import WebhookSettings, WebhookSink, parse_secret, sign
from faceidd.units import Seconds

SECRET = bytes(range(32))
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SOON_S = 20.0


class Told:
    """An outbox and the web server that is told of it."""

    def __init__(self, url: str, ca: Path | None = None) -> None:
        self.outbox = Outbox(None, {"webhook": everything}, stamp=stamp)
        self.sink = WebhookSink(
            WebhookSettings(url, SECRET, ca, Seconds(5.0)),
            self.outbox.reader("webhook"),
            retry_min=Seconds(0.01),
            wall_clock=lambda: NOON,
        )

    def close(self) -> None:
        self.sink.close()
        self.outbox.close()


@pytest.fixture
def tell() -> Iterator[Callable[..., Told]]:
    with ExitStack() as stack:

        def make(url: str, ca: Path | None = None) -> Told:
            told = Told(url, ca)
            stack.callback(told.close)
            return told

        yield make


def visit(request: Request) -> object:
    return json.loads(request.body)["visit"]


def test_a_request_is_an_event_and_its_signature(tell: Callable[..., Told]) -> None:
    with WebServer() as server:
        event = opened("v1")
        told = tell(server.url)
        told.outbox.publish(event)
        request = server.requests.get(timeout=SOON_S)
        told.close()
    assert request.path == "/door"
    heard = parse(request.body)
    assert heard.model_copy(update={"age_ms": 0}) == event
    assert request.headers["webhook-id"] == event.id
    assert request.headers["faceidd-stream"] == "event"
    timestamp = request.headers["webhook-timestamp"]
    assert timestamp == f"{NOON.timestamp():.0f}"
    signed = f"{event.id}.{timestamp}.{request.body}".encode()
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"


def test_the_signature_is_that_of_the_standard() -> None:
    # The example of the Standard Webhooks specification's reference libraries.
    secret = parse_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("answer", [500, 503, 429, 404, 301, None])
def test_an_event_is_told_again_in_its_place_until_it_is_taken(
    tell: Callable[..., Told], answer: int | None
) -> None:
    with WebServer() as server:
        server.answers.extend([answer, answer])
        told = tell(server.url)
        told.outbox.publish(opened("v1"))
        told.outbox.publish(opened("v2"))
        heard = [server.requests.get(timeout=SOON_S) for _ in range(4)]
        told.close()
    assert [visit(request) for request in heard] == ["v1", "v1", "v1", "v2"]
    assert {request.path for request in heard} == {"/door"}
    assert len({request.headers["webhook-id"] for request in heard}) == 2
    assert told.outbox.health.waiting == 0


def test_an_event_that_cannot_be_taken_holds_up_no_other(tell: Callable[..., Told]) -> None:
    with WebServer() as server:
        server.answers.append(422)
        told = tell(server.url)
        told.outbox.publish(opened("v1"))
        told.outbox.publish(opened("v2"))
        heard = [server.requests.get(timeout=SOON_S) for _ in range(2)]
        told.close()
    assert [visit(request) for request in heard] == ["v1", "v2"]
    assert told.outbox.health.dropped == 1


def test_a_server_that_was_away_is_told_of_all_and_the_log_once(
    tell: Callable[..., Told], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "faceidd.events.webhook")
    with WebServer() as gone:
        port = gone.port
    told = tell(gone.url)
    for number in range(3):
        told.outbox.publish(opened(f"v{number}"))
    with WebServer(port) as server:
        heard = [server.requests.get(timeout=SOON_S) for _ in range(3)]
        told.close()
    assert [visit(request) for request in heard] == ["v0", "v1", "v2"]
    assert sum("is not told" in message for message in caplog.messages) <= 1


def test_a_silent_alarm_says_that_it_is_one(tell: Callable[..., Told]) -> None:
    with WebServer() as server:
        told = tell(server.url)
        told.outbox.publish(forced("v1"))
        assert server.requests.get(timeout=SOON_S).headers["faceidd-stream"] == "alarm"
        told.close()


def test_a_server_is_told_over_tls_and_not_if_another_vouches_for_it(
    tell: Callable[..., Told], mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    folder = mosquitto.ca_file.parent
    with WebServer(tls=(folder / "server.pem", folder / "server.key")) as server:
        stranger = tell(server.url, mosquitto.other_ca_file)
        stranger.outbox.publish(opened("v1"))
        told = tell(server.url, mosquitto.ca_file)
        told.outbox.publish(opened("v2"))
        assert visit(server.requests.get(timeout=SOON_S)) == "v2"
        stranger.close()
        told.close()
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text
    assert stranger.outbox.health.waiting == 1


@pytest.mark.parametrize("text", ["", "hunter2", "whsec_", "whsec_!", "whsec_c2hvcnQ="])
def test_what_is_no_secret_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigError, match="holds no secret") as refusal:
        parse_secret(text)
    assert not text or text not in refusal.value.what
