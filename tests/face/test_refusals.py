"""Detectors whose files are missing or damaged."""

import re
from pathlib import Path

import cv2
import pytest

from faceidd.errors import ModelError
from faceidd.face.haar import Haar
from faceidd.face.mtcnn import Mtcnn, MtcnnFiles
from faceidd.face.yunet import YuNet
from faceidd.models.pack import load_detector


def test_yunet_tells_which_file_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "yunet.onnx"
    with pytest.raises(ModelError, match=f"no YuNet model at {re.escape(str(file))}"):
        YuNet(file, min_face_px=100)


@pytest.mark.parametrize("content", [b"", b"garbage" * 100])
@pytest.mark.parametrize("name", ["yunet.onnx", "yunet"])
def test_yunet_refuses_what_is_no_network(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ModelError, match=f"cannot read the YuNet model {re.escape(str(file))}"):
        YuNet(file, min_face_px=100)


@pytest.mark.parametrize("damaged", ["pnet", "rnet", "onet"])
def test_mtcnn_tells_which_network_is_damaged(models_dir: Path, damaged: str) -> None:
    pack = load_detector(models_dir, "mtcnn")
    files = {part: pack.read(part) for part in ("pnet", "rnet", "onet")}
    files[damaged] = files[damaged][:1000]
    with pytest.raises(ModelError, match=damaged):
        Mtcnn(MtcnnFiles(**files), min_face_px=100)


def test_haar_tells_of_an_opencv_without_cascades(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2.data, "haarcascades", f"{tmp_path}/")
    with pytest.raises(ModelError, match="carries no Haar cascade"):
        Haar(min_face_px=100)
