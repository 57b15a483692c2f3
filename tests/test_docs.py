"""What the documents tell to do is done as they tell it."""

import re
from pathlib import Path

import cv2
import pytest
from support.photo_files import alone, write
from support.portraits import EILEEN, GRACE

from faceidd.cli.main import main

DOCS = Path(__file__).parents[1] / "docs"


def test_what_deepface_users_are_told_runs(tmp_path: Path, models_dir: Path) -> None:
    page = (DOCS / "deepface.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    database = tmp_path / "my_db"
    write(database / "Alice" / "img1.jpg", alone(EILEEN))
    write(database / "Grace1.jpg", alone(GRACE))
    (database / "ds_model_facenet_detector_opencv.pkl").write_bytes(b"a pickle")
    gallery, photo = tmp_path / "gallery.safetensors", tmp_path / "visit.jpg"
    command = ["enroll", "folder", str(database), "--models", str(models_dir)]
    assert main([*command, "--gallery", str(gallery)]) == 0
    cv2.imwrite(str(photo), alone(EILEEN, 180))
    names: dict[str, object] = {
        "MODELS": str(models_dir),
        "PHOTO": str(photo),
        "GALLERY": str(gallery),
    }
    exec(code, names)  # noqa: S102 - our own document
    match = names["match"]
    assert getattr(match, "person").name == "Alice"  # noqa: B009 - the code made it
    assert names["same"]


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_pages_link_to_what_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing
