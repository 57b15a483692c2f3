"""An outbox and the sink that tells a broker of it, as a door has them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from faceidd.clock import Clock, since_boot
from faceidd.events.envelope import Stamp, envelope
from faceidd.events.event import Event
from faceidd.events.limits import DEFAULT, Limits
from faceidd.events.mqtt import MqttSettings
from faceidd.events.mqtt_sink import Listener, MqttSink
from faceidd.events.outbox import Outbox
from faceidd.events.retained import RetainedState
from faceidd.units import Seconds


def stamp() -> Stamp:
    """Stamp an event of the door `front`, for a day."""
    return envelope("front", Seconds(86400.0), age=Seconds(0.0))


def everything(_event: Event) -> bool:
    """Want to hear all."""
    return True


class Posting:
    """Takes events and tells them over MQTT; close it at the end.

    Args:
        settings: The broker.
        path: The outbox's file; None keeps events in memory.
        clock: The clock that ages count by.
        limits: What is kept.
        listeners: Who is told of messages.
    """

    def __init__(
        self,
        settings: MqttSettings,
        path: Path | None = None,
        *,
        clock: Clock = since_boot,
        limits: Limits = DEFAULT,
        listeners: Mapping[str, Listener] | None = None,
    ) -> None:
        self.outbox = Outbox(
            path, {"mqtt": everything}, stamp=stamp, limits=limits, clock=clock, retry=Seconds(0.05)
        )
        try:
            self.mqtt = MqttSink(
                settings,
                self.outbox.reader("mqtt"),
                retry_min=Seconds(0.05),
                listeners=listeners,
            )
        except BaseException:
            self.outbox.close()
            raise

    @property
    def dropped(self) -> int:
        """How many events were never told."""
        return self.outbox.health.dropped

    def publish(self, event: Event) -> None:
        self.outbox.publish(event)

    def retain(self, topic: str, payload: str | bytes) -> None:
        self.mqtt.retain(topic, payload)

    def show(self, state: RetainedState) -> None:
        self.mqtt.show(state)

    def close(self) -> None:
        self.mqtt.close()
        self.outbox.close()


MakeSink = Callable[..., Posting]
"""Makes one; it is closed after the test."""
