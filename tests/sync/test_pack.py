import tarfile
from pathlib import Path

import pytest
from support.published_packs import NETWORK, manifest_of, tar_of

from faceidd.errors import ModelError
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import MANIFEST, Pack, pack_names
from faceidd.sync.pack import FOLDER, PackPlace
from faceidd.sync.refused import Reason, RefusedError

MODEL = manifest_of().model_id("int8")
RIGHT = {MANIFEST: manifest_of().model_dump_json().encode(), "net.tflite": NETWORK}


def tried(_pack: Pack[EmbedderManifest], _variant: str) -> None:
    """A model that serves."""


@pytest.fixture
def place(tmp_path: Path) -> PackPlace:
    return PackPlace(tmp_path, tried)


def member(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


def test_a_pack_is_put_in_a_folder_of_its_model(place: PackPlace) -> None:
    assert place.find(MODEL) is None
    model = place.put(tar_of(RIGHT), MODEL)
    assert place.find(MODEL) == model
    assert (model.folder / "tiny" / "net.tflite").read_bytes() == NETWORK
    assert pack_names(place.models) == ()  # no pack that an admin copied


def test_packs_of_other_models_are_removed(place: PackPlace) -> None:
    place.keep_only(MODEL)
    place.put(tar_of(RIGHT), MODEL)
    place.keep_only(MODEL)
    assert place.find(MODEL) is not None
    place.keep_only("0" * 64)
    assert list((place.models / FOLDER).iterdir()) == []


def test_a_synced_pack_that_was_damaged_counts_as_missing(place: PackPlace) -> None:
    model = place.put(tar_of(RIGHT), MODEL)
    (model.folder / "tiny" / "net.tflite").write_bytes(b"b network")
    assert place.find(MODEL) is None


def nested_names(count: int) -> bytes:
    """Headers that each say that the next one has a long name."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1
    return (header.tobuf(tarfile.GNU_FORMAT) + bytes(512)) * count


@pytest.mark.parametrize(
    "tar",
    [
        b"",
        b"no tar",
        tar_of(RIGHT)[:1024],
        tar_of({}),
        tar_of({MANIFEST: RIGHT[MANIFEST]}),
        tar_of({MANIFEST: b"{", "net.tflite": NETWORK}),
        tar_of({**RIGHT, "net.tflite": b"b network"}),
        tar_of({**RIGHT, "more": b""}),
        tar_of({**RIGHT, "../out": b""}),
        tar_of({**RIGHT, "/etc/out": b""}),
        tar_of(RIGHT, member("link", tarfile.SYMTYPE, "/etc/passwd")),
        tar_of(RIGHT, member("link", tarfile.LNKTYPE, "net.tflite")),
        tar_of(RIGHT, member("folder", tarfile.DIRTYPE)),
        tar_of(RIGHT, member("pipe", tarfile.FIFOTYPE)),
        tar_of(RIGHT, member("sparse", tarfile.GNUTYPE_SPARSE)),
        tar_of({**RIGHT, **{f"f{number}": b"" for number in range(20)}}),
        tar_of({**RIGHT, MANIFEST: manifest_of(b"other").model_dump_json().encode()}),
        nested_names(3000) + tar_of(RIGHT),
    ],
    ids=range(18),
)
def test_what_is_no_pack_of_the_model_is_refused_and_leaves_nothing(
    place: PackPlace, tar: bytes
) -> None:
    with pytest.raises(RefusedError) as caught:
        place.put(tar, MODEL)
    assert caught.value.reason is Reason.UNFIT
    assert place.find(MODEL) is None
    assert not [one for one in place.models.rglob("*") if one.is_file()]


def test_a_pack_of_another_model_is_refused(place: PackPlace) -> None:
    with pytest.raises(RefusedError, match="another model"):
        place.put(tar_of(RIGHT), "0" * 64)


def test_a_model_that_does_not_run_is_not_kept(tmp_path: Path) -> None:
    def refuse(_pack: Pack[EmbedderManifest], _variant: str) -> None:
        raise ModelError("the runtime refuses it", do="build it again")

    place = PackPlace(tmp_path, refuse)
    with pytest.raises(RefusedError, match="the runtime refuses it"):
        place.put(tar_of(RIGHT), MODEL)
    assert place.find(MODEL) is None
