"""An enrollment that was interrupted goes on where it was, and leaves nothing when it is done."""

from pathlib import Path

import pytest
from support.photo_files import alone, nobody, write
from support.portraits import EILEEN, GRACE
from support.seeing import recognizer

from faceidd.camera.frame import Image
from faceidd.enroll import embedding_cache
from faceidd.enroll.folder import enroll_folder
from faceidd.enroll.unfinished import remove_unfinished, unfinished_files, unfinished_path
from faceidd.face.recognizer import FoundFace, Recognizer


class Counting(Recognizer):
    """Counts the photos it is shown."""

    looked = 0

    def find(self, image: Image) -> tuple[FoundFace, ...]:
        self.looked += 1
        return super().find(image)


@pytest.fixture(scope="module")
def real(models_dir: Path) -> Recognizer:
    return recognizer(models_dir)


@pytest.fixture
def seeing(real: Recognizer) -> Counting:
    return Counting(
        real.detector,
        real.refiner,
        real.gate,
        real.embedder,
        rule=real.rule,
        same_face=real.same_face,
    )


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for number, width in enumerate((110, 130, 150, 170), 1):
        write(folder / f"Eileen{number}.png", alone(EILEEN, width))
        write(folder / f"Grace{number}.png", alone(GRACE, width))
    return folder


def interrupted_at(photo: int, folder: Path, seeing: Recognizer, known: Path) -> None:
    def progress(done: int, _total: int) -> None:
        if done == photo:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enroll_folder(folder, seeing, "facenet int8", known=known, progress=progress)


def test_what_was_seen_before_an_interruption_is_not_looked_at_again(
    photos: Path, tmp_path: Path, seeing: Counting, real: Recognizer
) -> None:
    known = unfinished_path(tmp_path / "door.gallery", seeing)
    whole = enroll_folder(photos, real, "facenet int8")
    interrupted_at(3, photos, seeing, known)
    seeing.looked = 0
    interrupted_at(6, photos, seeing, known)
    assert seeing.looked <= 8 - 3
    seeing.looked = 0
    done = enroll_folder(photos, seeing, "facenet int8", known=known)
    assert seeing.looked == 8 - 6
    assert (done.gallery.vectors == whole.gallery.vectors).all()
    assert done.records == whole.records


def test_refusals_are_kept_too_and_photos_that_changed_are_new(
    photos: Path, tmp_path: Path, seeing: Counting
) -> None:
    known = unfinished_path(tmp_path / "door.gallery", seeing)
    write(photos / "Grace5.png", nobody())
    first = enroll_folder(photos, seeing, "facenet int8", known=known, skip_bad=True)
    seeing.looked = 0
    write(photos / "Grace4.png", alone(GRACE, 180))
    (photos / "Grace5.png").rename(photos / "Grace6.png")
    again = enroll_folder(photos, seeing, "facenet int8", known=known, skip_bad=True)
    assert seeing.looked == 1
    assert [one.fault for one in again.rejected] == [one.fault for one in first.rejected]


def test_it_is_kept_now_and_then_for_a_power_cut(
    photos: Path, tmp_path: Path, seeing: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_cache, "SAVED_EVERY", 2)
    known = unfinished_path(tmp_path / "door.gallery", seeing)
    there: list[bool] = []
    enroll_folder(
        photos,
        seeing,
        "facenet int8",
        known=known,
        progress=lambda _done, _all: there.append(known.exists()),
    )
    assert there == [False, False, *[True] * 7]


def test_a_place_that_cannot_be_written_stops_nothing(
    photos: Path, seeing: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    known = Path("/proc/none") / "door.npz"
    assert len(enroll_folder(photos, seeing, "facenet int8", known=known).looks) == 2
    assert "embeddings are not kept in /proc/none" in caplog.text


def test_other_settings_keep_files_of_their_own_and_all_are_removed(
    tmp_path: Path, models_dir: Path, seeing: Counting
) -> None:
    gallery = tmp_path / "door.gallery"
    files = {unfinished_path(gallery, one) for one in (seeing, recognizer(models_dir, "haar"))}
    assert len(files) == 2
    others = {unfinished_path(tmp_path / "door.x.gallery", seeing), tmp_path / "door.gallery"}
    for file in files | others:
        file.touch()
    assert set(unfinished_files(gallery)) == files
    remove_unfinished(gallery)
    assert set(tmp_path.iterdir()) == others
    remove_unfinished(gallery)
