"""Embedding photos: what is refused and why, and what is remembered between runs."""

import logging
import stat
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from faceidd.camera.frame import Image
from faceidd.enroll.embedding_cache import PhotoEmbedding
from faceidd.errors import ModelError
from faceidd.evaluation.embedded import (
    Embedded,
    RecognizerModel,
    count_reasons,
    embed_photos,
    embed_with,
)
from faceidd.evaluation.labeled import LabeledPhoto
from faceidd.face.quality import Rejection
from faceidd.face.quality_gate import Limits, QualityGate
from faceidd.face.recognizer import Recognizer
from faceidd.models.manifest import BoxCrop


class GrayModel:
    """Embeds how bright a picture is; black ones show no face."""

    def __init__(self, key: str = "gray") -> None:
        self.key = key
        self.looked: list[float] = []
        self.fails_at = 99

    def look(self, image: Image) -> PhotoEmbedding | str:
        if len(self.looked) == self.fails_at:
            raise ModelError("the network failed", do="try again")
        gray = float(image.mean())
        self.looked.append(gray)
        if gray < 1:
            return "no_face"
        angle = gray / 255
        vector = np.array([np.cos(angle), np.sin(angle)], np.float32)
        return PhotoEmbedding(vector, 2 * gray, gray / 255)


@pytest.fixture
def photos(tmp_path: Path) -> list[LabeledPhoto]:
    """Three gray ones, a black one, one that is no picture, an empty one, and a missing one."""
    for name, gray in {"a": 50, "b": 100, "c": 200, "black": 0}.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((8, 8, 3), gray, np.uint8))
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").touch()
    names = ("a", "black", "b", "text", "c", "empty", "missing")
    return [LabeledPhoto(tmp_path / f"{name}.png", "s", name, "g") for name in names]


def same(one: Embedded, other: Embedded) -> bool:
    return (
        one.photos == other.photos
        and one.refused == other.refused
        and all(
            getattr(one, name).tobytes() == getattr(other, name).tobytes()
            for name in ("vectors", "norms", "weights")
        )
    )


def test_every_photo_is_embedded_or_refused_for_a_reason(photos: list[LabeledPhoto]) -> None:
    found = embed_with(photos, GrayModel(), cache=None)
    assert [photo.identity for photo in found.photos] == ["a", "b", "c"]
    assert found.norms.tolist() == [100, 200, 400]
    assert found.weights == pytest.approx([50 / 255, 100 / 255, 200 / 255])
    assert found.vectors.dtype == np.float32
    assert {one.photo.identity: one.reason for one in found.refused} == {
        "black": "no_face",
        "text": "unreadable",
        "empty": "unreadable",
        "missing": "missing",
    }
    assert count_reasons(found.refused) == {"unreadable": 2, "no_face": 1, "missing": 1}


def test_a_folder_in_the_place_of_a_photo_is_unreadable(tmp_path: Path) -> None:
    found = embed_with([LabeledPhoto(tmp_path, "s", "x", "g")], GrayModel(), cache=None)
    assert [one.reason for one in found.refused] == ["unreadable"]
    assert found.vectors.shape == (0, 0)


