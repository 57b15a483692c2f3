"""Config -> whom events are told to: the log, and over the outbox a broker and a web server."""

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from typing import Protocol

from faceidd.daemon.build import mqtt_settings
from faceidd.daemon.config import Config
from faceidd.daemon.config_events import WebhookConfig
from faceidd.daemon.home import build_home, introduce
from faceidd.daemon.snapshots_build import show_snapshots
from faceidd.errors import BrokerError, ConfigError
from faceidd.events.envelope import Stamp, Worth, envelope
from faceidd.events.event import Event
from faceidd.events.health import OutboxHealth
from faceidd.events.limits import Limits
from faceidd.events.log import LogSink
from faceidd.events.mqtt_sink import Listener, MqttSink
from faceidd.events.outbox import Outbox, Wants
from faceidd.events.sink import EventSink, FanOut
from faceidd.events.state_board import StateBoard
from faceidd.snapshots.photographer import Photographer
from faceidd.units import Seconds

_log = logging.getLogger(__name__)


class Outlet(Protocol):
    """Tells somebody what waits in the outbox, on a thread of its own."""

    def stop(self) -> None:
        """Begin to close; returns at once."""

    def close(self) -> None:
        """End, within a bounded time."""


class Outlets:
    """An `EventSink`: all whom a door tells. What is wrong with one of them stops no door.

    Args:
        config: Names them.
        board: What the broker is to keep.
        on_command: Is told what comes on the command topic, on a thread of the broker's; nothing
            is listened to unless the configuration says so.
        on_nudge: Is told likewise that there may be something to sync.
        photographer: Takes the pictures of those whom events are about; None takes none.

    Attributes:
        health: How well events are kept; None where nobody but the log is told.
        broker_online: Whether the broker takes events now; None where none is told.
    """

    def __init__(
        self,
        config: Config,
        board: StateBoard,
        on_command: Listener,
        on_nudge: Listener | None = None,
        photographer: Photographer | None = None,
    ) -> None:
        self.health: Callable[[], OutboxHealth] | None = None
        self.broker_online: Callable[[], bool] | None = None
        near: tuple[EventSink, ...] = (LogSink(), *([photographer] if photographer else []))
        self._sink: EventSink = FanOut(near)
        self._photographer = photographer
        self._outbox: Outbox | None = None
        self._stack = ExitStack()
        self._sinks: list[Outlet] = []
        readers: dict[str, Wants] = {}
        if config.mqtt.host is not None:
            readers["mqtt"] = _everything
        if config.webhook.url is not None:
            readers["webhook"] = wanted(config.webhook)
        if not readers:
            return
        outbox = self._stack.enter_context(closing(build_outbox(config, readers)))
        self._outbox = outbox
        self._sink = FanOut((*near, outbox))
        self.health = lambda: outbox.health
        if config.mqtt.host is not None:
            self.broker_online = lambda: False  # until it can be told: one that cannot is away
        try:
            self._tell_broker(config, outbox, board, (on_command, on_nudge))
        except (BrokerError, ConfigError) as error:
            _log.error("nothing is told over MQTT, events wait: %s", error)
        try:
            self._tell_web_server(config.webhook, outbox)
        except ConfigError as error:
            _log.error("the web server is not told, events wait: %s", error)

    def publish(self, event: Event) -> None:
        """Take an event; returns at once and raises nothing."""
        self._sink.publish(event)

    def settle(self, timeout: float) -> None:
        """Wait until all that was published is on the disk, or it takes nothing."""
        if self._outbox is not None:
            self._outbox.settle(timeout)

    def close(self) -> None:
        """Tell what can still be told, for a bounded time; the rest is kept. Repeatable."""
        for sink in self._sinks:  # all at once: their times do not add up
            sink.stop()
        self._stack.close()

    def _tell_broker(
        self,
        config: Config,
        outbox: Outbox,
        board: StateBoard,
        told: tuple[Listener, Listener | None],
    ) -> None:
        settings = mqtt_settings(config)
        if settings is None:
            return
        on_command, on_nudge = told
        listeners = {settings.command_topic: on_command} if config.mqtt.commands else {}
        if config.sync.on_message and on_nudge is not None:
            listeners |= dict.fromkeys(settings.sync_topics, on_nudge)
        home = build_home(config, settings)
        if home is not None:
            listeners[home.status_topic] = home.hear
        sink = MqttSink(settings, outbox.reader("mqtt"), listeners=listeners)
        self._sinks.append(self._stack.enter_context(closing(sink)))
        self.broker_online = lambda: sink.online
        board.watch(sink.show)
        if home is not None:
            introduce(home, sink)
        if self._photographer is not None and config.snapshots.publish:
            life = Seconds(config.mqtt.event_expiry_s)
            show_snapshots(self._photographer, sink, settings, life)

    def _tell_web_server(self, webhook: WebhookConfig, outbox: Outbox) -> None:
        if webhook.url is None:
            return
        # Its library for HTTP is a twentieth of the start of a door that has none.
        from faceidd.daemon.webhook_build import build_webhook  # noqa: PLC0415 - imports urllib3, for a webhook only

        sink = build_webhook(webhook, outbox)
        self._sinks.append(self._stack.enter_context(closing(sink)))


def wanted(webhook: WebhookConfig) -> Wants:
    """What the web server is told."""
    types = webhook.types
    if types is None:
        return lambda event: event.worth is not Worth.ALARM
    return lambda event: event.type in types


def build_outbox(config: Config, readers: Mapping[str, Wants]) -> Outbox:
    """Open the outbox of a door; where its disk is at fault, events wait in memory.

    Args:
        config: Names the door, and says what is kept.
        readers: Who reads from it, and what they want to hear.
    """
    events, door = config.events, config.door

    def stamp() -> Stamp:
        return envelope(door.id, events.keep, age=Seconds(0.0), site=door.site)

    return Outbox(
        config.policy.state_dir / f"{door.id}.outbox" if events.durable else None,
        readers,
        stamp=stamp,
        limits=Limits(
            keep=events.keep,
            most_bytes=events.max_mb * 1_000_000,
            most_in_memory=events.max_in_memory,
        ),
    )


def _everything(_event: Event) -> bool:
    return True
