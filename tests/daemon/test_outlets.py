"""Whom a door tells, as its configuration names them."""

from pathlib import Path

import pytest
from support.news import forced, opened
from support.web_server import WebServer

from faceidd.daemon.config import Config
from faceidd.daemon.config_events import WebhookConfig
from faceidd.daemon.outlets import Outlets, wanted
from faceidd.daemon.webhook_build import webhook_settings
from faceidd.errors import ConfigError
from faceidd.events.event import parse
from faceidd.events.state_board import StateBoard

SECRET = "whsec_" + "QUFB" * 10


def outlets(folder: Path, **sections: dict[str, object]) -> Outlets:
    state = {"policy": {"state_dir": str(folder / "state")}}
    config = Config.model_validate(state | sections, strict=False)
    return Outlets(config, StateBoard(), lambda _: None)


def test_a_door_without_broker_and_web_server_keeps_nothing(tmp_path: Path) -> None:
    told = outlets(tmp_path)
    told.publish(opened("v1"))
    told.close()
    assert told.health is None
    assert told.broker_online is None
    assert not list(tmp_path.iterdir())


def test_events_wait_for_a_broker_whose_password_cannot_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mqtt: dict[str, object] = {"host": "127.0.0.1", "password_file": str(tmp_path / "none")}
    told = outlets(tmp_path, mqtt=mqtt)
    told.publish(opened("v1"))
    told.settle(20)
    assert told.health is not None
    assert told.health().waiting == 1
    assert told.broker_online is not None
    assert not told.broker_online()
    told.close()
    assert "nothing is told over MQTT, events wait" in caplog.text


def test_a_web_server_is_told_what_it_wants(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    with WebServer() as server:
        webhook: dict[str, object] = {
            "url": server.url,
            "secret_file": str(tmp_path / "secret"),
            "types": ["duress_signaled"],
        }
        told = outlets(tmp_path, webhook=webhook)
        told.publish(opened("v1"))
        told.publish(forced("v2"))
        told.close()
        heard = parse(server.requests.get(timeout=20).body)
        assert heard.type == "duress_signaled"
        assert server.requests.empty()


def test_a_silent_alarm_is_told_to_a_web_server_only_where_it_is_named() -> None:
    wants = wanted(WebhookConfig())
    assert wants(opened("v1"))
    assert not wants(forced("v1"))
    assert wanted(WebhookConfig(types=("duress_signaled",)))(forced("v1"))


def test_requests_are_never_unsigned(tmp_path: Path) -> None:
    url = "https://example.org/door"
    assert webhook_settings(WebhookConfig()) is None
    with pytest.raises(ConfigError, match="secret_file is not set"):
        webhook_settings(WebhookConfig(url=url))
    file = tmp_path / "secret"
    file.write_text("hunter2")
    with pytest.raises(ConfigError, match="holds no secret"):
        webhook_settings(WebhookConfig(url=url, secret_file=file))


def test_names_in_the_clear_are_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET)
    webhook_settings(WebhookConfig(url="http://example.org/door", secret_file=file))
    assert "in the clear" in caplog.text
