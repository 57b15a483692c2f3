"""Loading a model with the real `deepface` package, apart from everything else.

DeepFace requires an OpenCV that takes the place of ours, and much that its models do not need. So
it is installed without its requirements, from wheels pinned by digest, into a folder of its own in
the user's cache, and runs in a process of its own (`deepface_export.py`) with that folder first on
its path; TensorFlow, NumPy and OpenCV are those of the build extra.
"""

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faceidd.errors import ModelError
from faceidd.models.deepface_models import DeepFaceModel, DeepFaceNormalization
from faceidd.models.manifest import MetricName
from faceidd.models.runtime import Tensor
from faceidd.models.sources import Sources
from faceidd.models.weights import missing

INSTALL_TIMEOUT_S = 1800
LOAD_TIMEOUT_S = 3600
"""A slow line takes long for half a gigabyte of weights."""
_REQUIREMENTS = Path(__file__).with_name("deepface.txt")
_PROGRAM = Path(__file__).with_name("deepface_export.py")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What DeepFace has of a model.

    Attributes:
        folder: TensorFlow's SavedModel of it.
        said: DeepFace's embeddings of the pictures, float32 (N, D).
        thresholds: Its own, as distances: 1 - cosine in the place of cosine.
        weights_sha256: Digest of the file of weights.
        distribution: The package, `deepface==0.0.103`.
    """

    folder: Path
    said: Tensor
    thresholds: dict[MetricName, float]
    weights_sha256: str
    distribution: str


@contextmanager
def loaded(
    model: DeepFaceModel,
    normalization: DeepFaceNormalization,
    pictures: NDArray[np.uint8],
    sources: Sources,
) -> Iterator[LoadedModel]:
    """Load a model and let DeepFace embed some pictures.

    Args:
        model: Which.
        normalization: How DeepFace is to feed pictures.
        pictures: uint8 (N, S, S, 3) BGR, S the model's input side.
        sources: Folder of weights; none leaves them to DeepFace's own folder and download. Folder
            of archives; none lets pip fetch DeepFace.

    Yields:
        The model; its folder is gone afterward.

    Raises:
        ModelError: DeepFace cannot be installed, its weights are missing or do not fit.
    """
    if sources.weights is not None and not (sources.weights / model.weights).is_file():
        fault = f"there is no {model.weights} in {sources.weights}"
        raise missing(model.weights, fault, published=model.published)
    packages = deepface_packages(sources)
    with tempfile.TemporaryDirectory(prefix="faceidd-") as name:
        folder = Path(name)
        np.save(folder / "pictures.npy", pictures)
        environment = deepface_environment(packages, _home(sources, folder))
        _run(model, normalization, folder, environment)
        facts = json.loads((folder / "facts.json").read_text())
        yield LoadedModel(
            folder=folder / "model",
            said=np.load(folder / "said.npy"),
            thresholds=facts["thresholds"],
            weights_sha256=facts["weights_sha256"],
            distribution=f"deepface=={facts['deepface']}",
        )


def deepface_packages(sources: Sources) -> Path:
    """Folder with DeepFace and what its models import, made when it is first needed.

    Args:
        sources: Cache that it lies in; folder of wheels, or none for the index.

    Raises:
        ModelError: pip cannot fetch or install them.
    """
    locked = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()[:16]
    folder = sources.cache / f"deepface-{locked}-py{sys.version_info[0]}.{sys.version_info[1]}"
    if folder.is_dir():
        return folder
    _log.info("installing DeepFace into %s", folder)
    found = ["--no-index", "-f", str(sources.archives)] if sources.archives else []
    try:
        sources.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=sources.cache, prefix=".deepface-") as aside:
            done = subprocess.run(  # noqa: S603 - this Python's pip, constant words, two paths
                [
                    *(sys.executable, "-P", "-m", "pip", "install", "--quiet", "--no-input"),
                    *("--disable-pip-version-check", "--no-deps", "--require-hashes"),
                    *("--only-binary=:all:", "--target", str(Path(aside) / "packages"), *found),
                    *("--requirement", str(_REQUIREMENTS)),
                ],
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=INSTALL_TIMEOUT_S,
            )
            if done.returncode:
                raise _not_installed(_last_line(done.stderr))
            _put(Path(aside) / "packages", folder)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_installed(str(error)) from error
    return folder


def deepface_environment(packages: Path, home: Path | None) -> dict[str, str]:
    """Environment of a process that uses DeepFace.

    Args:
        packages: What `deepface_packages` gives.
        home: Folder in which DeepFace looks for `.deepface/weights`; none means its own.
    """
    settings = {
        "PYTHONPATH": str(packages),
        "DEEPFACE_BACKEND_ENGINE": "tensorflow",
        "TF_USE_LEGACY_KERAS": "1",
        # As in `conversion.py`: the plainest arithmetic, and quietly.
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    if home is not None:
        settings["DEEPFACE_HOME"] = str(home)
    return {**os.environ, **settings}


def _put(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        # Another process was as quick, and its folder is as good.
        if not folder.is_dir():
            raise


def _not_installed(fault: str) -> ModelError:
    return ModelError(
        f"DeepFace could not be installed: {fault}",
        do="run the command on another machine and copy the pack, or put the wheels that"
        f" {_REQUIREMENTS} names into a folder and name it by --archives",
    )


def _home(sources: Sources, folder: Path) -> Path | None:
    """DeepFace's home with the weights that were named, or none for its own."""
    if sources.weights is None:
        return None
    home = folder / "home"
    (home / ".deepface").mkdir(parents=True)
    (home / ".deepface" / "weights").symlink_to(sources.weights.resolve())
    return home


def _run(
    model: DeepFaceModel,
    normalization: DeepFaceNormalization,
    folder: Path,
    environment: dict[str, str],
) -> None:
    _log.info("loading %s with DeepFace; missing weights take minutes to download", model.name)
    words = [model.name, normalization, str(folder / "pictures.npy"), str(folder)]
    try:
        done = subprocess.run(  # noqa: S603 - this Python, our own program, checked words
            [sys.executable, "-P", "-W", "ignore", str(_PROGRAM), *words],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment,
            timeout=LOAD_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"DeepFace did not load {model.name} within {LOAD_TIMEOUT_S} s",
            do="try again, or bring the weights by --weights",
        ) from error
    fault = folder / "fault.json"
    if fault.is_file():
        raise _fault(model, **json.loads(fault.read_text()))
    if done.returncode:
        raise ModelError(
            f"DeepFace could not load {model.name}: {_last_line(done.stderr)}",
            do="install the build extra: pip install 'faceidd[build]'; if it is, report this as a"
            " bug",
        )


def _fault(model: DeepFaceModel, *, reason: str, found: bool) -> ModelError:
    if not found:
        return missing(
            model.weights,
            f"the weights of {model.name} are not here: {_first_line(reason)}",
            published=model.published,
        )
    return ModelError(
        f"DeepFace cannot load {model.weights} as {model.name}: {_first_line(reason)}",
        do=f"replace the file; {model.published} holds it",
    )


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason was given"])[0].rstrip(".")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason was given"])[-1].rstrip(".")
