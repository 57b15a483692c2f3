import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faceidd.daemon.config_file import MOST_BYTES, load_config, load_door
from faceidd.errors import ConfigError

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str) -> Path:
        file = tmp_path / "faceidd.yaml"
        file.write_text(text)
        return file

    return _write


def told(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        load_config(file)
    assert refusal.value.exit_code == 3
    return str(refusal.value).splitlines()


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(write: Write) -> None:
    file = write(
        """\
camera:
  sorce: 0
  rotate: 45
door:
  pulse_s: "3"
  active_high: yes
models: {threads: 2.5,
         dir: 17}
mqtt:
  tls: {key: key}
detector: {name: yunet}
log: debug
"""
    )
    yunet = (
        "  line 11: detector.yunet_model: null is not allowed; must be set, because detector.name"
        " is 'yunet'"
    )
    assert told(file) == [
        f"{file} is not right:",
        "  line 2: camera.sorce: unknown key; did you mean 'source'?",
        "  line 3: camera.rotate: 45 is not allowed; must be one of 0, 90, 180, 270",
        "  line 5: door.pulse_s: '3' is not allowed; must be a number from 0.1 to 30",
        "  line 6: door.active_high: 'yes' is not allowed; must be true or false",
        "  line 7: models.threads: 2.5 is not allowed; must be a whole number from 1 to 16",
        "  line 8: models.dir: 17 is not allowed; must be a path",
        "  line 10: mqtt.tls.key: 'key' is not allowed; must be null while mqtt.tls.cert is null",
        # The line of the section, for the key itself is not there.
        yunet,
        "  line 12: log: must be a section of keys, indented below it. Correct these lines.",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("doors: {}", "line 1: doors: unknown key; did you mean 'door'?"),
        ("door: {frobnicate: 1}", "door.frobnicate: unknown key; known are id, site, pin"),
        ("3: 4", "line 1: 3: unknown key; known are door, camera"),
        ("camera: {source: true}", "source: true is not allowed; must be a camera's number"),
        ("mqtt: {username: 5}", "username: 5 is not allowed; must be text, or null; put it in qu"),
        ("mqtt: {tls: true}", "mqtt.tls: must be a section of keys"),
        ("log: {level: [info]}", "a list is not allowed; must be one of debug, info"),
        (f"door: {{id: {'x' * 99}}}", f"'{'x' * 59}... is not allowed"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(write: Write, text: str, fault: str) -> None:
    _, line = told(write(text))
    assert fault in line


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("door:\n  id: a\n  id: b\n", "line 3, column 3: the key 'id' stands here twice"),
        ("door: {\n", "line 2, column 1: expected the node content, but found '<stream end>'"),
        ("door:\n\tid: a\n", "line 2, column 1: found character '\\t' that cannot start any token"),
        ("door: {}\n---\ncamera: {}\n", "line 2, column 1: but found another document"),
        ("door: !lock {}\n", "line 1, column 7: could not determine a constructor for the tag"),
        ("door: \0", "no plain YAML (ReaderError)"),
        ("door: 2001-13-45", "no plain YAML (ValueError)"),
        ("door: &a {}\ncamera: &a {}\n", "no plain YAML (ReusedAnchorWarning)"),
        ("door: &a {id: *a}\n", "line 1, column 15: an alias within what it repeats"),
        ("[" * 5000, "no plain YAML (RecursionError)"),
        ("", "holds no sections of keys"),
        ("# all gone\n", "holds no sections of keys"),
        ("- door\n", "holds no sections of keys"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(write: Write, text: str, fault: str) -> None:
    (line,) = told(write(text))
    assert fault in line


@pytest.mark.parametrize(
    ("first", "again", "place"),
    [
        ("{k: 1, l: 2}", "{<<: [*a%d, *a%d]}", "line 11, column 17"),
        ("[k, l]", "[*a%d, *a%d]", "line 12, column 12"),
    ],
    ids=["merged", "listed"],
)
def test_aliases_of_aliases_repeat_no_more_than_memory_holds(
    write: Write, first: str, again: str, place: str
) -> None:
    lines = [f"a1: &a1 {first}"]
    lines += [f"a{n}: &a{n} {again % (n - 1, n - 1)}" for n in range(2, 16)]
    (line,) = told(write("\n".join(lines)))
    assert place in line
    assert "repeat more than 10000 keys and values. Write out what it repeats." in line


def test_an_alias_says_what_it_repeats(write: Write) -> None:
    config = load_config(write("door: {pulse_s: &s 20}\nevents: {health_s: *s}\n"))
    assert (config.door.pulse_s, config.events.health_s) == (20.0, 20.0)


@pytest.mark.parametrize(
    "text",
    [
        "mqtt:\n  password: 7734001\n",
        "mqtt:\n  password: [7734001]\n",
        "mqtt:\n  passwrod: '7734001'\n",
        "mqtt: '7734001'\n",
        "mqtt:\n  password: *a7734001\n",
        "mqtt:\n  password: !a7734001 x\n",
        "mqtt:\n  password: a: 7734001\n",
        "mqtt:\n  password: '7734001\n",
        "mqtt:\n  password: '7734001'\n  password: b\n",
        "mqtt:\n  password: !!int a7734001\n",
        "mqtt:\n  host: mqtt://joe:7734001@broker\n",
        "mqtt:\n  password: '7734001'\n  password_file: /password\n",
        "camera:\n  source: rtsp://joe:7734001@camera/\n  rotate: 1\n",
        "camera:\n  fourcc: http://joe:7734001@camera/\n",
    ],
)
def test_a_secret_is_never_told(write: Write, text: str) -> None:
    file = write(text)
    with pytest.raises(ConfigError) as refusal:
        load_config(file)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    assert "7734001" not in str(refusal.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "No such file" in told(tmp_path / "faceidd.yaml")[0]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "Is a directory" in told(tmp_path)[0]


def test_an_endless_file_is_refused() -> None:
    assert f"has more than {MOST_BYTES} bytes" in told(Path("/dev/zero"))[0]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "faceidd.yaml"
    file.write_bytes(b"door:\n  id: \xff\n")
    assert "not UTF-8 text: byte 12" in told(file)[0]


def test_paths_start_at_the_folder_of_the_file(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(
        """\
camera: {source: visitors.mp4}
models: {dir: /opt/models}
gallery: {file: people/gallery.safetensors}
mqtt: {password_file: password, tls: {ca: ca.pem}}
"""
    )
    monkeypatch.chdir("/")
    config = load_config(Path(os.path.relpath(file)))
    assert config.camera.source == str(tmp_path / "visitors.mp4")
    assert config.models.dir == Path("/opt/models")
    assert config.gallery.file == tmp_path / "people" / "gallery.safetensors"
    assert config.mqtt.password_file == tmp_path / "password"
    assert config.mqtt.tls is not None
    assert config.mqtt.tls.ca == tmp_path / "ca.pem"


@pytest.mark.parametrize("source", ["rtsp://camera/stream", "http://camera/", "/dev/video2", "0"])
def test_a_source_that_is_no_relative_path_is_left_alone(write: Write, source: str) -> None:
    assert load_config(write(f"camera: {{source: '{source}'}}")).camera.source == source


def test_a_path_may_begin_with_the_credentials_of_the_service(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("mqtt: {password_file: $CREDENTIALS_DIRECTORY/mqtt}")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/faceidd.service")
    assert load_config(file).mqtt.password_file == Path("/run/credentials/faceidd.service/mqtt")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert load_config(file).mqtt.password_file == Path("$CREDENTIALS_DIRECTORY/mqtt")


@pytest.mark.parametrize("name", ["$HOME/a", "a/$CREDENTIALS_DIRECTORY/b", "~/a", "%d/a"])
def test_nothing_else_is_expanded(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/faceidd.service")
    config = load_config(write(f"mqtt: {{password_file: '{name}'}}"))
    assert config.mqtt.password_file == tmp_path / name


def test_the_door_is_read_whatever_else_is_wrong(write: Write) -> None:
    file = write("door: {pin: GPIO27, active_high: false}\ncamera: {sorce: 0}\nmodles:\n")
    door = load_door(file)
    assert (door.pin, door.active_high) == ("GPIO27", False)


def test_a_fault_of_the_door_itself_is_told(write: Write) -> None:
    file = write("camera: {sorce: 0}\ndoor: {pin: 27}\n")
    with pytest.raises(ConfigError, match=r"line 2: door\.pin: 27 is not allowed") as refusal:
        load_door(file)
    assert "camera" not in str(refusal.value)


_SCALAR = st.sampled_from(
    ["0", "-1", "yes", "null", "'", '"a', "*a", "&a x", "!!int x", "!!bool z", "<<", "[", "{", "}"]
) | st.text("ab: \n#-'{}[]!&*%@`0.\t", max_size=8)
_KEY = st.sampled_from(
    ["door", "camera", "mqtt", "  id", "  source", "  tls", "    ca", "<<", "? "]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(st.tuples(_KEY, _SCALAR), max_size=6))
def test_whatever_the_file_holds_it_is_a_configuration_or_a_told_mistake(
    write: Write, lines: list[tuple[str, str]]
) -> None:
    file = write("".join(f"{key}: {value}\n" for key, value in lines))
    with contextlib.suppress(ConfigError):
        assert load_config(file).log.level == "info"
