"""Config -> who takes snapshots."""

from faceidd.daemon.config import Config
from faceidd.events.mqtt import MqttSettings
from faceidd.events.mqtt_sink import MqttSink
from faceidd.events.picture_note import Kind
from faceidd.snapshots.album import Album, AlbumLimits
from faceidd.snapshots.photographer import Keeping, Photographer
from faceidd.snapshots.seal import Seal
from faceidd.snapshots.snapshot import Snapshot
from faceidd.units import Seconds

KINDS = {
    "strangers": (Kind.STRANGER,),
    "denied": (Kind.STRANGER, Kind.DENIED),
    "everybody": tuple(Kind),
}
"""What `snapshots.of` allows -> the pictures that are taken."""


def published_kinds(config: Config) -> tuple[Kind, ...]:
    """Which pictures are sent over MQTT."""
    return KINDS[config.snapshots.of] if config.snapshots.publish else ()


def build_photographer(config: Config) -> Photographer | None:
    """Put together who takes pictures; None if none are to be taken."""
    settings = config.snapshots
    keeping = None
    if settings.recipient is not None:
        limits = AlbumLimits(settings.keep_days, settings.most_mb * 1_000_000)
        keeping = Keeping(Album(settings.dir, limits), Seal(settings.recipient))
    if keeping is None and (not settings.publish or config.mqtt.host is None):
        return None
    return Photographer(KINDS[settings.of], keeping)


def show_snapshots(
    photographer: Photographer, sink: MqttSink, settings: MqttSettings, life: Seconds
) -> None:
    """Have pictures sent over MQTT.

    Args:
        photographer: Takes them.
        sink: Sends them.
        settings: Names their topics.
        life: For how long one is news, as the event that it belongs to.
    """

    def show(snapshot: Snapshot, jpeg: bytes) -> None:
        kind = snapshot.kind
        messages: dict[str, str | bytes] = {
            settings.snapshot_topic(kind): jpeg,
            settings.about_topic(kind): snapshot.about(settings.door),
        }
        sink.send_once(messages, life)

    photographer.show_by(show)
