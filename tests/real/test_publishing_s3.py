"""A bucket serves doors as a web server does: S3, by a server of the test's own."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from support.publisher import Publisher, crowd, make_door, make_publisher
from support.trusting_door import TrustingDoor

from faceidd.publish.edition import Edition
from faceidd.publish.repository import Repository
from faceidd.publish.trust import trust_file

BUCKET = "galleries"
Upload = Callable[[Path], None]


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where S3 is."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def upload(endpoint: str) -> Upload:
    """Brings a folder into the bucket, in the order of docs/publish.md."""
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    s3.create_bucket(Bucket=BUCKET)

    def act(public: Path) -> None:
        there = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        known = {one["Key"] for one in there}
        names = [one.relative_to(public).as_posix() for one in public.rglob("*") if one.is_file()]
        for name in sorted(names, key=_place):
            if name not in known or name == "metadata/timestamp.json":
                s3.put_object(
                    Bucket=BUCKET, Key=name, Body=(public / name).read_bytes(), ACL="public-read"
                )

    return act


def _place(name: str) -> int:
    """Targets, then metadata, then the timestamp, then roots."""
    if name.startswith("targets/"):
        return 0
    if name.endswith(".root.json"):
        return 3
    return 2 if name == "metadata/timestamp.json" else 1


def test_doors_sync_from_a_bucket(
    publisher: Publisher, endpoint: str, upload: Upload, tmp_path: Path
) -> None:
    front, back = (make_door(tmp_path, name) for name in ("front", "back"))
    publisher.publish(Edition(crowd("Ada", "Bo"), (front.record, back.record)))
    upload(publisher.folder.public)
    url = f"{endpoint}/{BUCKET}"
    trust = trust_file(url, None, Repository(publisher.folder).roots()[-1])
    assert json.loads(trust)["url"] == url
    doors = []
    for one in (front, back):
        key = tmp_path / f"{one.record.id}.key"
        key.write_text(f"{one.identity}\n")
        door = TrustingDoor(tmp_path / f"{one.record.id} synced", trust, key)
        doors.append(door)
        synced = door.sync()
        assert synced is not None
        assert [one.name for one in synced[0].people] == ["Ada", "Bo"]

    publisher.publish(Edition(crowd("Bo"), (front.record,)))
    synced = doors[0].sync()
    assert synced is not None
    assert synced[0].version == 1  # nothing was uploaded yet
    upload(publisher.folder.public)
    synced = doors[0].sync()
    assert synced is not None
    assert [one.name for one in synced[0].people] == ["Bo"]
    assert doors[1].sync() is None


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """A publisher who has published nothing yet."""
    return make_publisher(tmp_path / "publisher")
