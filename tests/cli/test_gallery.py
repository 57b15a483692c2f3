"""`faceidd gallery` and `faceidd forget`: an admin's day, from the command line."""

import json
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.calibrations import calibration
from support.digests import digest_of
from support.photo_files import alone, write
from support.portraits import EILEEN, GRACE

from faceidd.cli.gallery_doctor import FOUND
from faceidd.cli.gallery_rights import expiry
from faceidd.cli.main import main
from faceidd.doctor.record import load_record
from faceidd.enroll.embedding_cache import EmbeddingCache, PhotoEmbedding
from faceidd.enroll.report import photo_digest
from faceidd.errors import EnrollmentError, GalleryError
from faceidd.gallery.calibration import save_calibration
from faceidd.gallery.file import load_gallery
from faceidd.gallery.gallery import Person
from faceidd.gallery.revision import find_person
from faceidd.gallery.scale import Normalization, Scale
from faceidd.rights.traces import find_traces

S_NORM = Scale(normalization=Normalization.S_NORM)


class Desk:
    """Where an admin looks after a gallery."""

    def __init__(self, folder: Path, models: Path) -> None:
        self.folder, self.photos = folder, folder / "photos"
        self.file, self.page = folder / "door" / "g.safetensors", folder / "page"
        self.caches = folder / "cache" / "faceidd" / "embeddings"
        self.file.parent.mkdir()
        self._models = str(models)
        write(self.photos / "Kim" / "1.png", alone(EILEEN, 150))
        write(self.photos / "Lee" / "1.png", alone(GRACE, 150))

    def enroll(self, *options: str, photos: Path | None = None) -> int:
        words = ["enroll", "folder", str(photos or self.photos), "--models", self._models]
        return main([*words, "--gallery", str(self.file), *options])

    def doctor(self, *options: str) -> int:
        words = ["gallery", "doctor", "--models", self._models, "--gallery", str(self.file)]
        return main([*words, *options])

    def do(self, *words: str) -> int:
        return main([*words, "--gallery", str(self.file)])

    def person(self, name: str) -> Person:
        return find_person(load_gallery(self.file), name)


