"""Attendance, told as visits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.attended import MIDDLE
from support.attended import AttendedDoor as Door
from support.people import embedding, gallery
from support.sights import found

from faceidd.access.attendance import MOST_VISITORS, Outcome
from faceidd.access.decision import Reason, Verdict
from faceidd.errors import GalleryModelError
from faceidd.face.detection import Box
from faceidd.face.embedding import Embedding
from faceidd.face.quality import Rejection
from faceidd.gallery.gallery import Gallery

KIM, LEE = embedding(1, 0, 0, 0), embedding(0, 1, 0, 0)
STRANGER, OTHER = embedding(0, 0, 1, 0), embedding(0, 0, 0, 1)
DIM_KIM = embedding(0.75, 0, 0, 0.66)
"""Kim in bad light: like herself in the same place, too unlike her template."""
LEFT, RIGHT = Box(50, 100, 150, 150), Box(400, 120, 140, 140)


@pytest.fixture
def known() -> Gallery:
    return gallery({"Kim": [KIM], "Lee": [LEE]})


@pytest.fixture
def door(known: Gallery) -> Door:
    return Door(known)


def news(outcomes: Sequence[Outcome]) -> list[tuple[Verdict, str | None]]:
    return [
        (told.decision.verdict, told.decision.person.name if told.decision.person else None)
        for told in outcomes
        if told.news
    ]


def verdicts(outcomes: Sequence[Outcome]) -> list[Verdict]:
    return [outcome.decision.verdict for outcome in outcomes]


def test_a_known_visitor_is_granted_once_by_the_third_frame(door: Door) -> None:
    outcomes = door.visit(*[KIM] * 30)
    assert verdicts(outcomes) == [Verdict.UNDECIDED] * 2 + [Verdict.GRANT] * 28
    assert [place for place, told in enumerate(outcomes) if told.news] == [2]
    assert news(outcomes) == [(Verdict.GRANT, "Kim")]
    assert {outcome.visit for outcome in outcomes} == {"visit 1"}
    assert outcomes[2].decision.oldest == outcomes[0].decision.newest
    assert outcomes[2].decision.newest == pytest.approx(door.now - 2.7)


def test_a_stranger_is_told_once_by_the_fifth_frame(door: Door) -> None:
    outcomes = door.visit(*[STRANGER] * 30)
    assert verdicts(outcomes) == [Verdict.UNDECIDED] * 4 + [Verdict.DENY] * 26
    assert [place for place, told in enumerate(outcomes) if told.news] == [4]
    assert news(outcomes) == [(Verdict.DENY, None)]


def test_a_stranger_recognized_later_in_the_visit_is_granted(door: Door) -> None:
    outcomes = door.visit(*[DIM_KIM] * 6, *[KIM] * 20)
    assert news(outcomes) == [(Verdict.DENY, None), (Verdict.GRANT, "Kim")]
    assert {outcome.visit for outcome in outcomes} == {"visit 1"}


def test_who_was_granted_is_no_stranger_in_the_same_visit(door: Door) -> None:
    outcomes = door.visit(*[KIM] * 4, *[DIM_KIM] * 20)
    assert news(outcomes) == [(Verdict.GRANT, "Kim")]
    assert outcomes[-1].decision.verdict is Verdict.DENY
    assert {outcome.visit for outcome in outcomes} == {"visit 1"}


@pytest.mark.parametrize("frames", [2, 5, 10])
def test_fewer_frames_than_asked_for_never_grant(known: Gallery, frames: int) -> None:
    outcomes = Door(known, min_frames=frames, stranger_frames=frames).visit(*[KIM] * (frames - 1))
    assert news(outcomes) == []
    assert {outcome.decision.reason for outcome in outcomes} == {Reason.TOO_FEW_FRAMES}


def test_old_frames_do_not_count(door: Door) -> None:
    """A frame a second: never three within one and a half."""
    outcomes = door.visit(*[KIM] * 10, after=1.0)
    assert news(outcomes) == []
    assert {outcome.decision.frames for outcome in outcomes[1:]} == {2}


@pytest.mark.parametrize(("first", "second"), [(KIM, STRANGER), (STRANGER, KIM), (KIM, LEE)])
def test_evidence_on_one_face_never_counts_for_another_in_its_place(
    door: Door, first: Embedding, second: Embedding
) -> None:
    outcomes = door.visit(first, first, second, second)
    assert news(outcomes) == []
    assert [outcome.decision.frames for outcome in outcomes] == [1, 2, 1, 2]
    assert len({outcome.visit for outcome in outcomes}) == 2


def test_a_face_shown_between_anothers_frames_gains_nothing(door: Door) -> None:
    outcomes = door.visit(KIM, STRANGER, KIM, STRANGER, STRANGER)
    assert news(outcomes) == []
    kims = {outcome.visit for outcome in outcomes if outcome.seen.embedding is KIM}
    others = {outcome.visit for outcome in outcomes if outcome.seen.embedding is STRANGER}
    assert len(kims) == len(others) == 1
    assert kims != others


def test_who_follows_a_granted_visitor_in_the_same_place_is_told(door: Door) -> None:
    outcomes = door.visit(*[KIM] * 4, *[STRANGER] * 5)
    assert news(outcomes) == [(Verdict.GRANT, "Kim"), (Verdict.DENY, None)]


def test_a_gap_ends_the_visit(door: Door) -> None:
    first = door.visit(*[KIM] * 4)
    pause = door.visit(KIM, after=1.9)
    again = door.visit(KIM, after=2.1) + door.visit(*[KIM] * 3)
    assert news(first) == news(again) == [(Verdict.GRANT, "Kim")]
    assert pause[0].visit == first[0].visit != again[0].visit
    assert again[0].decision.frames == 1


def test_frames_without_anybody_keep_a_visit_until_the_gap(door: Door) -> None:
    first = door.visit(*[KIM] * 4)
    for _ in range(15):
        assert door.show() == ()
    assert door.visit(KIM)[0].visit == first[0].visit
    for _ in range(25):
        door.show()
    assert door.visit(KIM)[0].visit != first[0].visit


def test_two_visitors_at_once_are_kept_apart(door: Door) -> None:
    frames = [door.show((KIM, LEFT), (STRANGER, RIGHT)) for _ in range(6)]
    kim, other = (list(outcomes) for outcomes in zip(*frames, strict=True))
    assert news(kim) == [(Verdict.GRANT, "Kim")]
    assert news(other) == [(Verdict.DENY, None)]
    assert len({outcome.visit for outcome in kim}) == 1
    assert len({outcome.visit for outcome in kim + other}) == 2


def test_visitors_who_swap_places_keep_their_own_evidence(door: Door) -> None:
    door.show((KIM, LEFT), (STRANGER, RIGHT))
    door.show((KIM, LEFT), (STRANGER, RIGHT))
    stranger, kim = door.show((STRANGER, LEFT), (KIM, RIGHT))
    assert (kim.decision.verdict, kim.decision.frames) == (Verdict.GRANT, 3)
    assert stranger.decision.verdict is Verdict.UNDECIDED


def test_of_two_who_look_alike_each_gets_the_frames_most_like_them(door: Door) -> None:
    sister = embedding(0.8, 0, 0.6, 0)
    door.show((KIM, LEFT), (sister, RIGHT))
    door.show((sister, RIGHT), (KIM, LEFT))
    sister_now, kim_now = door.show((sister, LEFT), (KIM, RIGHT))
    assert (kim_now.visit, kim_now.decision.frames) == ("visit 1", 3)
    assert (sister_now.visit, sister_now.decision.frames) == ("visit 2", 3)
    assert kim_now.decision.match is not None
    assert kim_now.decision.match.value == pytest.approx(1)


def test_one_face_twice_in_a_frame_is_two_visitors(door: Door) -> None:
    frames = [door.show((KIM, LEFT), (KIM, RIGHT)) for _ in range(2)]
    assert all(len({outcome.visit for outcome in frame}) == 2 for frame in frames)
    assert [outcome.decision.frames for frame in frames for outcome in frame] == [1, 1, 2, 2]


def test_frames_of_the_same_instant_count_once(door: Door) -> None:
    outcomes = door.visit(*[KIM] * 6, after=0.0)
    assert {outcome.decision.frames for outcome in outcomes} == {1}


def test_nobody_is_known_to_an_empty_gallery() -> None:
    outcomes = Door(gallery({})).visit(*[KIM] * 10)
    assert news(outcomes) == [(Verdict.DENY, None)]
    assert outcomes[-1].decision.match is None


def test_a_gallery_swapped_in_counts_at_once(door: Door) -> None:
    before = door.visit(*[STRANGER] * 6)
    door.known = gallery({"Park": [STRANGER]})
    assert news(before + door.visit(STRANGER)) == [(Verdict.DENY, None), (Verdict.GRANT, "Park")]


def test_a_gallery_of_another_model_is_a_fault(door: Door) -> None:
    with pytest.raises(GalleryModelError):
        door.visit(embedding(1, 0, 0, 0, model_id="b" * 64))


def test_no_crowd_takes_more_room(known: Gallery) -> None:
    """Of more faces than fit, those seen last are remembered."""
    door = Door(known)
    faces = [embedding(*(float(index == turn) for index in range(40))) for turn in range(40)]
    door.known = gallery({}, dimension=40)
    first = [door.show((face, MIDDLE), after=0.01)[0].visit for face in faces]
    assert len(set(first)) == 40
    again = [door.show((face, MIDDLE), after=0.01)[0].visit for face in faces[-MOST_VISITORS:]]
    assert again == first[-MOST_VISITORS:]
    forgotten = door.show((faces[0], MIDDLE), after=0.01)[0].visit
    assert forgotten not in first


BEHIND = Box(300, 50, 90, 90)


def test_who_stands_behind_a_stranger_opens_nothing_until_nearest(door: Door) -> None:
    frames = [door.show((STRANGER, LEFT), (KIM, BEHIND)) for _ in range(8)]
    stranger, kim = (list(outcomes) for outcomes in zip(*frames, strict=True))
    assert news(stranger) == [(Verdict.DENY, None)]
    assert news(kim) == []
    assert kim[-1].decision.reason is Reason.NOT_NEAREST
    missed = door.show((KIM, BEHIND))
    assert missed[0].decision.reason is Reason.NOT_NEAREST
    waiting = door.visit(*[KIM] * 13, box=BEHIND)
    assert news(waiting) == []
    assert news(door.visit(*[KIM] * 2, box=BEHIND)) == [(Verdict.GRANT, "Kim")]


def test_a_face_that_cannot_be_judged_may_be_the_nearest(door: Door) -> None:
    masked = found(Box(0, 0, 200, 200), Rejection.COVERED)
    frames = [door.show((KIM, RIGHT), rejected=(masked,)) for _ in range(8)]
    assert frames[-1][0].decision.reason is Reason.NOT_NEAREST
    assert not any(outcome.news for frame in frames for outcome in frame)
    assert news(door.visit(*[KIM] * 14, box=RIGHT)) == []
    beside = found(Box(0, 0, 150, 150), Rejection.COVERED)
    later = [door.show((KIM, RIGHT), rejected=(beside,)) for _ in range(3)]
    assert [news(frame) for frame in later].count([(Verdict.GRANT, "Kim")]) == 1


def test_two_known_visitors_side_by_side_are_both_granted(door: Door) -> None:
    frames = [door.show((KIM, LEFT), (LEE, RIGHT)) for _ in range(3)]
    assert {one for frame in frames for one in news(frame)} == {
        (Verdict.GRANT, "Kim"),
        (Verdict.GRANT, "Lee"),
    }


def test_who_has_expired_is_news_once_and_goes_on_being_denied(door: Door) -> None:
    kim, lee = door.known.people
    door.known = replace(door.known, people=(replace(kim, expires_at=door.date), lee))
    outcomes = door.visit(*[KIM] * 8)
    assert news(outcomes) == [(Verdict.DENY, None)]
    assert outcomes[-1].decision.reason is Reason.EXPIRED
    assert news(door.visit(*[LEE] * 3, box=LEFT)) == [(Verdict.GRANT, "Lee")]


def test_who_expires_before_the_door_is_granted_no_more(door: Door) -> None:
    kim, lee = door.known.people
    expires_at = datetime(2026, 3, 1, 1, tzinfo=UTC)
    door.known = replace(door.known, people=(replace(kim, expires_at=expires_at), lee))
    assert verdicts(door.visit(*[KIM] * 4))[-1] is Verdict.GRANT
    door.date = expires_at
    (late,) = door.visit(KIM)
    assert (late.decision.verdict, late.news) == (Verdict.DENY, False)


def test_who_may_be_either_of_two_is_not_let_in() -> None:
    door = Door(gallery({"Kim": [KIM], "Twin": [embedding(1, 0.1, 0, 0)]}))
    outcomes = door.visit(*[embedding(1, 0.05, 0, 0)] * 12)
    assert news(outcomes) == [(Verdict.DENY, None)]
    assert {outcome.decision.reason for outcome in outcomes} == {Reason.AMBIGUOUS}


@given(st.lists(st.tuples(st.sampled_from([KIM, LEE, STRANGER, OTHER]), st.floats(0.01, 1.0))))
def test_every_grant_rests_on_enough_fresh_frames_of_that_person(
    frames: list[tuple[Embedding, float]],
) -> None:
    door = Door(gallery({"Kim": [KIM], "Lee": [LEE]}))
    shown: list[tuple[Embedding, float]] = []
    for face, after in frames:
        (outcome,) = door.show((face, MIDDLE), after=after)
        shown.append((face, door.now))
        fresh = sum(one is face and door.now - at <= 1.5 for one, at in shown)
        assert outcome.decision.frames <= fresh
        if outcome.decision.verdict is Verdict.GRANT:
            assert fresh >= 3
            person = outcome.decision.person
            assert person is not None
            assert {"Kim": KIM, "Lee": LEE}[person.name] is face
