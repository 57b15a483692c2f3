"""Copies among photos as they come."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from faceidd.doctor.copies import find_copies
from faceidd.doctor.views import FACE_PX, WHOLE_PX, View
from faceidd.enroll.faults import Fault
from faceidd.enroll.photos import Photo


def pairs(views: dict[str, View]) -> set[tuple[str, str]]:
    names = list(views)
    return {(names[left], names[right]) for left, right in find_copies(list(views.values()))}


def test_copies_are_found_stored_anew_mirrored_smaller_and_cropped(views: dict[str, View]) -> None:
    eileen = ("Kim/1.png", "Kim/2.png", "Kim/3.jpg", "Lee/mirrored.jpg")
    grace = ("Lee/1.png", "Lee/2.png", "Park/cropped.png", "Park/small.jpg")
    assert pairs(views) == {*combinations(eileen, 2), *combinations(grace, 2)}


def test_one_file_is_one_picture_though_it_shows_nothing() -> None:
    views = {name: View(Photo(Path(name), name), "a" * 64, Fault.UNREADABLE) for name in "ab"}
    assert pairs(views) == {("a", "b")}
    unread = {name: replace(one, sha256="") for name, one in views.items()}
    assert pairs(unread) == set()


def test_blank_pictures_are_no_copies() -> None:
    blank = np.full((WHOLE_PX, WHOLE_PX), 7, np.float32)
    views = {name: View(Photo(Path(name), name), name * 64, Fault.NO_FACE, blank) for name in "ab"}
    assert pairs(views) == set()


def test_there_may_be_no_photo() -> None:
    assert find_copies([]) == ()


def test_what_is_seen_of_a_photo(views: dict[str, View]) -> None:
    assert views["Park/text.jpg"].fault is Fault.UNREADABLE
    assert views["Park/text.jpg"].whole is None
    assert views["Park/wall.png"].fault is Fault.NO_FACE
    assert views["Park/wall.png"].embedding is None
    assert views["Park/blurred.png"].fault is Fault.BLURRED
    seen = views["Kim/1.png"]
    assert seen.fault is None
    assert seen.face is not None
    assert seen.face.shape == (FACE_PX, FACE_PX)
    assert len(seen.sha256) == 64
