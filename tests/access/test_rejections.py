"""Rejections: counted each, told once a spell."""

from faceidd.access.rejections import Rejections
from faceidd.face.quality import Rejection
from faceidd.units import Instant, Seconds

DARK, COVERED = Rejection.TOO_DARK, Rejection.COVERED


def told(rejections: Rejections, frames: list[tuple[float, list[Rejection]]]) -> list[object]:
    return [
        (news.reason, news.frames, news.total, news.at)
        for at, reasons in frames
        for news in rejections.update(reasons, Instant(at))
    ]


def rejections() -> Rejections:
    return Rejections(news_frames=3, gap=Seconds(2.0))


def test_a_reason_that_lasts_is_told_once() -> None:
    frames = [(float(at), [COVERED]) for at in range(20)]
    assert told(rejections(), frames) == [(COVERED, 3, 3, 2.0)]


def test_a_passing_reason_is_counted_and_not_told() -> None:
    counting = rejections()
    frames = [(0.0, [DARK]), (1.0, [DARK]), (3.1, [DARK]), (4.0, [DARK])]
    assert told(counting, frames) == []
    assert counting.totals == {DARK: 4}


def test_a_new_spell_is_told_again() -> None:
    times = [0.0, 0.1, 0.2, 5.0, 5.1, 5.2]
    assert told(rejections(), [(at, [DARK]) for at in times]) == [
        (DARK, 3, 3, 0.2),
        (DARK, 3, 6, 5.2),
    ]


def test_reasons_are_kept_apart_and_two_faces_are_one_frame() -> None:
    frames = [(0.0, [DARK, DARK]), (0.1, [DARK, COVERED]), (0.2, [DARK]), (0.3, [COVERED])]
    counting = rejections()
    assert told(counting, frames) == [(DARK, 3, 4, 0.2)]
    assert counting.totals == {DARK: 4, COVERED: 2}


def test_frames_without_a_rejection_say_nothing() -> None:
    assert told(rejections(), [(0.0, []), (0.1, [])]) == []


def test_a_spell_that_is_longer_already_when_news_comes_sooner_is_told_once() -> None:
    counting = Rejections(news_frames=10, gap=Seconds(2.0))
    assert told(counting, [(float(at), [DARK]) for at in range(5)]) == []
    counting.news_frames = 3
    assert told(counting, [(5.0, [DARK]), (6.0, [DARK])]) == [(DARK, 6, 6, 5.0)]
    counting.news_frames = 8
    assert told(counting, [(7.0, [DARK]), (8.0, [DARK])]) == []
