from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest
from support.hand_clock import HandClock
from support.subscriber import Subscriber

from faceidd.daemon.config import Config
from faceidd.daemon.nudge import FILE, Nudge
from faceidd.daemon.outlets import Outlets
from faceidd.events.embedded import EmbeddedBroker
from faceidd.events.mqtt import MqttSettings
from faceidd.events.paho import Connection
from faceidd.events.received import Received
from faceidd.events.state_board import StateBoard
from faceidd.units import Seconds

MESSAGE = Received(b"whatever", "faceidd/sync", retained=False)


def touched(file: Path) -> bool:
    """Whether the file was made since this was asked last."""
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def test_a_message_asks_for_a_sync(tmp_path: Path) -> None:
    nudge = Nudge(tmp_path, HandClock())
    nudge.poll()
    assert not touched(tmp_path / FILE)
    nudge.receive(MESSAGE)
    nudge.poll()
    assert touched(tmp_path / FILE)


def test_many_messages_ask_once_a_minute_and_the_last_is_not_lost(tmp_path: Path) -> None:
    clock = HandClock()
    nudge = Nudge(tmp_path, clock)
    asked = 0
    for _ in range(180):
        nudge.receive(MESSAGE)
        nudge.poll()
        asked += touched(tmp_path / FILE)
        clock.sleep(1.0)
    assert asked == 3
    nudge.poll()
    assert touched(tmp_path / FILE)
    clock.sleep(100.0)
    nudge.poll()
    assert not touched(tmp_path / FILE)


def test_a_folder_that_is_gone_stops_no_door(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nudge = Nudge(tmp_path / "gone", HandClock())
    nudge.receive(MESSAGE)
    nudge.poll()
    assert "a sync cannot be asked for" in caplog.text


@contextmanager
def listening(folder: Path, *, on_message: bool) -> Iterator[tuple[Queue[Received], Connection]]:
    """A door at a broker, what it hears, and somebody who may publish."""
    heard: Queue[Received] = Queue()
    with EmbeddedBroker() as broker:
        config = Config.model_validate(
            {
                "mqtt": {"host": broker.host, "port": broker.port},
                "policy": {"state_dir": str(folder)},
                "sync": {"on_message": on_message},
            }
        )
        watcher = MqttSettings(broker.host, broker.port, "front", "somebody")
        with Subscriber(watcher) as subscriber:
            outlets = Outlets(config, StateBoard(), lambda _: None, heard.put)
            with closing(outlets):
                subscriber.wait_status("online")
                sender = Connection(watcher, client_id="sender", will=False)
                sender.open(Seconds(10.0))
                yield heard, sender
                sender.disconnect()
                sender.drop()


@pytest.mark.parametrize("topic", ["faceidd/sync", "faceidd/front/sync"])
def test_a_door_that_listens_hears_what_is_told_to_all_and_to_it(
    tmp_path: Path, topic: str
) -> None:
    with listening(tmp_path, on_message=True) as (heard, sender):
        sender.publish("faceidd/back/sync", "another door's")
        sender.publish(topic, "whatever")
        sender.pump(Seconds(1.0))
        assert heard.get(timeout=20).topic == topic


def test_a_door_listens_to_nothing_unless_it_is_told_to(tmp_path: Path) -> None:
    with listening(tmp_path, on_message=False) as (heard, sender):
        key = sender.publish("faceidd/sync", "whatever")
        while key not in sender.take_answers():
            sender.pump(Seconds(1.0))
        with pytest.raises(Empty):
            heard.get_nowait()
