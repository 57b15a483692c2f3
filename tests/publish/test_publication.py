"""What is published, and when nothing is."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from support.publisher import NOW, Door, FolderFetcher, Publisher, crowd, make_door
from tuf.ngclient import Updater

from faceidd.errors import PublishError
from faceidd.gallery.delta import apply_delta
from faceidd.gallery.file import load_gallery, parse_gallery
from faceidd.publish.edition import Edition
from faceidd.publish.state import gallery_file

SEVERAL = tuple(f"person {number}" for number in range(20))


def _document(door: Door, updater: Updater) -> dict[str, object]:
    assignment = json.loads(door.read(updater, f"doors/{door.record.fingerprint}.age"))
    assert (assignment["schema"], assignment["door"]) == ("faceidd.assignment/1", door.record.id)
    content = door.read(updater, f"editions/{assignment['edition']}.json")
    document = json.loads(content)
    assert isinstance(document, dict)
    return document


def test_a_door_reads_its_gallery(publisher: Publisher, door: Door) -> None:
    published = publisher.publish(Edition(crowd("Ada", "Bo"), (door.record,)))
    assert published.advanced is not None
    assert published.advanced.placed.keys() == {"targets", "snapshot", "timestamp"}

    updater = door.updater(publisher)
    document = _document(door, updater)
    whole = document["gallery"]
    assert isinstance(whole, dict)
    content = door.read(updater, whole["target"])
    assert len(content) == whole["size"]
    assert hashlib.sha256(content).hexdigest() == whole["sha256"]
    gallery = parse_gallery(content)
    assert (gallery.version, [one.name for one in gallery.people]) == (1, ["Ada", "Bo"])
    assert document["pack"] is None


def test_nothing_is_published_when_nothing_changed(publisher: Publisher, door: Door) -> None:
    edition = Edition(crowd("Ada", "Bo"), (door.record,))
    publisher.publish(edition)
    before = {path: path.read_bytes() for path in publisher.folder.public.rglob("*.*")}
    again = publisher.publish(Edition(crowd("Bo", "Ada"), (door.record,)))
    assert again.advanced is not None
    assert not again.advanced.placed
    assert [one.version.version for one in again.plan] == [1]
    assert {path: path.read_bytes() for path in publisher.folder.public.rglob("*.*")} == before


def test_a_small_change_comes_as_deltas_from_the_last_versions(
    publisher: Publisher, door: Door
) -> None:
    galleries = {}
    for number in range(1, 9):
        people = [*SEVERAL, *(f"newcomer {one}" for one in range(number))]
        publisher.publish(Edition(crowd(*people), (door.record,)))
        galleries[number] = crowd(*people)
    updater = door.updater(publisher)
    document = _document(door, updater)
    deltas = document["deltas"]
    assert isinstance(deltas, list)
    assert [one["from"] for one in deltas] == [3, 4, 5, 6, 7]
    for one in deltas:
        old = replace(galleries[one["from"]], version=one["from"])
        new = apply_delta(old, door.read(updater, one["target"]))
        assert (new.version, len(new.people)) == (8, 28)


def test_a_delta_that_saves_little_is_left_out(publisher: Publisher, door: Door) -> None:
    publisher.publish(Edition(crowd("Ada", "Bo"), (door.record,)))
    publisher.publish(Edition(crowd("Cy", "Di"), (door.record,)))
    document = _document(door, door.updater(publisher))
    assert (document["version"], document["deltas"]) == (2, [])


def test_a_damaged_gallery_of_before_only_costs_its_delta(publisher: Publisher, door: Door) -> None:
    publisher.publish(Edition(crowd(*SEVERAL), (door.record,)))
    publisher.publish(Edition(crowd(*SEVERAL, "Ada"), (door.record,)))
    gallery_file(publisher.folder, door.record.edition, 1).write_bytes(b"of another version")
    publisher.publish(Edition(crowd(*SEVERAL, "Ada", "Bo"), (door.record,)))
    deltas = _document(door, door.updater(publisher))["deltas"]
    assert isinstance(deltas, list)
    assert [one["from"] for one in deltas] == [2]


def test_who_is_removed_is_in_no_file_of_the_publisher(publisher: Publisher, door: Door) -> None:
    publisher.publish(Edition(crowd(*SEVERAL), (door.record,)))
    publisher.publish(Edition(crowd(*SEVERAL, "Ada"), (door.record,)))
    publisher.publish(Edition(crowd(*SEVERAL, "Bo"), (door.record,)))
    state = publisher.folder.state / "galleries" / door.record.edition
    names = {
        path.name: {one.name for one in load_gallery(path).people}
        for path in state.glob("*.gallery")
    }
    assert names == {"1.gallery": set(SEVERAL), "3.gallery": {*SEVERAL, "Bo"}}
    updater = door.updater(publisher)
    assert door.read(updater, f"galleries/{door.record.edition}/2-3.age")
    before = publisher.folder.metadata / "timestamp.json"
    told = before.read_bytes()
    publisher.publish(Edition(crowd(*SEVERAL, "Bo"), (door.record,)))
    assert before.read_bytes() == told


def test_a_door_that_moves_to_another_edition_finds_no_lower_version(
    publisher: Publisher, door: Door, tmp_path: Path
) -> None:
    gate, guards = make_door(tmp_path, "gate", groups=("guards",)), crowd("Cy")
    publisher.publish(Edition(crowd("Ada"), (door.record,)), Edition(guards, (gate.record,)))
    for names in (("Ada", "Bo"), ("Bo",)):
        publisher.publish(Edition(crowd(*names), (door.record,)), Edition(guards, (gate.record,)))
    assert _document(door, door.updater(publisher))["version"] == 3
    assert _document(gate, gate.updater(publisher))["version"] == 1
    moved = replace(door.record, groups=("guards",))
    publisher.publish(Edition(guards, (gate.record, moved)))
    assert _document(door, door.updater(publisher))["version"] == 4
    again = publisher.publish(Edition(guards, (gate.record, moved)))
    assert again.advanced is not None
    assert not again.advanced.placed


def test_a_new_door_gets_the_version_that_others_have(
    publisher: Publisher, door: Door, tmp_path: Path
) -> None:
    people, back = crowd("Ada", "Bo"), make_door(tmp_path, "back")
    publisher.publish(Edition(people, (door.record,)))
    first = door.updater(publisher)
    old = door.read(first, f"editions/{door.record.edition}.json")
    publisher.publish(Edition(people, (door.record, back.record)))
    updater = back.updater(publisher)
    assert _document(back, updater)["version"] == 1
    assert back.read(updater, f"galleries/{back.record.edition}/1.age")
    assert door.read(door.updater(publisher), f"editions/{door.record.edition}.json") == old


def test_a_revoked_door_finds_no_assignment_and_can_read_nothing_new(
    publisher: Publisher, door: Door, tmp_path: Path
) -> None:
    back, people = make_door(tmp_path, "back"), crowd("Ada", "Bo")
    publisher.publish(Edition(people, (door.record, back.record)))
    publisher.publish(Edition(people, (door.record,)))
    updater = back.updater(publisher)
    assert updater.get_targetinfo(f"doors/{back.record.fingerprint}.age") is None
    with pytest.raises(pyrage.DecryptError):
        back.read(updater, f"galleries/{door.record.edition}/1.age")
    assert door.read(door.updater(publisher), f"galleries/{door.record.edition}/1.age")


def test_a_site_without_doors_is_withdrawn_and_its_versions_go_on(
    publisher: Publisher, door: Door
) -> None:
    publisher.publish(Edition(crowd("Ada"), (door.record,)))
    publisher.publish()
    assert not door.updater(publisher)._trusted_set.targets.targets  # noqa: SLF001 - all targets, not one by its name
    assert not list((publisher.folder.state / "galleries").rglob("*.gallery"))
    again = publisher.publish(Edition(crowd("Bo"), (door.record,)))
    assert [one.version.version for one in again.plan] == [2]


def test_versions_go_on_where_the_state_was_lost(publisher: Publisher, door: Door) -> None:
    for names in (("Ada",), ("Ada", "Bo")):
        publisher.publish(Edition(crowd(*names), (door.record,)))
    (publisher.folder.state / "state.json").unlink()
    again = publisher.publish(Edition(crowd("Ada", "Bo"), (door.record,)))
    assert [one.version.version for one in again.plan] == [3]
    floors = {door.record.edition: 7}
    again = publisher.publish(Edition(crowd("Ada"), (door.record,)), floors=floors)
    assert [one.version.version for one in again.plan] == [8]


def test_numbers_of_withdrawn_editions_count_where_the_state_was_lost(
    publisher: Publisher, door: Door, tmp_path: Path
) -> None:
    gate = make_door(tmp_path, "gate", groups=("guards",))
    floors = {gate.record.edition: 10, door.record.edition: 3}
    again = publisher.publish(Edition(crowd("Ada"), (door.record,)), floors=floors)
    assert [one.version.version for one in again.plan] == [11]


def test_what_is_served_counts_where_only_the_state_was_lost(
    publisher: Publisher, door: Door, tmp_path: Path
) -> None:
    gate, guards = make_door(tmp_path, "gate", groups=("guards",)), crowd("Cy")
    for names in (("Ada",), ("Ada", "Bo")):
        publisher.publish(Edition(crowd(*names), (door.record,)), Edition(guards, (gate.record,)))
    (publisher.folder.state / "state.json").unlink()
    moved = replace(door.record, groups=("guards",))
    again = publisher.publish(Edition(guards, (gate.record, moved)))
    assert [one.version.version for one in again.plan] == [3]


def test_a_served_document_that_is_damaged_stops_nobody(publisher: Publisher, door: Door) -> None:
    publisher.publish(Edition(crowd("Ada"), (door.record,)))
    (document,) = (publisher.folder.targets / "editions").glob("*.json")
    document.write_bytes(b"{}")
    again = publisher.publish(Edition(crowd("Bo"), (door.record,)))
    assert [one.version.version for one in again.plan] == [2]


def test_old_files_are_served_for_a_while(publisher: Publisher, door: Door) -> None:
    publisher.publish(Edition(crowd(*SEVERAL), (door.record,)))
    slow = door.updater(publisher)
    publisher.publish(Edition(crowd(*SEVERAL, "Ada"), (door.record,)))
    assert parse_gallery(door.read(slow, f"galleries/{door.record.edition}/1.age")).version == 1
    publisher.now = NOW + timedelta(hours=49)
    publisher.publish(Edition(crowd(*SEVERAL, "Ada"), (door.record,)))
    served = {path.name for path in publisher.folder.public.rglob("*") if path.is_file()}
    assert not [name for name in served if name.endswith(".1.age")]
    assert {"1.root.json", "timestamp.json", "3.targets.json"} <= served
    assert "2.targets.json" not in served
    late = Updater(
        str(door.folder / "metadata"),
        "http://localhost/metadata/",
        fetcher=FolderFetcher(publisher.folder.public),
        bootstrap=publisher.first_root(),
    )
    late.refresh()


def test_a_pack_travels_for_everybody_to_read(publisher: Publisher, door: Door) -> None:
    edition, model = Edition(crowd("Ada"), (door.record,)), door.record.model_id
    publisher.publish(edition, packs={model: b"the pack"})
    updater = door.updater(publisher)
    assert door.read(updater, f"packs/{model}.tar") == b"the pack"
    pack = _document(door, updater)["pack"]
    assert pack == {"target": f"packs/{model}.tar", "size": 8}


def test_a_gallery_of_another_model_is_for_no_door(door: Door) -> None:
    with pytest.raises(PublishError, match="runs facenet int8"):
        Edition(replace(crowd("Ada"), model_id="b" * 64), (door.record,))
    with pytest.raises(PublishError, match="several editions"):
        Edition(crowd("Ada"), ())
