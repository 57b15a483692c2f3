"""What a door installs is enough to run it."""

import os
import subprocess
from pathlib import Path

import pytest
from support.environment import ROOT, python_of
from support.small_door import PERSON, Settings, furnish, write

ELSEWHERE = ("tensorflow", "iotcore", "matplotlib", "skimage", "pytest")
"""What a door never installs: building models, the demo's broker, portraits, tests."""

# The first test to ask for the environment makes it.
pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python of an environment that was made of the door's lock alone."""
    return python_of("device")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("door")


@pytest.fixture(scope="module")
def settings(folder: Path, models_dir: Path) -> Settings:
    return furnish(folder, models_dir)


@pytest.fixture(scope="module")
def config(settings: Settings, folder: Path) -> Path:
    return write(settings, folder)


def run(python: Path | str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run that Python with our package, and nothing of the tests' environment, to import."""
    return subprocess.run(
        [python, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_door_opens(python: Path, config: Path) -> None:
    done = run(python, "-m", "faceidd", "run", "--config", config)
    assert done.returncode == 0, done.stderr
    log = done.stderr
    recognized = log.index(f"person={PERSON}")
    assert recognized < log.index("door_opened") < log.index("door_closed")
    assert "cause=closed" in log or "cause=pulse_over" in log


def test_nothing_of_an_admins_machine_is_installed(python: Path) -> None:
    code = (
        "import sys; from importlib.util import find_spec; print([*map(find_spec, sys.argv[1:])])"
    )
    done = run(python, "-c", code, *ELSEWHERE)
    assert done.stdout.strip() == str([None] * len(ELSEWHERE)), done.stderr


def test_the_models_can_be_verified(python: Path, models_dir: Path) -> None:
    done = run(python, "-m", "faceidd", "model", "verify", "--models", models_dir)
    assert done.returncode == 0, done.stderr


def test_people_can_be_enrolled(python: Path, folder: Path, settings: Settings) -> None:
    gallery = folder / "enrolled-here.safetensors"
    models = str(settings["models"]["dir"])
    command = ["enroll", "folder", str(folder / "photos"), "--min-face-px", "65"]
    done = run(python, "-m", "faceidd", *command, "--models", models, "--gallery", str(gallery))
    assert done.returncode == 0, done.stderr
    assert gallery.is_file()


def test_the_demo_says_what_it_needs(python: Path, models_dir: Path, tmp_path: Path) -> None:
    done = run(python, "-m", "faceidd", "demo", "--into", tmp_path / "demo", "--models", models_dir)
    assert done.returncode == 9
    assert done.stderr.splitlines()[-1].startswith("faceidd: the embedded broker is not installed")
    assert "pip install 'faceidd[demo]'" in done.stderr
