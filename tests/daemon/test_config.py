from math import inf, nan
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from ruamel.yaml import YAML

from faceidd.daemon.config import (
    AccessConfig,
    CameraConfig,
    Config,
    DetectorConfig,
    ModelsConfig,
)
from faceidd.daemon.config_audit import AuditConfig, MetricsConfig
from faceidd.daemon.config_door import DoorConfig, InputConfig, OutputConfig
from faceidd.daemon.config_file import load_config
from faceidd.daemon.config_mqtt import MqttConfig, TlsConfig
from faceidd.daemon.config_section import Section

SHIPPED = Path(__file__).parents[2] / "config" / "faceidd.yaml"


def test_the_shipped_file_holds_every_key_with_its_default_and_no_other() -> None:
    content = YAML(typ="safe", pure=True).load(SHIPPED)
    assert content == Config().model_dump(mode="json")


def test_the_shipped_file_loads_to_the_defaults() -> None:
    assert load_config(SHIPPED) == Config()


@pytest.mark.parametrize("text", ["door:", "door: null", "camera: {}", "mqtt:\n  # host: broker"])
def test_an_empty_section_is_its_defaults(tmp_path: Path, text: str) -> None:
    file = tmp_path / "faceidd.yaml"
    file.write_text(text)
    assert load_config(file) == Config()


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        (AuditConfig, "dir", 7),
        (AuditConfig, "keep_days", 0),
        (AuditConfig, "max_mb", 31),
        (MetricsConfig, "listen", 9464),
        (MetricsConfig, "listen", "0.0.0.0:9464"),
        (MetricsConfig, "listen", "192.168.0.7:9464"),
        (MetricsConfig, "listen", "localhost:9464"),
        (MetricsConfig, "listen", "127.0.0.1"),
        (MetricsConfig, "listen", "127.0.0.1:0"),
        (MetricsConfig, "listen", "unix:"),
        (MetricsConfig, "listen", "unix:relative"),
        (DoorConfig, "id", "Front Door"),
        (DoorConfig, "id", "front\n"),
        (DoorConfig, "pin", 17),
        (DoorConfig, "pin", ""),
        (DoorConfig, "pin", "-17"),
        (DoorConfig, "held_after_s", 0.5),
        (DoorConfig, "contact", {"pin": "GPIO17"}),
        (DoorConfig, "buzzer", "GPIO23"),
        (DoorConfig, "fire", {"pin": "GPIO26"}),
        (DoorConfig, "active_high", "yes"),
        (DoorConfig, "active_high", 1),
        (DoorConfig, "pulse_s", "3"),
        (DoorConfig, "pulse_s", True),
        (DoorConfig, "pulse_s", 0),
        (DoorConfig, "pulse_s", 31),
        (DoorConfig, "pulse_s", nan),
        (CameraConfig, "source", -1),
        (CameraConfig, "source", True),
        (CameraConfig, "source", ""),
        (CameraConfig, "fps", 30.0),
        (CameraConfig, "fourcc", "MJPEG"),
        (CameraConfig, "rotate", 45),
        (CameraConfig, "rotate", "90"),
        (ModelsConfig, "dir", ""),
        (ModelsConfig, "dir", None),
        (ModelsConfig, "embedder", "../facenet"),
        (ModelsConfig, "threads", 17),
        (DetectorConfig, "min_score", 1.1),
        (AccessConfig, "threshold", nan),
        (AccessConfig, "threshold", inf),
        (AccessConfig, "min_frames", 0),
        (MqttConfig, "host", "mqtt://broker"),
        (MqttConfig, "host", "broker:1883"),
        (MqttConfig, "host", ""),
        (MqttConfig, "port", 65536),
        (MqttConfig, "prefix", "doors/#"),
        (MqttConfig, "prefix", "/doors"),
        (MqttConfig, "password", 12345),
        (MqttConfig, "password", ""),
        (MqttConfig, "keepalive_s", 30.5),
        (TlsConfig, "verify", False),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(
    section: type[Section], key: str, value: object
) -> None:
    with pytest.raises(ValidationError) as refusal:
        section.model_validate({key: value})
    assert {fault["loc"][0] for fault in refusal.value.errors()} == {key}


@pytest.mark.parametrize(
    "host", ["broker", "broker.example.org", "192.0.2.1", "2001:db8::1", "::1"]
)
def test_a_broker_is_a_name_or_an_address(host: str) -> None:
    assert MqttConfig(host=host).host == host


def test_a_score_of_zero_is_not_taken_for_none() -> None:
    assert DetectorConfig.model_validate({"min_score": 0}).min_score == 0
    assert DetectorConfig().min_score is None