def test_what_was_seen_is_not_looked_at_again(photos: list[LabeledPhoto], tmp_path: Path) -> None:
    first, second = GrayModel(), GrayModel()
    cache = tmp_path / "cache" / "deeper"
    found = embed_with(photos, first, cache=cache)
    assert len(first.looked) == 4
    assert same(embed_with(photos, second, cache=cache), found)
    assert second.looked == []
    (file,) = cache.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_another_photo_of_the_same_name_is_looked_at(
    photos: list[LabeledPhoto], tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    embed_with(photos, GrayModel(), cache=cache)
    cv2.imwrite(str(photos[0].path), np.full((8, 8, 3), 77, np.uint8))
    model = GrayModel()
    found = embed_with(photos, model, cache=cache)
    assert model.looked == [77]
    assert found.norms.tolist() == [154, 200, 400]


def test_another_model_is_asked_itself(photos: list[LabeledPhoto], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    embed_with(photos, GrayModel(), cache=cache)
    other = GrayModel("other")
    embed_with(photos, other, cache=cache)
    assert len(other.looked) == 4
    assert len(list(cache.iterdir())) == 2


def torn(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = content.index(b"vectors.npy") + 150
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


def other_tables(_: bytes) -> bytes:
    from io import BytesIO  # noqa: PLC0415 - of this fault only

    buffer = BytesIO()
    np.savez(buffer, digests=np.array(["a"]))
    return buffer.getvalue()


def pickled(_: bytes) -> bytes:
    from io import BytesIO  # noqa: PLC0415 - of this fault only

    buffer = BytesIO()
    np.savez(buffer, digests=np.array([object()], object))
    return buffer.getvalue()


@pytest.mark.parametrize("spoil", [torn, flipped, other_tables, pickled, lambda _: b""])
def test_a_cache_that_is_damaged_is_made_anew_and_told(
    photos: list[LabeledPhoto],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[bytes], bytes],
) -> None:
    cache = tmp_path / "cache"
    found = embed_with(photos, GrayModel(), cache=cache)
    (file,) = cache.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    again = GrayModel()
    with caplog.at_level(logging.WARNING):
        assert same(embed_with(photos, again, cache=cache), found)
    assert len(again.looked) == 4
    assert "made anew" in caplog.text
    last = GrayModel()
    assert same(embed_with(photos, last, cache=cache), found)
    assert last.looked == []


def test_what_was_seen_before_a_failure_is_kept(photos: list[LabeledPhoto], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    model = GrayModel()
    model.fails_at = 2
    with pytest.raises(ModelError, match="the network failed"):
        embed_with(photos, model, cache=cache)
    again = GrayModel()
    embed_with(photos, again, cache=cache)
    assert len(again.looked) == 2


def test_progress_is_told_on_stderr_only_when_asked(
    photos: list[LabeledPhoto], capsys: pytest.CaptureFixture[str]
) -> None:
    embed_with(photos, GrayModel(), cache=None)
    assert capsys.readouterr() == ("", "")
    embed_with(photos, GrayModel(), cache=None, progress=True)
    told = capsys.readouterr()
    assert told.out == ""
    assert "7/7" in told.err


@pytest.fixture(scope="module")
def seeing(models_dir: Path) -> Recognizer:
    from support.seeing import recognizer  # noqa: PLC0415 - asks for the packs' libraries

    return recognizer(models_dir, min_face_px=65)


def portrait_photos(folder: Path) -> list[LabeledPhoto]:
    from support.portraits import EILEEN, GRACE, head  # noqa: PLC0415 - fetches the portraits

    hidden = head(EILEEN, 150).copy()
    hidden[hidden.shape[0] * 11 // 20 :] = 120
    for name, image in {
        "eileen": head(EILEEN, 150),
        "grace": head(GRACE, 150),
        "hidden": hidden,
        "nobody": np.full((300, 300, 3), 120, np.uint8),
    }.items():
        cv2.imwrite(str(folder / f"{name}.png"), image)
    names = ("eileen", "grace", "hidden", "nobody")
    return [LabeledPhoto(folder / f"{name}.png", "s", name, "g") for name in names]


def test_the_doors_recognizer_embeds_and_its_gate_refuses(
    seeing: Recognizer, tmp_path: Path
) -> None:
    photos = portrait_photos(tmp_path)
    found = embed_photos(photos, seeing, cache=None)
    assert [photo.identity for photo in found.photos] == ["eileen", "grace"]
    reasons = {one.photo.identity: one.reason for one in found.refused}
    assert reasons["nobody"] == "no_face"
    assert reasons["hidden"] in {*Rejection, "no_face"}
    assert found.vectors[0] @ found.vectors[1] < 0.5
    everything = embed_photos(photos, seeing, cache=None, gate=False)
    assert len(everything.photos) >= 2
    assert {one.reason for one in everything.refused} == {"no_face"}


def test_whatever_changes_an_answer_changes_the_key(seeing: Recognizer, models_dir: Path) -> None:
    from support.seeing import detector, refiner  # noqa: PLC0415 - asks for the packs' libraries

    def key(
        *,
        min_face_px: int = 65,
        name: str = "blazeface",
        limits: Limits | None = None,
        rule: BoxCrop | None = None,
        gate: bool = True,
    ) -> str:
        finds = detector(models_dir, name, min_face_px)
        one = Recognizer(
            finds,
            refiner(models_dir, finds),
            QualityGate(limits),
            seeing.embedder,
            rule=rule or seeing.rule,
            same_face=seeing.same_face,
        )
        return RecognizerModel(one, gate=gate).key

    keys = [
        key(),
        key(min_face_px=66),
        key(name="haar"),
        key(limits=Limits(max_yaw=0.1)),
        key(rule=BoxCrop(scale=1.31)),
        key(gate=False),
    ]
    assert len(set(keys)) == len(keys)
    assert key() == keys[0]
