"""Everything that is found in a gallery and its photos, as it is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from support.people import MODEL, embedding, gallery
from support.sights import MEASURES

from faceidd.access.decision import Rules
from faceidd.doctor.diagnosis import DoorModel, diagnose
from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.views import View
from faceidd.enroll.faults import Fault
from faceidd.enroll.photos import Photo
from faceidd.face.embedding import Embedding
from faceidd.face.quality import Quality
from faceidd.gallery.consent import Consent
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.scale import Scale
from faceidd.units import Seconds

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = Rules(Scale(), 0.9, 0.05, 3, 10, Seconds(1.5))
DOOR = DoorModel(MODEL, "facenet int8", RULES, None, 0.74)


def view(path: str, face: Embedding | None, *, yaw: float = 0, fault: Fault | None = None) -> View:
    """A photo filed as NAME/file, with this embedding or fault; none is a copy of another."""
    name = path.split("/", maxsplit=1)[0]
    if face is None:
        return View(Photo(Path(path), name), "", fault)
    quality = Quality(None, 1.0, replace(MEASURES, yaw=yaw))
    return View(Photo(Path(path), name), "", None, embedding=face, quality=quality)


def near(axis: int, step: float, size: int = 6) -> Embedding:
    """A face of somebody who stands on an axis, a little aside."""
    raw = np.full(size, 0.1)
    raw[axis] = 1
    raw[(axis + 1) % size] += step
    return embedding(*raw)


def person(name: str, axis: int) -> list[View]:
    return [
        view(f"{name}/{number}.jpg", near(axis, 0.05 * number), yaw=yaw)
        for number, yaw in enumerate((0, 0.2, -0.2))
    ]


def found(
    views: Sequence[View], known: Gallery | None = None, door: DoorModel = DOOR
) -> list[Finding]:
    return list(diagnose(views, known, door, NOW))


def kinds(findings: Sequence[Finding]) -> list[Kind]:
    return [one.kind for one in findings]


def consented(known: Gallery) -> Gallery:
    consent = Consent("whoever", NOW, "1")
    return replace(known, people=tuple(replace(one, consent=consent) for one in known.people))


FOUR = [*person("Choi", 0), *person("Kim", 1), *person("Lee", 2), *person("Park", 3)]


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert found(FOUR) == []


def test_a_photo_under_another_name_is_told_with_whose_it_is() -> None:
    (finding,) = found([*FOUR, view("Kim/9.jpg", near(2, 0))])
    assert finding.kind is Kind.MISLABELED
    assert finding.people == ("Kim", "Lee")
    assert finding.photos[0] == Path("Kim/9.jpg")
    assert "Kim: Kim/9.jpg looks like Lee rather than Kim" in finding.says
    assert finding.do == "look at it, and file it under Lee or remove it"
    assert finding.kind.blocks


def test_two_photos_that_differ_are_both_to_be_looked_at() -> None:
    views = [*FOUR, view("Yun/1.jpg", near(4, 0)), view("Yun/2.jpg", near(0, 0))]
    mislabeled, few = found(views)
    assert (mislabeled.kind, few.kind) == (Kind.MISLABELED, Kind.FEW_PHOTOS)
    assert "Yun has one other photo only, so look at that too" in mislabeled.do


def test_photos_that_disagree_are_told_together() -> None:
    one, other = embedding(1, 1, 1, 1, 2, 0), embedding(1, 1, 1, 1, 0, 2)
    views = [*FOUR, view("Yun/1.jpg", one), view("Yun/2.jpg", other)]
    assert kinds(found(views)) == [Kind.DISAGREE, Kind.FEW_PHOTOS]
    assert "nobody can tell" in found(views)[0].says


def test_one_picture_under_two_names_is_told_once_with_what_to_remove() -> None:
    original = replace(FOUR[0], sha256="a" * 64)
    copy = replace(view("Kim/copy.jpg", near(0, 0)), sha256="a" * 64)
    (finding,) = found([original, *FOUR[1:], copy])
    assert finding.kind is Kind.SAME_PHOTO
    assert finding.do == "it looks like Choi: remove Kim/copy.jpg"
    assert finding.photos == (Path("Choi/0.jpg"), Path("Kim/copy.jpg"))


def test_a_picture_that_is_there_twice_counts_once() -> None:
    wrong = [replace(view(f"Kim/{n}.jpg", near(2, 0)), sha256="b" * 64) for n in (7, 8, 9)]
    told = found([*FOUR, *wrong])
    assert kinds(told) == [Kind.MISLABELED, *[Kind.REPEATED] * 2]
    assert not Kind.REPEATED.blocks


def test_one_person_under_two_names_is_told() -> None:
    (finding,) = found([*FOUR, *(replace(one, photo=Photo(Path(f"Q/{n}.jpg"), "Q"))
                                 for n, one in enumerate(person("Q", 1)))])  # fmt: skip
    assert finding.kind is Kind.SAME_PERSON
    assert finding.people == ("Kim", "Q")


def test_poor_photos_and_people_without_any_are_told() -> None:
    told = found([*FOUR, view("Yun/1.jpg", None, fault=Fault.BLURRED)])
    assert kinds(told) == [Kind.NO_PHOTO, Kind.POOR_PHOTO]
    assert told[1].says == "Yun: Yun/1.jpg is blurred at the face"


def test_poses_that_are_missing_are_told_in_words() -> None:
    frontal = [view(f"Yun/{n}.jpg", near(4, 0.05 * n), yaw=0.2 * (n == 2)) for n in range(3)]
    (finding,) = found([*FOUR, *frontal])
    assert finding.kind is Kind.MISSING_POSE
    assert finding.sentence == (
        "Yun: none of 3 photos looks to the person's right. Photos that look a little to the"
        " person's right would help when Yun does at the door."
    )


def test_a_gallery_of_another_model_is_told_and_not_compared() -> None:
    known = consented(gallery({"Kim": [near(1, 0)], "Lee": [near(1, 0)]}))
    other = replace(DOOR, model_id="b" * 64, name="owl")
    assert kinds(found([], known, other)) == [Kind.OTHER_MODEL]
    assert kinds(found([], known)) == [Kind.TOO_ALIKE]


@pytest.mark.parametrize(("step", "alike"), [(0.3, True), (2.0, False)])
def test_people_whom_the_threshold_does_not_part_are_told(step: float, alike: bool) -> None:
    known = consented(gallery({"Kim": [near(1, 0)], "Lee": [near(1, step)], "Park": [near(4, 0)]}))
    told = found([], known)
    assert kinds(told) == [Kind.TOO_ALIKE] * alike
    assert all(one.people == ("Kim", "Lee") for one in told)


def test_who_expired_or_gave_no_consent_is_told() -> None:
    known = consented(gallery({"Kim": [near(1, 0)], "Lee": [near(2, 0)], "Park": [near(3, 0)]}))
    kim, lee, park = known.people
    people = (
        replace(kim, expires_at=NOW),
        replace(lee, expires_at=NOW + timedelta(days=29)),
        replace(park, consent=None, expires_at=NOW + timedelta(days=31)),
    )
    told = found([], replace(known, people=people))
    assert [(one.kind, one.people) for one in told] == [
        (Kind.NO_CONSENT, ("Park",)),
        (Kind.EXPIRED, ("Kim",)),
        (Kind.EXPIRES_SOON, ("Lee",)),
    ]


def test_who_is_not_valid_yet_or_never_is_told() -> None:
    known = consented(gallery({"Kim": [near(1, 0)], "Lee": [near(2, 0)], "Park": [near(3, 0)]}))
    kim, lee, park = known.people
    people = (
        replace(kim, valid_from=NOW),
        replace(lee, valid_from=NOW + timedelta(days=1)),
        replace(park, valid_from=NOW, expires_at=NOW - timedelta(days=1)),
    )
    told = found([], replace(known, people=people))
    assert [(one.kind, one.people) for one in told] == [
        (Kind.EXPIRED, ("Park",)),
        (Kind.NEVER_VALID, ("Park",)),
        (Kind.NOT_YET_VALID, ("Lee",)),
    ]


def test_a_gallery_that_was_not_made_of_these_photos_is_told() -> None:
    views = person("Kim", 1) + person("Lee", 2)
    known = consented(gallery({"Kim": [near(1, 0.05)], "Lee": [near(3, 0)], "Park": [near(4, 0)]}))
    assert [(one.kind, one.people) for one in found(views, known)] == [
        (Kind.STALE, ("Lee",)),
        (Kind.GONE, ("Park",)),
    ]
    rest = consented(gallery({"Kim": [near(1, 0.05)]}))
    told = found(views, rest)
    assert [(one.kind, one.people) for one in told] == [(Kind.NOT_ENROLLED, ("Lee",))]
    assert not Kind.NOT_ENROLLED.blocks


def test_who_has_no_photo_in_a_folder_that_was_named_is_to_be_settled() -> None:
    known = consented(gallery({"Kim": [near(1, 0.05)], "Park": [near(4, 0)]}))
    views = person("Kim", 1)
    (unseen,) = diagnose(views, known, DOOR, NOW, named=True)
    assert (unseen.kind, unseen.people) == (Kind.UNSEEN, ("Park",))
    assert unseen.kind.blocks
    (gone,) = diagnose(views, known, DOOR, NOW)
    assert (gone.kind, gone.people) == (Kind.GONE, ("Park",))
    assert not gone.kind.blocks
    assert diagnose([], known, DOOR, NOW) == ()  # the command says that there is no photo at all


def test_every_kind_has_a_heading_and_blocking_ones_come_first() -> None:
    assert all(kind.heading for kind in Kind)
    told = found(
        [*FOUR, view("Kim/9.jpg", near(2, 0)), view("Ahn/1.jpg", None, fault=Fault.BLURRED)]
    )
    assert [one.kind.blocks for one in told] == [True, True, False]