@pytest.mark.parametrize(
    ("metric", "threshold", "right"),
    [
        ("cosine", -1, False),
        ("cosine", 0, False),
        ("cosine", 0.5, True),
        ("cosine", 1, True),
        ("cosine", 1.01, False),
        ("euclidean_l2", 0, False),
        ("euclidean_l2", 0.9, True),
        ("euclidean_l2", 2, True),
        ("euclidean_l2", 2.01, False),
        ("euclidean", 0, False),
        ("euclidean", -1, False),
        ("euclidean", 10, True),
    ],
)
def test_a_threshold_lies_in_the_range_of_its_metric(
    metric: str, threshold: float, right: bool
) -> None:
    settings = {"metric": metric, "threshold": threshold}
    if right:
        assert AccessConfig.model_validate(settings).threshold == threshold
    else:
        with pytest.raises(ValidationError, match=r"because access\.metric is"):
            AccessConfig.model_validate(settings)


def test_a_stranger_needs_no_less_evidence_than_a_person() -> None:
    assert AccessConfig(min_frames=4, stranger_frames=4).stranger_frames == 4
    with pytest.raises(ValidationError, match="which is 4"):
        AccessConfig(min_frames=4, stranger_frames=3)


def test_the_default_for_strangers_is_checked_too() -> None:
    with pytest.raises(ValidationError, match="which is 11"):
        AccessConfig(min_frames=11)


def test_yunet_needs_its_model() -> None:
    with pytest.raises(ValidationError, match=r"because detector\.name is 'yunet'"):
        DetectorConfig(name="yunet")
    assert DetectorConfig(name="yunet", yunet_model=Path("/yunet.onnx")).name == "yunet"


def test_an_audit_log_needs_its_key() -> None:
    with pytest.raises(ValidationError, match=r"because audit\.dir is"):
        AuditConfig(dir=Path("audit"))
    assert AuditConfig(dir=Path("audit"), key_file=Path("key")).keep_days == 90


@pytest.mark.parametrize(
    "listen", ["unix", "unix:/run/x.sock", "127.0.0.1:9464", "[::1]:9464", None]
)
def test_metrics_stay_on_this_machine(listen: str | None) -> None:
    assert MetricsConfig(listen=listen).listen == listen


def test_there_is_one_password() -> None:
    with pytest.raises(ValidationError, match=r"while mqtt\.password is set"):
        MqttConfig(password=SecretStr("hunter2"), password_file=Path("/password"))


def test_a_key_needs_a_certificate() -> None:
    with pytest.raises(ValidationError, match=r"while mqtt\.tls\.cert is null"):
        TlsConfig(key=Path("/door.key"))
    assert TlsConfig(cert=Path("/door.pem")).key is None


def test_home_assistant_has_topics_of_its_own() -> None:
    for prefix in ("faceidd", "faceidd/home"):
        with pytest.raises(ValidationError, match=r"mqtt.prefix, faceidd"):
            Config.model_validate({"mqtt": {"home_assistant": {"prefix": prefix}}})
    Config.model_validate({"mqtt": {"home_assistant": {"prefix": "faceidd-home"}}})


def test_the_port_follows_from_tls() -> None:
    assert MqttConfig().broker_port == 1883
    assert MqttConfig(tls=TlsConfig()).broker_port == 8883
    assert MqttConfig(tls=TlsConfig(), port=1884).broker_port == 1884


def test_the_client_id_follows_from_the_door() -> None:
    assert Config(door=DoorConfig(id="back")).mqtt_client_id == "faceidd-back"
    assert Config(mqtt=MqttConfig(client_id="my door")).mqtt_client_id == "my door"


def test_secrets_are_masked_where_a_configuration_is_shown() -> None:
    config = Config(
        camera=CameraConfig(source="rtsp://joe:hunter2@camera/stream"),
        mqtt=MqttConfig(password=SecretStr("hunter2")),
    )
    shown = config.model_dump(mode="json")
    assert shown["camera"]["source"] == "rtsp://joe:***@camera/stream"
    assert set(shown["mqtt"]["password"]) == {"*"}
    assert "hunter2" not in f"{config!r} {config} {config.model_dump_json()}"
    assert config.model_dump()["camera"]["source"] == "rtsp://joe:hunter2@camera/stream"


def test_each_pin_serves_one_purpose() -> None:
    contact, buzzer = InputConfig(pin="GPIO27", second_pin="GPIO22"), OutputConfig(pin="GPIO22")
    with pytest.raises(ValidationError, match="GPIO22 is another's"):
        DoorConfig(contact=contact, buzzer=buzzer)
    assert DoorConfig(contact=contact, buzzer=OutputConfig(pin="GPIO23")).contact == contact


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        setattr(Config().door, "pulse_s", 30.0)  # noqa: B010 - mypy knows the plain form for wrong
