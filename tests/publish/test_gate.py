"""Nothing is published that the doctor has not looked at."""

import pytest
from support.publisher import Door, Publisher, crowd, make_door

from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.record import load_record
from faceidd.errors import GalleryError
from faceidd.gallery.gallery import Gallery
from faceidd.publish.edition import Edition
from faceidd.publish.state import gallery_file

BLOCKS = Finding(Kind.NO_CONSENT, "No consent is recorded of Ada", "ask for it", ("Ada",))


class Doctor:
    """Finds the same in every gallery, and counts how many it looked at."""

    def __init__(self, *findings: Finding) -> None:
        self._findings = findings
        self.looked_at = 0

    def examine(self, gallery: Gallery) -> tuple[Finding, ...]:
        """Look at a gallery."""
        assert gallery.people
        self.looked_at += 1
        return self._findings


def test_what_blocks_stops_everything(publisher: Publisher, door: Door) -> None:
    assert BLOCKS.kind.blocks
    before = sorted(publisher.folder.path.rglob("*"))
    doctor = Doctor(BLOCKS)
    done = publisher.publish(Edition(crowd("Ada"), (door.record,)), examine=doctor.examine)
    assert done.advanced is None
    assert [one.passes for one in done.examined] == [False]
    assert sorted(publisher.folder.path.rglob("*")) == before


def test_a_reason_lets_it_pass_and_is_recorded(publisher: Publisher, door: Door) -> None:
    edition, doctor = Edition(crowd("Ada"), (door.record,)), Doctor(BLOCKS)
    done = publisher.publish(edition, examine=doctor.examine, reason="she signed on paper")
    assert done.advanced is not None
    assert done.advanced.placed
    record = load_record(gallery_file(publisher.folder, edition.id, 1))
    assert record is not None
    assert record.override is not None
    assert (record.override.reason, record.override.at) == ("she signed on paper", publisher.now)
    assert record.override.by
    with pytest.raises(GalleryError, match="a reason has"):
        publisher.publish(Edition(crowd("Bo"), (door.record,)), examine=doctor.examine, reason=" ")


def test_what_passed_is_not_examined_again(publisher: Publisher, door: Door) -> None:
    doctor, back = Doctor(), make_door(door.folder.parent, "back")
    people = crowd("Ada")
    publisher.publish(Edition(people, (door.record,)), examine=doctor.examine)
    publisher.publish(Edition(people, (door.record, back.record)), examine=doctor.examine)
    assert doctor.looked_at == 1
    publisher.publish(Edition(crowd("Ada", "Bo"), (door.record,)), examine=doctor.examine)
    assert doctor.looked_at == 2


def test_who_forced_what_stays_on_record(publisher: Publisher, door: Door) -> None:
    doctor = Doctor(BLOCKS)
    for number in range(8):
        people = crowd(*(f"person {one}" for one in range(number + 1)))
        publisher.publish(
            Edition(people, (door.record,)), examine=doctor.examine, reason=f"reason {number}"
        )
    state = publisher.folder.state / "galleries" / door.record.edition
    assert len(list(state.glob("*.gallery"))) == 6
    assert len(list(state.glob("*.doctor.json"))) == 8