@pytest.fixture
def desk(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    desk = Desk(tmp_path, models_dir)
    assert desk.enroll() == 0
    return desk


def test_people_are_listed_and_shown(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.do("gallery", "consent", "Kim", "--text-version", "3") == 0
    assert desk.do("gallery", "expire", "Kim", "2999-12-31") == 0
    capsys.readouterr()
    assert desk.do("gallery", "list") == 0
    head, kim, lee, count, calibration = capsys.readouterr().out.splitlines()
    assert head.split() == ["NAME", "TEMPLATES", "PHOTOS", "EXPIRES", "CONSENT"]
    assert kim.split()[:4] == ["Kim", "1", "1", "2999-12-31"]
    assert lee.split() == ["Lee", "1", "1", "never", "none"]
    assert count == "2 people, enrolled with facenet int8; never published"
    assert calibration == "calibration: none; a door uses the one beside its model pack"
    assert desk.do("gallery", "show", "Kim") == 0
    told = capsys.readouterr().out
    assert "consent    by Kim, text 3, recorded 20" in told
    assert f"photo      {desk.photos / 'Kim' / '1.png'}\n" in told
    assert desk.do("gallery", "show", "Park") == GalleryError.exit_code


def test_a_calibration_is_put_in_shown_and_taken_out(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known, made = load_gallery(desk.file), tmp_path / "made.safetensors"
    save_calibration(calibration(known.model_id, scale=S_NORM, threshold=4.25), made)
    assert desk.do("gallery", "calibration", "--from", str(made)) == 0
    told = "cosine, s_norm, threshold 4.250, for an FMR of 0.001, made 2026-05-04"
    assert capsys.readouterr().out == f"calibration in {desk.file}: {told}\n"
    assert desk.do("gallery", "list") == 0
    assert capsys.readouterr().out.endswith(f"calibration: {told}\n")
    save_calibration(calibration("e" * 64, scale=S_NORM, threshold=4.25), made)
    assert desk.do("gallery", "calibration", "--from", str(made)) == GalleryError.exit_code
    assert desk.do("gallery", "calibration", "--remove") == 0
    assert load_gallery(desk.file).calibration is None


def test_consent_is_recorded_and_withdrawn(desk: Desk) -> None:
    words = ("gallery", "consent")
    assert desk.do(*words, "Lee", "--by", "mother of Lee", "--text-version", "2") == 0
    assert desk.do(*words, "--all", "--text-version", "3") == 0
    consents = [desk.person(name).consent for name in ("Kim", "Lee")]
    assert [(one.by, one.text_version) for one in consents if one] == [
        ("Kim", "3"),
        ("mother of Lee", "2"),
    ]
    assert desk.do(*words, "Kim", "--withdraw") == 0
    assert desk.person("Kim").consent is None
    assert desk.do(*words, "--text-version", "3") == GalleryError.exit_code


def test_the_last_day_is_a_day() -> None:
    moment = expiry("2026-12-31")
    assert moment is not None
    assert moment.astimezone().replace(tzinfo=None) == datetime(2027, 1, 1)  # noqa: DTZ001 - local
    assert expiry("2026-12-31T18:00+09:00") == datetime(2026, 12, 31, 9, tzinfo=UTC)
    assert expiry("never") is None
    with pytest.raises(ValueError, match="Invalid isoformat"):
        expiry("soon")


def test_the_doctor_gates_publishing_and_records_who_let_it_pass(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    write(desk.photos / "Lee" / "copy.jpg", alone(EILEEN, 150))
    assert desk.doctor("--photos", str(desk.photos), "--report", str(desk.page)) == FOUND
    told = capsys.readouterr().out
    assert "One photo under two names:\n  Kim and Lee: " in told
    assert "No consent is recorded of Kim, Lee" in told
    assert "findings block publishing, " in told
    for file in ("doctor.html", "doctor.json"):
        assert stat.S_IMODE((desk.page / file).stat().st_mode) == 0o600
    page = (desk.page / "doctor.html").read_text("utf-8")
    assert page.count("data:image/jpeg") >= 2
    assert "<script" not in page
    report = json.loads((desk.page / "doctor.json").read_text("utf-8"))
    assert {"same_photo", "no_consent"} <= {one["kind"] for one in report["findings"]}
    record = load_record(desk.file)
    assert record is not None
    assert not record.lets_pass(digest_of(desk.file))

    assert desk.doctor("--force") == GalleryError.exit_code
    assert desk.doctor("--force", "--reason", "Consent is on paper") == 0
    record = load_record(desk.file)
    assert record is not None
    assert record.lets_pass(digest_of(desk.file))
    assert record.override is not None
    assert record.override.reason == "Consent is on paper"
    assert record.reports == (str(desk.page),)
    capsys.readouterr()
    assert desk.doctor() == 0  # what was let pass stays let pass, and on record
    assert ": Consent is on paper" in capsys.readouterr().out
    assert desk.doctor("--photos", str(desk.photos)) == FOUND  # this is more
    again = load_record(desk.file)
    assert again is not None
    assert again.overrides == record.overrides


def test_a_sound_gallery_passes(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.do("gallery", "consent", "--all", "--text-version", "3") == 0
    capsys.readouterr()
    assert desk.doctor("--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["blocking"], told["photos_seen"]) == (0, 2)
    assert {one["kind"] for one in told["findings"]} == {"few_photos"}


def test_photos_can_be_examined_before_there_is_a_gallery(desk: Desk) -> None:
    desk.file.unlink()
    assert desk.doctor("--photos", str(desk.photos)) == 0
    assert load_record(desk.file) is None
    desk.file.with_name("g.enrollment.json").unlink()
    assert desk.doctor() == GalleryError.exit_code
    forced = desk.doctor("--photos", str(desk.photos), "--force", "--reason", "x")
    assert forced == GalleryError.exit_code


def test_people_of_nested_folders_are_who_they_are(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.photos / "office").mkdir()
    (desk.photos / "Kim").rename(desk.photos / "office" / "Kim")
    assert desk.do("gallery", "consent", "--all", "--text-version", "3") == 0
    assert desk.doctor("--photos", str(desk.photos), "--nested") == 0
    capsys.readouterr()
    assert desk.doctor("--photos", str(desk.photos)) == FOUND
    told = capsys.readouterr().out
    assert "Kim: the folder holds no photo, so nobody looked whose the template is." in told
    assert "office: there are photos, but office is not in the gallery" in told


def test_a_person_gets_what_is_kept_of_them(desk: Desk) -> None:
    assert desk.do("gallery", "consent", "Kim", "--text-version", "3") == 0
    archive = desk.folder / "kim.zip"
    assert desk.do("gallery", "export", "Kim", "--to", str(archive)) == 0
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as packed:
        record = json.loads(packed.read("record.json"))
        photo = packed.read("photos/0001.png")
    assert photo == (desk.photos / "Kim" / "1.png").read_bytes()
    assert (record["name"], record["consent"]["text_version"]) == ("Kim", "3")
    assert len(record["templates"][0]["vector"]) == 512
    assert record["photos"][0]["file"] == "photos/0001.png"
    assert "Lee" not in json.dumps(record)
    assert desk.do("gallery", "export", "Kim", "--to", str(archive)) == GalleryError.exit_code


def test_photos_are_deleted_on_request_only(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    kim, lee = desk.photos / "Kim" / "1.png", desk.photos / "Lee" / "1.png"
    lee.write_bytes(b"newer")
    assert desk.do("gallery", "delete-photos", "--all") == GalleryError.exit_code
    assert not kim.parent.exists()
    assert lee.read_bytes() == b"newer"
    assert "has changed since it was enrolled" in capsys.readouterr().out
    write(kim, alone(EILEEN, 170))
    assert desk.enroll("--add", "--delete-photos", photos=kim.parents[0]) != 0  # no person's name
    assert kim.exists()


def test_who_is_enrolled_anew_keeps_expiry_and_consent(desk: Desk) -> None:
    assert desk.do("gallery", "consent", "Kim", "--text-version", "3") == 0
    assert desk.do("gallery", "expire", "Kim", "2999-12-31") == 0
    before = desk.person("Kim")
    more = desk.folder / "more"
    write(more / "Kim" / "2.png", alone(EILEEN, 190))
    write(more / "Park" / "1.png", alone(EILEEN, 110))
    assert desk.enroll(photos=more) == EnrollmentError.exit_code
    options = ("--add", "--consent", "4", "--delete-photos")
    assert desk.enroll(*options, photos=more) == 0
    assert [one.name for one in load_gallery(desk.file).people] == ["Kim", "Lee", "Park"]
    assert desk.person("Kim") == before
    park = desk.person("Park").consent
    assert park is not None
    assert park.text_version == "4"
    assert not (more / "Kim").exists()
    assert (desk.photos / "Lee" / "1.png").exists()
    report = json.loads(desk.file.with_name("g.enrollment.json").read_text("utf-8"))
    people = [one["person"] for one in report["templates"]]
    assert people == ["Kim", "Lee", "Kim", "Park"]  # the photo of before is still known of


def test_nothing_of_who_is_forgotten_is_left(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = desk.photos / "Kim" / "1.png"
    digests = [photo_digest(photo)]
    write(desk.photos / "Kim" / "later.png", alone(EILEEN, 180))
    digests.append(photo_digest(desk.photos / "Kim" / "later.png"))
    with EmbeddingCache.opened(desk.caches / "model.npz") as cache:
        for digest in (*digests, photo_digest(desk.photos / "Lee" / "1.png")):
            cache.put(digest, PhotoEmbedding(load_gallery(desk.file).vectors[0], 1.0, 1.0))
    options = ("--photos", str(desk.photos), "--report", str(desk.page))
    assert desk.doctor(*options, "--force", "--reason", "Kim and Lee are twins") == 0
    aside = desk.file.with_name(f".{desk.file.name}.torn")
    aside.write_bytes(desk.file.read_bytes())
    lee = desk.person("Lee")
    assert find_traces([desk.folder], "Kim", digests)
    capsys.readouterr()

    assert desk.do("forget", "Kim", "--photos", str(desk.photos)) == 0
    told = capsys.readouterr().out
    assert f"removed: 1 templates of Kim in {desk.file}" in told
    assert f"removed: {photo}\n" in told
    assert f"removed: 2 embeddings in {desk.caches / 'model.npz'}" in told
    assert f"removed: {desk.page / 'doctor.html'}" in told
    assert "look at:" not in told
    assert find_traces([desk.folder], "Kim", digests) == []
    assert load_gallery(desk.file).people == (lee,)
    assert (desk.photos / "Lee" / "1.png").exists()
    assert desk.do("forget", "Kim") == GalleryError.exit_code


def test_what_may_still_name_somebody_is_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = desk.file.with_name("notes.txt")
    notes.write_text("Kim has the second key")
    assert desk.do("forget", "Kim") == 0
    assert f"look at: {notes}: it may still name the person or a photo" in capsys.readouterr().out
    assert notes.exists()


def test_who_has_expired_is_told_by_the_doctor(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert desk.do("gallery", "expire", "Kim", yesterday.isoformat()) == 0
    assert desk.doctor() == FOUND
    assert "Kim: expired on" in capsys.readouterr().out
