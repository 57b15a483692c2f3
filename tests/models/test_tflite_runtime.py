import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.environment import python_of

from faceidd.errors import ModelError
from faceidd.models.pack import load_embedder
from faceidd.models.runtime import Tensor, open_network

INSIDE = """
import json, pathlib, sys
import numpy as np
from faceidd.errors import ModelError
from faceidd.models.pack import load_embedder
from faceidd.models.runtime import open_network

models, variant, runtime, given, made = sys.argv[1:]
content = load_embedder(pathlib.Path(models), "facenet").read(variant)
try:
    network = open_network(content, label=variant, runtime=runtime, threads=1)
except ModelError as error:
    print(json.dumps({"refused": str(error)}))
else:
    np.save(made, np.stack([network.run(face)[0] for face in np.load(given)]))
    print(json.dumps({"runtime": network.runtime, "input_shape": network.input_shape}))
"""


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python of an environment that was made of the library's lock."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("tflite-runtime has wheels for Python 3.11 only")
    return python_of("tflite-runtime")


def run(python: Path, repository: Path, arguments: list[str]) -> dict[str, str | list[int]]:
    done = subprocess.run(
        [python, "-W", "error", "-c", INSIDE, *arguments],
        cwd=repository,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    answer: dict[str, str | list[int]] = json.loads(done.stdout)
    return answer


@pytest.mark.timeout(1200)
def test_float32_says_what_litert_says(
    python: Path, repository: Path, models_dir: Path, tmp_path: Path, faces: tuple[Tensor, ...]
) -> None:
    given, made = tmp_path / "given.npy", tmp_path / "made.npy"
    np.save(given, np.stack(faces))
    answer = run(
        python,
        repository,
        [str(models_dir), "float32", "tflite-runtime", str(given), str(made)],
    )
    assert answer == {"runtime": "tflite-runtime 2.14.0", "input_shape": [1, 160, 160, 3]}
    content = load_embedder(models_dir, "facenet").read("float32")
    litert = open_network(content, label="float32", runtime="litert", threads=1)
    for face, said in zip(faces, np.load(made), strict=True):
        assert float(litert.run(face)[0][0] @ said[0]) >= 0.99999


@pytest.mark.timeout(1200)
def test_int8_is_refused_with_the_way_out(python: Path, repository: Path, models_dir: Path) -> None:
    answer = run(python, repository, [str(models_dir), "int8", "tflite-runtime", "", ""])
    said = str(answer["refused"])
    assert "tflite-runtime 2.14.0 refuses the network int8" in said
    assert "FULLY_CONNECTED" in said
    assert "Set the model's variant to float32 or float16, or the runtime to litert" in said


@pytest.mark.timeout(1200)
def test_a_missing_runtime_is_never_replaced_by_another(
    python: Path, repository: Path, models_dir: Path
) -> None:
    answer = run(python, repository, [str(models_dir), "float32", "litert", "", ""])
    assert "the runtime litert cannot be imported" in str(answer["refused"])
    assert "pip install ai-edge-litert" in str(answer["refused"])


def test_numpy_2_is_refused_before_it_breaks_the_library() -> None:
    with pytest.raises(ModelError, match="needs NumPy 1, and this is NumPy 2"):
        open_network(b"", label="any", runtime="tflite-runtime", threads=1)
