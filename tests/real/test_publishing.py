"""From the enrollment store to doors, by the documented commands, over real servers."""

import json
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.nginx import Nginx, NginxUnavailableError
from support.stored import NOW, RULES, faces, people
from support.trusting_door import TrustingDoor
from urllib3.exceptions import SSLError

from faceidd.cli.main import main
from faceidd.gallery.file import load_gallery
from faceidd.models.pack import load_embedder
from faceidd.store.schema import init_store
from faceidd.store.store import Store

PASSPHRASE = "not to be guessed"  # noqa: S105 - it opens what the test makes
ADMINS = ("ada", "bo", "cy")


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    """A web server that serves what will be published."""
    here, public = tmp_path / "nginx", tmp_path / "galleries" / "public"
    here.mkdir()
    try:
        server = Nginx(here, public)
    except NginxUnavailableError as missing:
        pytest.skip(str(missing))
    with server:
        yield server


@pytest.fixture
def admin(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The admin's folder: keys, and a store with people and without doors."""
    monkeypatch.setenv("FACEIDD_MODELS", str(models_dir))
    monkeypatch.setenv("FACEIDD_STORE", str(tmp_path / "people.store"))
    monkeypatch.setenv("FACEIDD_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    init_store(str(tmp_path / "people.store"))
    manifest = load_embedder(models_dir, "facenet").manifest
    vectors = faces(40, manifest.dimension)
    staff = people(
        {f"person {number}": vectors[number] for number in range(40)},
        model_id=manifest.model_id("int8"),
        groups=("staff",),
    )
    with Store(str(tmp_path / "people.store")) as store:
        assert store.add(staff, RULES, NOW).done
    (tmp_path / "keys").mkdir()
    for name in (*ADMINS, "tess", "nell", "tom", "nick", "dan"):
        _draw_key(tmp_path / "keys" / name)
    return tmp_path


def _draw_key(path: Path) -> None:
    """A key as OpenSSH makes it, its passphrase stretched least, for the test's sake."""
    options = ["-t", "ed25519", "-a", "1", "-N", PASSPHRASE, "-C", path.name]
    subprocess.run(["ssh-keygen", "-q", *options, "-f", path], check=True)


def _faceidd(words: str, code: int = 0) -> None:
    assert main(words.split()) == code, words


def _provisioned(admin: Path, door: str, models_dir: Path) -> Path:
    """Provision a door and add it to the register; return its key."""
    config = admin / f"{door}.yaml"
    config.write_text(
        f"door: {{id: {door}, pin_factory: simulated, pins_dir: pins}}\n"
        f"models: {{dir: '{models_dir}'}}\n"
        f"gallery: {{file: {door}.gallery}}\n"
        f"sync: {{trust: trust.json, state_dir: {door}.sync, key_file: {door}.keys/transport.key}}"
    )
    _faceidd(f"provision --door {door} --config {config} --keys {admin}/{door}.keys")
    _faceidd(f"fleet add {door}.door.json --site seoul --groups staff")
    return admin / f"{door}.keys" / "transport.key"


def _begin(admin: Path) -> None:
    """Make the repository: nobody has enough keys alone."""
    roots = " ".join(f"--root-key keys/{name}.pub" for name in ADMINS)
    _faceidd(
        f"publish init galleries {roots} --targets-key keys/tess.pub --online-key keys/nell.pub"
    )
    _faceidd("publish --dir galleries status", 16)
    _faceidd("publish --dir galleries sign --key keys/ada --key keys/tess --key keys/nell")
    copy = admin / "root.json"
    copy.write_bytes((admin / "galleries" / "pending" / "root.json").read_bytes())
    _faceidd(f"publish show {copy}")
    _faceidd(f"publish sign --file {copy} --key keys/bo")
    _faceidd(f"publish --dir galleries sign --add {copy} --key keys/tess --key keys/nell")
    _faceidd("publish --dir galleries status")


def _exchange_keys() -> None:
    """Exchange a key of each role."""
    rotate = "publish --dir galleries key rotate"
    two = "--key keys/ada --key keys/bo"
    _faceidd(f"{rotate} targets tess keys/tom.pub {two} --key keys/tom --key keys/nell")
    _faceidd(f"{rotate} online nell keys/nick.pub {two} --key keys/nell --key keys/nick")
    _faceidd(f"{rotate} root cy keys/dan.pub {two}")


def _trust(nginx: Nginx, capsys: pytest.CaptureFixture[str]) -> bytes:
    capsys.readouterr()
    _faceidd(f"publish --dir galleries trust --url {nginx.url} --ca {nginx.ca_file}")
    return capsys.readouterr().out.encode()


def test_a_fleet_through_its_life(
    admin: Path, nginx: Nginx, models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {door: _provisioned(admin, door, models_dir) for door in ("front", "back")}
    _begin(admin)
    daily = "publish --dir galleries --key keys/tess --key keys/nell"
    _faceidd(daily, 11)  # nobody has given consent
    assert main([*daily.split(), "--force", "--reason", "a test"]) == 0
    trust = _trust(nginx, capsys)
    front, back = (TrustingDoor(admin / door, trust, keys[door]) for door in ("front", "back"))
    synced = front.sync()
    assert synced is not None
    assert (synced[0].version, len(synced[0].people)) == (1, 40)
    assert back.sync() is not None
    with pytest.raises(SSLError):
        TrustingDoor(admin / "mistrusting", _of_another_ca(trust), keys["front"]).sync()
    assert _cached(nginx, "/metadata/timestamp.json") == "no-cache"
    assert "immutable" in _cached(nginx, "/metadata/1.root.json")

    (admin / "trust.json").write_bytes(trust)
    for door in keys:
        _faceidd(f"sync --config {door}.yaml")
    _faceidd("fleet revoke back")
    assert main(["store", "set", "person 7", "--drop-groups", "staff"]) == 0
    assert main([*daily.split(), "--force", "--reason", "a test"]) == 0
    assert back.sync() is None
    synced = front.sync()
    assert synced is not None
    assert "person 7" not in {one.id for one in synced[0].people}
    assert [one["from"] for one in synced[1]["deltas"]] == [1]

    _exchange_keys()
    daily = "publish --dir galleries --key keys/tom --key keys/nick"
    assert main([*daily.split(), "--packs"]) == 0
    _faceidd("publish --dir galleries refresh --now --key keys/nick")
    synced = front.sync()
    assert synced is not None
    assert (synced[0].version, synced[1]["pack"] is not None) == (2, True)
    for door, known in (("front", 39), ("back", 0)):
        _faceidd(f"sync --config {door}.yaml")
        assert len(load_gallery(admin / f"{door}.gallery").people) == known
    late = TrustingDoor(admin / "late", trust, keys["front"]).sync()  # from the first root
    assert late is not None
    assert late[0].version == 2
    capsys.readouterr()
    _faceidd("publish --dir galleries status")
    told = capsys.readouterr().out
    assert "root 4:" in told
    assert "2 of ada, bo, dan" in told


def _of_another_ca(trust: bytes) -> bytes:
    return json.dumps({**json.loads(trust), "ca": None}).encode()


def _cached(nginx: Nginx, path: str) -> str:
    context = ssl.create_default_context(cafile=nginx.ca_file)
    with urllib.request.urlopen(nginx.url + path, context=context) as answer:  # noqa: S310 - https
        return str(answer.headers["Cache-Control"])
