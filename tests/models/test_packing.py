import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from faceidd.errors import ModelError
from faceidd.models.manifest import DetectorManifest
from faceidd.models.pack import load_detector
from faceidd.models.packing import write_pack

Make = Callable[..., tuple[DetectorManifest, dict[str, bytes]]]


def test_the_same_inputs_write_the_same_bytes(
    written: Path, tmp_path_factory: pytest.TempPathFactory, detector_pack: Make
) -> None:
    other = tmp_path_factory.mktemp("other")
    write_pack(other, *detector_pack(near=b"near network", far=b"far network"))
    one, two = ({p.name: p.read_bytes() for p in (m / "tiny").iterdir()} for m in (written, other))
    assert one == two


def test_a_new_pack_replaces_the_old_one_and_its_files(written: Path, detector_pack: Make) -> None:
    write_pack(written, *detector_pack(near=b"new near network"))
    pack = load_detector(written, "tiny")
    assert pack.read("near") == b"new near network"
    assert len(list(pack.folder.iterdir())) == 2


def test_a_failed_write_leaves_the_old_pack(written: Path, detector_pack: Make) -> None:
    manifest, contents = detector_pack(near=b"new near network", far=b"new far network")
    (written / "tiny" / manifest.files["far"].file).mkdir()
    with pytest.raises(ModelError, match="cannot be written"):
        write_pack(written, manifest, contents)
    load_detector(written, "tiny").verify()
    assert load_detector(written, "tiny").read("near") == b"near network"


DIE_AT_RENAME = """
import os, pathlib, sys
from faceidd.models.manifest import DetectorManifest
from faceidd.models.packing import write_pack

models, manifest, left = sys.argv[1], sys.argv[2], int(sys.argv[3])

def hook(event, args):
    global left
    if event == "os.rename":
        if not left:
            os._exit(9)
        left -= 1

sys.addaudithook(hook)
contents = {"near": b"new near network", "far": b"new far network"}
write_pack(pathlib.Path(models), DetectorManifest.model_validate_json(manifest), contents)
"""


@pytest.mark.parametrize("renames", [0, 1, 2, 3])
def test_a_builder_that_dies_leaves_the_old_pack_or_the_new_one(
    written: Path, detector_pack: Make, renames: int, repository: Path
) -> None:
    manifest, _ = detector_pack(near=b"new near network", far=b"new far network")
    arguments = [str(written), manifest.model_dump_json(), str(renames)]
    done = subprocess.run(
        [sys.executable, "-c", DIE_AT_RENAME, *arguments], cwd=repository, check=False
    )
    # Two files and the manifest: only then the new pack counts.
    assert done.returncode == (0 if renames == 3 else 9)
    pack = load_detector(written, "tiny")
    pack.verify()
    assert pack.read("near") == (b"new near network" if renames == 3 else b"near network")
