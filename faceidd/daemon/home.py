"""Config -> what the door says to Home Assistant."""

from faceidd.daemon.config import Config
from faceidd.daemon.snapshots_build import published_kinds
from faceidd.events.home_assistant import HomeAssistant
from faceidd.events.home_entities import Furnishing
from faceidd.events.mqtt import MqttSettings
from faceidd.events.mqtt_sink import MqttSink


def build_home(config: Config, settings: MqttSettings) -> HomeAssistant | None:
    """Put together what is said to Home Assistant; None if nothing is to be said."""
    home, door = config.mqtt.home_assistant, config.door
    if home is None:
        return None
    has = Furnishing(
        contact=door.contact is not None,
        tamper=door.tamper is not None,
        fire=door.fire is not None,
        pictures=published_kinds(config),
    )
    return HomeAssistant(settings, has, prefix=home.prefix)


def introduce(home: HomeAssistant, sink: MqttSink) -> None:
    """Have the broker keep what Home Assistant is to know, and say it again when it starts."""
    for topic, payload in home.messages.items():
        sink.retain(topic, payload)
    home.answer_by(sink.retain_anew)
