"""What a running door loads: nothing that a door does not install, though all of it is here."""

import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.environment import ROOT
from support.imported import PYTHONS_OWN, Load, Loads, distribution_of, loads_of, locked
from support.small_door import furnish
from support.whole_door import complete

from faceidd.events.embedded import EmbeddedBroker

ADMINS = {"demo", "doctor", "enroll", "evaluation", "publish", "rights", "store"}
"""Rooms of an admin's machine."""


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Loads:
    folder = tmp_path_factory.mktemp("door")
    settings = furnish(folder, models_dir)
    with EmbeddedBroker() as broker:
        complete(settings, folder, {"host": broker.host, "port": broker.port})
        return loads_of(Path(sys.executable), settings, folder)


def distributions(loads: tuple[Load, ...]) -> set[str]:
    return {distribution_of(load.package) for load in loads}


def test_nothing_is_loaded_that_a_door_does_not_install(loads: Loads) -> None:
    lock = locked(ROOT / "requirements/device.txt")
    loaded = distributions(loads.daemon) | distributions(loads.capture)
    assert loaded - set(lock) == {"faceidd", PYTHONS_OWN}


def test_the_extras_were_there_to_be_loaded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {"build", "demo", "dev", "enroll", "eval", "store"} <= set(
        project["optional-dependencies"]
    )
    named = ("tensorflow", "iotcore", "pytest", "pillow_heif", "matplotlib", "sqlalchemy")
    assert [name for name in named if find_spec(name) is None] == []
    lock = locked(ROOT / "requirements/device.txt")
    assert {distribution_of(name) for name in named}.isdisjoint(lock)


def test_no_room_of_an_admins_machine_is_loaded(loads: Loads) -> None:
    modules = [load.module.split(".") for load in loads.daemon if load.package == "faceidd"]
    rooms = {parts[1] for parts in modules if len(parts) > 1}
    assert rooms >= {"access", "audit", "daemon", "events", "face", "gallery", "snapshots"}
    assert rooms.isdisjoint(ADMINS)


def test_the_capture_process_loads_a_picture_library_and_no_more(loads: Loads) -> None:
    loaded = distributions(loads.capture)
    assert loaded == {"faceidd", "numpy", "opencv-python-headless", PYTHONS_OWN}


def test_what_the_door_needs_is_loaded_before_it_is_ready(loads: Loads) -> None:
    late = {load.module for load in loads.daemon if load.at > loads.ready_at}
    assert {distribution_of(module.partition(".")[0]) for module in late} <= {PYTHONS_OWN}
