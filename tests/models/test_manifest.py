import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from faceidd.models.manifest import DetectorManifest, EmbedderManifest

Json = dict[str, Any]


@pytest.fixture(scope="module")
def facenet(models_dir: Path) -> Json:
    manifest: Json = json.loads((models_dir / "facenet" / "manifest.json").read_text())
    return manifest


def parse(manifest: Json) -> EmbedderManifest:
    return EmbedderManifest.model_validate_json(json.dumps(manifest))


def changed(manifest: Json, change: Callable[[Json], object]) -> Json:
    copy: Json = json.loads(json.dumps(manifest))
    change(copy)
    return copy


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["files"]["int8"].update(sha256="0" * 64),
        lambda m: m.update(input_px=112),
        lambda m: m.update(color="bgr"),
        lambda m: m["normalization"].update(mean=127.0),
        lambda m: m["normalization"].update(scale=127.5),
        lambda m: m.update(dimension=128),
        lambda m: m.update(mirrored=True),
        lambda m: m.update(engine="dlib"),
        lambda m: m["normalization"].update(mean=[127.5, 127.5, 127.4]),
        lambda m: m.update(normalization={"kind": "whitening"}),
    ],
)
def test_the_model_id_changes_with_everything_that_makes_the_numbers(
    facenet: Json, change: Callable[[Json], object]
) -> None:
    assert parse(changed(facenet, change)).model_id("int8") != parse(facenet).model_id("int8")


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["thresholds"].update(cosine=0.1),
        lambda m: m["crop"].update(scale=1.9),
        lambda m: m["crop"].update(fit="pad", level=True),
        lambda m: m["files"]["float32"].update(sha256="0" * 64),
        lambda m: m["files"]["int8"].update(license="other", file="renamed.tflite"),
    ],
)
def test_the_model_id_stays_when_no_number_changes(
    facenet: Json, change: Callable[[Json], object]
) -> None:
    assert parse(changed(facenet, change)).model_id("int8") == parse(facenet).model_id("int8")


def test_the_model_ids_of_older_galleries_stay_as_they_were(facenet: Json) -> None:
    manifest = parse(facenet)
    text = (
        '{"color":"rgb","dimension":512,"input_px":160,"mirrored":false,'
        '"normalization":{"mean":127.5,"scale":128.0},"sha256":"%s"}'
    )
    filled = text % manifest.files["int8"].sha256
    assert manifest.model_id("int8") == hashlib.sha256(filled.encode()).hexdigest()


def test_variants_have_ids_of_their_own(facenet: Json) -> None:
    manifest = parse(facenet)
    assert len({manifest.model_id(variant) for variant in manifest.files}) == 3


def test_an_unknown_variant_has_no_id(facenet: Json) -> None:
    with pytest.raises(KeyError):
        parse(facenet).model_id("int4")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.update(colour="rgb"), "Extra inputs"),
        (lambda m: m["files"]["int8"].update(url="https://example.org"), "Extra inputs"),
        (lambda m: m.update(schema_version=2), "schema_version"),
        (lambda m: m.update(files={}), "at least 1 item"),
        (lambda m: m.update(name="../facenet"), "name"),
        (lambda m: m["files"]["int8"].update(file="../int8.tflite"), "file"),
        (lambda m: m["files"]["int8"].update(file="/etc/passwd"), "file"),
        (lambda m: m["files"]["int8"].update(file=".."), "file"),
        (lambda m: m["files"]["int8"].update(file="a.tflite\n"), "file"),
        (lambda m: m["files"]["int8"].update(sha256="ABC"), "sha256"),
        (lambda m: m["files"]["int8"].update(size_bytes=2**40), "size_bytes"),
        (lambda m: m["files"]["int8"].update(size_bytes="12"), "size_bytes"),
        (lambda m: m["normalization"].update(scale=0), "scale"),
        (lambda m: m["thresholds"].update(cosine=float("nan")), "finite number"),
        (lambda m: m["thresholds"].update(manhattan=1.0), "manhattan"),
        (lambda m: m["thresholds"].pop("angular"), "no threshold for angular"),
        (lambda m: m["thresholds"].update(angular=1.1), "1.1 is no threshold for angular"),
        (lambda m: m["thresholds"].update(cosine=0.0), "0.0 is no threshold for cosine"),
        (lambda m: m["crop"].update(kind="circle"), "kind"),
        (lambda m: m["crop"].update(scale=0), "scale"),
        (lambda m: m.update(crop={"kind": "five_point", "points": [[0.5, 0.5]] * 4}), "points"),
        (lambda m: m.update(mirrored=1), "mirrored"),
        (lambda m: m.update(engine="onnx"), "engine"),
        (lambda m: m["normalization"].update(mean=[1, 2]), "mean"),
        (lambda m: m["crop"].update(fit="cover"), "fit"),
        (lambda m: m.pop("dimension"), "dimension"),
    ],
)
def test_what_is_not_understood_is_refused(
    facenet: Json, change: Callable[[Json], object], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        parse(changed(facenet, change))


def test_a_file_said_to_be_unchanged_has_the_digest_of_its_source(models_dir: Path) -> None:
    manifest: Json = json.loads((models_dir / "mtcnn" / "manifest.json").read_text())
    manifest["files"]["pnet"]["source"]["member_sha256"] = "0" * 64
    with pytest.raises(ValidationError, match="taken unchanged"):
        DetectorManifest.model_validate_json(json.dumps(manifest))
