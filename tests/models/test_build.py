import re

import pytest

from faceidd.models.build import BUILDERS, CHOSEN, DEEPFACE, find_builder, offers
from faceidd.models.deepface import as_thresholds
from faceidd.models.deepface_models import DEEPFACE_MODELS
from faceidd.models.manifest import PACK_NAME, MetricName

OF_DEEPFACE = (
    *("VGG-Face", "Facenet", "Facenet512", "OpenFace", "DeepFace", "ArcFace", "Dlib", "SFace"),
    "GhostFaceNet",
)


@pytest.mark.parametrize("name", OF_DEEPFACE)
def test_every_model_that_deepfaces_users_know_can_be_built_by_its_name(name: str) -> None:
    assert callable(find_builder(f"{DEEPFACE}{name}"))
    assert callable(find_builder(f"{DEEPFACE}{name.lower()}"))


def test_the_models_that_are_not_kerass_have_packs_of_their_own() -> None:
    assert find_builder("deepface:Dlib") is CHOSEN["dlib"]
    assert find_builder("deepface:SFace") is CHOSEN["sface"]


def test_all_that_can_be_built_is_offered_once() -> None:
    names = [offer.name for offer in offers()]
    assert sorted(names) == sorted(
        (*BUILDERS, *CHOSEN, *(f"{DEEPFACE}{name}" for name in DEEPFACE_MODELS))
    )
    assert len({offer.pack for offer in offers()}) == len(names)
    assert all(re.fullmatch(PACK_NAME, offer.pack) for offer in offers())


def test_deepfaces_cosine_is_a_distance_and_ours_a_similarity() -> None:
    theirs: dict[MetricName, float] = {
        "cosine": 0.68,
        "euclidean": 4.15,
        "euclidean_l2": 1.13,
        "angular": 0.39,
    }
    assert as_thresholds(theirs) == {**theirs, "cosine": 0.32}
