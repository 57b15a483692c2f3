"""Presence: whose frame it is, and what the frames say together."""

import itertools
import math

import numpy as np
import pytest
from support.people import embedding

from faceidd.access.presence import (
    MOST_SIGHTINGS,
    SAME_PLACE,
    Continuity,
    Presence,
    Sighting,
    room,
)
from faceidd.face.detection import Box
from faceidd.face.embedding import Embedding
from faceidd.units import Instant, Seconds

HERE, BESIDE, ELSEWHERE = Box(100, 100, 100, 100), Box(140, 100, 100, 100), Box(400, 100, 90, 90)
LONG = Seconds(60.0)
CONTINUITY = Continuity(same_place=0.7, elsewhere=0.75)


def facing(cosine: float) -> Embedding:
    """A face with this cosine to the face `facing(1)`."""
    return embedding(cosine, math.sqrt(1 - cosine**2), 0)


def sighting(cosine: float = 1.0, at: float = 0.0, box: Box = HERE) -> Sighting:
    return Sighting(facing(cosine), 1.0, box, Instant(at))


@pytest.mark.parametrize(
    ("cosine", "box", "same"),
    [
        (1.0, HERE, True),
        (0.701, BESIDE, True),
        (0.699, HERE, False),
        (0.0, HERE, False),
        (0.751, ELSEWHERE, True),
        (0.749, ELSEWHERE, False),
    ],
)
def test_a_face_is_the_visitors_by_its_looks_more_so_elsewhere(
    cosine: float, box: Box, same: bool
) -> None:
    likeness = Presence("1", sighting(), CONTINUITY).likeness(sighting(cosine, 1.0, box))
    assert likeness == (pytest.approx(cosine, abs=1e-6) if same else None)


def test_the_places_above_are_what_they_are_called() -> None:
    assert HERE.overlap(ELSEWHERE) == 0 < SAME_PLACE < HERE.overlap(BESIDE)


def test_likeness_is_to_all_kept_frames_together() -> None:
    presence = Presence("1", Sighting(embedding(1, 0, 0), 1.0, HERE, Instant(0.0)), CONTINUITY)
    presence.add(Sighting(embedding(0.8, 0.6, 0), 1.0, HERE, Instant(1.0)))
    mean = embedding(1.8, 0.6, 0)
    likeness = presence.likeness(Sighting(mean, 1.0, HERE, Instant(2.0)))
    assert likeness == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("at", [0.0, -1.0])
def test_frames_come_in_the_order_of_time(at: float) -> None:
    presence = Presence("1", sighting(), CONTINUITY)
    with pytest.raises(ValueError, match="order of time"):
        presence.add(sighting(at=at))


def test_evidence_is_the_mean_of_the_fresh_frames() -> None:
    presence = Presence("1", Sighting(embedding(0, 0, 1), 1.0, HERE, Instant(0.0)), CONTINUITY)
    presence.add(Sighting(embedding(3, 0, 0), 1.0, HERE, Instant(2.0)))
    presence.add(Sighting(embedding(0, 5, 0), 1.0, HERE, Instant(3.0)))

    evidence = presence.evidence(Instant(3.0), Seconds(1.0))

    assert evidence is not None
    assert evidence.embedding.vector == pytest.approx([math.sqrt(0.5), math.sqrt(0.5), 0])
    assert evidence.embedding.norm == pytest.approx(4)
    assert evidence.embedding.model_id == embedding(1, 0, 0).model_id
    assert (evidence.frames, evidence.frames_seen) == (2, 3)
    assert (evidence.oldest, evidence.newest) == (2.0, 3.0)


def test_a_poor_picture_counts_less() -> None:
    presence = Presence("1", Sighting(embedding(3, 0), 1.0, HERE, Instant(0.0)), CONTINUITY)
    presence.add(Sighting(embedding(0, 5), 0.25, HERE, Instant(1.0)))
    evidence = presence.evidence(Instant(1.0), LONG)
    assert evidence is not None
    assert evidence.embedding.vector == pytest.approx(np.array([4, 1]) / math.sqrt(17))
    assert evidence.embedding.norm == pytest.approx((3 + 0.25 * 5) / 1.25)


def test_continuity_follows_the_model() -> None:
    continuity = Continuity.of_model(0.74)
    assert continuity.same_place == pytest.approx(0.70)
    assert continuity.elsewhere == pytest.approx(0.75)


def test_distances_shrink_where_a_model_crowds_all_faces_together() -> None:
    assert room(0.74) == pytest.approx(1)
    assert room(0.62) == 1
    assert room(0.965) == pytest.approx(0.035 / 0.26)
    crowded = Continuity.of_model(0.965)
    assert 0.955 < crowded.same_place < 0.965 < crowded.elsewhere < 0.97


def test_frames_age_out_one_by_one() -> None:
    presence = Presence("1", sighting(), CONTINUITY)
    for at in (1.0, 2.0, 3.0):
        presence.add(sighting(at=at))
    counted = [presence.evidence(Instant(now), Seconds(1.5)) for now in (3.0, 3.6, 4.5, 4.6)]
    assert [found and found.frames for found in counted] == [2, 1, 1, None]


def test_frames_of_the_future_say_nothing() -> None:
    assert Presence("1", sighting(at=5.0), CONTINUITY).evidence(Instant(4.9), LONG) is None


def test_the_order_of_the_frames_does_not_matter() -> None:
    faces = [embedding(1, 0.1, 0), embedding(2, 0, 0.3), embedding(3, -0.2, 0.1)]
    fused = []
    for order in itertools.permutations(zip(faces, (1.0, 0.5, 0.2), strict=True)):
        first, *others = (
            Sighting(face, weight, HERE, Instant(float(at)))
            for at, (face, weight) in enumerate(order)
        )
        presence = Presence("1", first, CONTINUITY)
        for other in others:
            presence.add(other)
        evidence = presence.evidence(Instant(2.0), LONG)
        assert evidence is not None
        fused.append(evidence.embedding)
    for one in fused[1:]:
        assert one.vector == pytest.approx(fused[0].vector, abs=1e-6)
        assert one.norm == pytest.approx(fused[0].norm)


def test_a_visitor_who_stays_for_long_takes_no_more_room() -> None:
    presence = Presence("1", sighting(), CONTINUITY)
    for at in range(1, 1000):
        presence.add(sighting(at=float(at)))
    evidence = presence.evidence(Instant(999.0), Seconds(1e6))
    assert evidence is not None
    assert (evidence.frames, evidence.frames_seen) == (MOST_SIGHTINGS, 1000)
    assert evidence.oldest == pytest.approx(1000 - MOST_SIGHTINGS)
    assert np.linalg.norm(evidence.embedding.vector) == pytest.approx(1)
