"""Suspects: the person filed under two names is named, with the photos to look at."""

from dataclasses import replace

import numpy as np
from support.calibrating import calibrated, gallery_of, purpose, with_twin
from support.measured_people import crowd

from faceidd.evaluation.calibration_people import Crowd
from faceidd.evaluation.calibration_suspects import MOST_SUSPECTS, Suspect, suspects
from faceidd.evaluation.embedded import Embedded
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.metric import Metric
from faceidd.gallery.provenance import Target


def suspected(
    photos: Embedded, gallery: Gallery | None = None, metric: Metric = Metric.COSINE
) -> tuple[Suspect, ...]:
    asked = replace(purpose(metric=metric), target=Target(fmr=0.02, fpir=0.5, templates=3))
    return suspects(Crowd.of(photos), calibrated(photos, asked, gallery).attempt)


def test_the_planted_twin_is_named_first() -> None:
    photos = with_twin(crowd(40, 3), row=22)
    found = suspected(photos)
    assert set(found[0].names) == {"twin", photos.photos[22].identity}
    assert {path.name for path in found[0].photos} == {"twin.png", photos.photos[22].path.name}
    assert found[0].value > 0.999
    assert found[0].as_genuine
    assert not any(one.as_genuine for one in found[1:])


def test_they_are_few_different_and_the_most_alike_come_first() -> None:
    found = suspected(crowd(40, 3))
    assert len(found) == MOST_SUSPECTS == len({frozenset(one.names) for one in found})
    values = [one.value for one in found]
    assert values == sorted(values, reverse=True)
    assert not any(one.as_genuine for one in found)


def test_their_value_is_on_the_scale() -> None:
    found = suspected(with_twin(crowd(40, 2)), metric=Metric.ANGULAR)
    values = [one.value for one in found]
    assert 0 <= values[0] < 0.01
    assert values == sorted(values)


def test_without_two_photos_of_anybody_there_is_no_telling() -> None:
    found = suspected(with_twin(crowd(40, 1)))
    assert "twin" in found[0].names
    assert {one.as_genuine for one in found} == {None}


def test_who_is_like_somebody_of_the_gallery_is_named_alone() -> None:
    photos = crowd(40, 2)
    strangers = crowd(3, 1, seed=8).vectors.copy()
    strangers[1] = photos.vectors[12]
    found = suspected(photos, gallery_of(strangers))
    assert found[0].names == (photos.photos[12].identity,)
    assert found[0].photos == (photos.photos[12].path,)
    assert np.isclose(found[0].value, 1.0)
