"""Who is in a video, by faces that follow each other."""

import numpy as np
from support.people import embedding

from faceidd.enroll.choice import First
from faceidd.enroll.people_in_video import MOST_PEOPLE, PeopleInVideo
from faceidd.enroll.shot import Shot


def people() -> PeopleInVideo:
    return PeopleInVideo(0.7, lambda: First(100))


def see(among: PeopleInVideo, number: int, *raw: float) -> None:
    face = embedding(*raw)
    place = np.array([0, 0, 0, *face.vector], np.float32)
    among.see(Shot(number, 0.5, place, face), lambda: str(number).encode())


def subject(among: PeopleInVideo) -> list[int]:
    person = among.subject()
    assert person is not None
    return [int(one.content) for one in person.keeper.chosen()]


def test_nobody_is_nobody() -> None:
    assert people().subject() is None


def test_whoever_is_seen_most_is_the_subject() -> None:
    among = people()
    for number, raw in enumerate([(1, 0), (0, 1), (0, 1), (1, 0.1), (0.1, 1)]):
        see(among, number, *raw)
    assert subject(among) == [1, 2, 4]


def test_a_head_that_turns_slowly_stays_the_same_person() -> None:
    among = people()
    for number, angle in enumerate(np.linspace(0, np.pi / 2, 8)):
        see(among, number, float(np.cos(angle)), float(np.sin(angle)))
    assert subject(among) == list(range(8))


def test_parts_of_one_person_come_together_in_the_end() -> None:
    among = people()
    see(among, 0, 1, 0)
    see(among, 1, 0.6, 0.8)  # a jump: somebody else, it seems
    see(among, 2, 0.9, 0.435)
    see(among, 3, 0.86, 0.51)
    assert subject(among) == [0, 1, 2, 3]


def test_of_a_crowd_whoever_was_seen_least_is_forgotten() -> None:
    among = people()
    axes = np.eye(MOST_PEOPLE + 3)
    see(among, 0, *axes[0])
    see(among, 1, *axes[0])
    for number in range(2, MOST_PEOPLE + 4):
        see(among, number, *axes[number - 1])
    see(among, 99, *axes[0])
    assert subject(among) == [0, 1, 99]
    assert among.frames == MOST_PEOPLE + 5


def test_the_rival_is_whoever_else_was_seen_most() -> None:
    among = people()
    for number, raw in enumerate([(1, 0), (0, 1), (0.99, 0.1), (0.1, 1), (1, 0.1)]):
        see(among, number, *raw)
    assert subject(among) == [0, 2, 4]
    assert among.rival() == 2


def test_a_part_of_the_subject_is_no_rival() -> None:
    among = people()
    for number, raw in enumerate([(1, 0), (0.6, 0.8), (0.9, 0.435), (0.86, 0.51)]):
        see(among, number, *raw)
    assert subject(among) == [0, 1, 2, 3]
    assert among.rival() == 0
