"""The search: whom it finds, on every scale."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.calibrations import cohort
from support.people import MODEL, embedding, gallery

from faceidd.errors import GalleryError, GalleryModelError
from faceidd.face.embedding import Embedding
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Matcher
from faceidd.gallery.metric import Metric
from faceidd.gallery.scale import Normalization, Scale
from faceidd.gallery.scoring import Scorer

ANGLES = st.floats(0, 360)
COSINE = Scale()
S_NORM = Scale(Metric.COSINE, Normalization.S_NORM)
SCALES = [Scale(metric, kind) for metric in Metric for kind in Normalization]


def at(degrees: float, length: float = 1.0) -> Embedding:
    angle = math.radians(degrees)
    return embedding(length * math.cos(angle), length * math.sin(angle), 0)


def three() -> Gallery:
    """Kim at 0 and 60 degrees, Lee at 90, Park at 180."""
    return gallery({"Kim": [at(0), at(60)], "Lee": [at(90)], "Park": [at(180)]})


def matcher(people: Gallery, scale: Scale) -> Matcher:
    needed = scale.normalization is not Normalization.NONE
    return Matcher(people, scale, cohort(MODEL, 3) if needed else None)


@pytest.mark.parametrize(
    ("degrees", "who", "apart", "apart_next"),
    [(10, "kim", 10, 80), (58, "kim", 2, 32), (76, "lee", 14, 16), (350, "kim", 10, 100)],
)
def test_the_nearest_template_of_anybody_decides(
    degrees: float, who: str, apart: float, apart_next: float
) -> None:
    near, far = math.cos(math.radians(apart)), math.cos(math.radians(apart_next))
    match = matcher(three(), COSINE).match(at(degrees))
    assert match is not None
    assert match.person.id == who
    assert match.scale == COSINE
    assert match.value == pytest.approx(near, abs=1e-6)
    assert match.margin == pytest.approx(near - far, abs=1e-6)

    distance = matcher(three(), Scale(Metric.EUCLIDEAN_L2)).match(at(degrees))
    assert distance is not None
    assert distance.person.id == who
    assert distance.value == pytest.approx(math.sqrt(2 - 2 * near), abs=1e-3)
    assert distance.margin == pytest.approx(near - far, abs=1e-6)


def test_raw_lengths_count_in_the_plain_distance_only() -> None:
    people = gallery({"Far": [at(0, length=9)], "Near": [at(30, length=2)]})
    probe = at(0, length=2)
    found = {metric: matcher(people, Scale(metric)).match(probe) for metric in Metric}
    assert {metric: match.person.name for metric, match in found.items() if match} == {
        Metric.COSINE: "Far",
        Metric.EUCLIDEAN_L2: "Far",
        Metric.EUCLIDEAN: "Near",
        Metric.ANGULAR: "Far",
    }


@given(st.lists(st.lists(ANGLES, min_size=1, max_size=3), min_size=1, max_size=6), ANGLES)
def test_a_match_is_the_best_of_all_rows(people: list[list[float]], degrees: float) -> None:
    named = {f"p{index}": some for index, some in enumerate(people)}
    known = gallery({name: [at(one) for one in some] for name, some in named.items()})
    best = {
        name: max(math.cos(math.radians(one - degrees)) for one in some)
        for name, some in named.items()
    }
    match = matcher(known, COSINE).match(at(degrees))
    assert match is not None
    assert match.value == pytest.approx(max(best.values()), abs=1e-5)
    assert best[match.person.id] == pytest.approx(match.value, abs=1e-5)
    assert match.margin >= 0
    others = [value for name, value in best.items() if name != match.person.id]
    expected = match.value - max(others) if others else math.inf
    assert match.margin == pytest.approx(expected, abs=1e-5)


def test_the_nobody_of_an_empty_gallery_is_none() -> None:
    assert matcher(gallery({}), COSINE).match(embedding(1, 0, 0)) is None
    assert matcher(gallery({}), S_NORM).match(embedding(1, 0, 0)) is None


@pytest.mark.parametrize("scale", SCALES, ids=str)
@pytest.mark.parametrize(
    "vector",
    [[math.nan, 0, 0], [math.inf, 0, 0], [0, 0, 0], [5, 0, 0], [0.5, 0, 0], [1, 0], [1, 0, 0, 0]],
)
def test_a_probe_that_is_no_embedding_of_this_model_is_refused(
    scale: Scale, vector: list[float]
) -> None:
    probe = Embedding(np.array(vector, np.float32), 1.0, MODEL)
    with pytest.raises(GalleryError, match="probe"):
        matcher(three(), scale).match(probe)
    with pytest.raises(GalleryModelError):
        matcher(three(), scale).match(embedding(1, 0, 0, model_id="b" * 64))


@pytest.mark.parametrize("scale", SCALES, ids=str)
@given(st.permutations(range(6)), ANGLES)
def test_the_order_of_templates_does_not_matter(
    scale: Scale, order: list[int], degrees: float
) -> None:
    people = [(f"p{index}", [at(57.0 * index + 11), at(57.0 * index + 29)]) for index in range(6)]
    first = matcher(gallery(dict(people)), scale).match(at(degrees))
    mixed = gallery({people[turn][0]: people[turn][1][::-1] for turn in order})
    again = matcher(mixed, scale).match(at(degrees))
    assert first is not None
    assert again is not None
    # Near 0 an angle answers a cosine's last bit with its square root.
    assert again.value == pytest.approx(first.value, abs=1e-3)
    if first.margin > 1e-3:
        assert again.person == first.person
        assert again.margin == pytest.approx(first.margin, abs=1e-4)


def test_a_normalized_score_tells_how_far_a_face_stands_out_of_strangers() -> None:
    people = gallery({"Kim": [at(0)]})
    search = matcher(people, S_NORM)
    near, far = search.match(at(1)), search.match(at(170))
    assert near is not None
    assert far is not None
    assert near.value > far.value
    assert (near.scale, S_NORM.greater_is_closer) == (S_NORM, True)


def test_a_cohort_of_another_model_is_refused() -> None:
    with pytest.raises(GalleryModelError, match="cohort comes from another model"):
        Matcher(three(), S_NORM, cohort("b" * 64, 3))


def test_a_scale_that_needs_a_cohort_has_one() -> None:
    with pytest.raises(GalleryError, match="need a cohort"):
        Matcher(three(), S_NORM)


def test_the_margin_of_a_look_is_to_the_next_person() -> None:
    people = gallery({"Kim": [at(0)], "Kim again": [at(20)], "Lee": [at(90)]})
    apart = Matcher(people, COSINE).match(at(15))
    together = Matcher(people, COSINE, looks={"kim again": "kim"}).match(at(15))
    assert apart is not None
    assert together is not None
    assert apart.person.id == together.person.id == "kim again"
    near, next_one = math.cos(math.radians(5)), math.cos(math.radians(75))
    assert apart.margin == pytest.approx(near - math.cos(math.radians(15)), abs=1e-6)
    assert together.margin == pytest.approx(near - next_one, abs=1e-6)
    alone = Matcher(
        gallery({"Kim": [at(0)], "Kim again": [at(20)]}), COSINE, None, {"kim again": "kim"}
    )
    match = alone.match(at(15))
    assert match is not None
    assert math.isinf(match.margin)


@st.composite
def crowds(draw: st.DrawFn) -> Gallery:
    """People with templates of few directions, so that many are tied, in any order."""
    directions = st.tuples(*[st.integers(-2, 2)] * 3).filter(any)
    rows = draw(st.lists(directions, min_size=1, max_size=12))
    people = draw(st.integers(1, len(rows)))
    owners = draw(st.permutations([row % people for row in range(len(rows))]))
    lengths = draw(st.lists(st.sampled_from([1.0, 2.0, 9.0]), min_size=12, max_size=12))
    embeddings = [
        embedding(*(length * axis for axis in row))
        for row, length in zip(rows, lengths, strict=False)
    ]
    return Gallery(
        model_id=MODEL,
        model_name="facenet int8",
        detector="blazeface",
        people=tuple(Person(f"p{place}", f"P{place}") for place in range(people)),
        vectors=np.stack([one.vector for one in embeddings]),
        norms=np.array([one.norm for one in embeddings], np.float32),
        owners=np.array(owners, np.intp),
        photos=np.ones(len(rows), np.int64),
    )


@given(
    crowds(),
    st.tuples(*[st.integers(-3, 3)] * 3).filter(any),
    st.sampled_from([Scale(metric) for metric in Metric]),
    st.dictionaries(st.sampled_from(["p0", "p1", "p2"]), st.sampled_from(["p0", "p2", "Q"])),
)
def test_it_finds_what_comparing_with_one_template_after_the_other_finds(
    people: Gallery, raw: tuple[int, int, int], scale: Scale, looks: dict[str, str]
) -> None:
    probe = embedding(*raw)
    norm = np.array([probe.norm], np.float32)
    best, cosine = [-math.inf] * len(people.people), [-math.inf] * len(people.people)
    for vector, length, owner in zip(people.vectors, people.norms, people.owners, strict=True):
        product = np.array([vector @ probe.vector], np.float32)
        value = scale.metric.values(product, norm, length[None])
        best[owner] = max(best[owner], float(scale.closeness(value)[0]))
        cosine[owner] = max(cosine[owner], float(product[0]))
    first = best.index(max(best))
    own = [looks.get(one.id, one.id) for one in people.people]
    others = [cosine[place] for place, who in enumerate(own) if who != own[first]]
    match = Matcher(people, scale, None, looks).match(probe)
    assert match is not None
    assert match.person == people.people[first]
    assert match.value == (best[first] if scale.greater_is_closer else -best[first])
    expected = np.float32(cosine[first]) - np.float32(max(others, default=-math.inf))
    assert match.margin == expected


@pytest.mark.parametrize("kind", [Normalization.CENTERING, Normalization.S_NORM])
@given(crowds(), st.tuples(*[st.integers(-3, 3)] * 3).filter(any), st.sampled_from(list(Metric)))
def test_a_normalized_score_is_the_scorers(
    kind: Normalization, people: Gallery, raw: tuple[int, int, int], metric: Metric
) -> None:
    scale, probe = Scale(metric, kind), embedding(*raw)
    scorer = Scorer(scale, cohort(MODEL, 3))
    ready = scorer.prepare(people.vectors, people.norms)
    values = scorer.values(
        scorer.prepare(probe.vector[None], np.array([probe.norm], np.float32)), ready
    )[0]
    best = scale.closeness(values).max()
    match = Matcher(people, scale, cohort(MODEL, 3)).match(probe)
    assert match is not None
    # Near 0 a distance answers a cosine's last bit with its square root.
    closeness = match.value if scale.greater_is_closer else -match.value
    assert closeness == pytest.approx(float(best), abs=1e-4 if metric is Metric.COSINE else 2e-2)
