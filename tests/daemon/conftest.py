"""Evenings at doors with rules, and the settings of a whole daemon."""

import copy
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from support.evening import Evening
from support.policies import EVERYBODY
from support.reloaded import Reloaded
from support.small_door import Settings, furnish

from faceidd.access.policy import (
    DoorRules,
    PersonRules,
    Policy,
)
from faceidd.daemon.door_state import DoorState
from faceidd.door.lockdown import KeptLockdown
from faceidd.events.event import Event
from faceidd.events.log import LogSink

MakeEvening = Callable[..., Evening]


@pytest.fixture
def make() -> Iterator[MakeEvening]:
    """Makes evenings at a door with rules; everybody passes where nothing else is said."""
    with ExitStack() as stack:

        def _make(
            people: dict[str, PersonRules] | None = None,
            duress: dict[str, str] | None = None,
            state: DoorState | None = None,
            kept: KeptLockdown | None = None,
            **rules: Any,
        ) -> Evening:
            door = DoorRules(**{"allowed": EVERYBODY, **rules})
            policy = Policy({"front": door}, people or {}, duress or {})
            evening = Evening(policy, state=state, kept=kept)
            stack.callback(evening.door.close)
            return evening

        yield _make


@pytest.fixture(scope="session")
def furnished(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return furnish(tmp_path_factory.mktemp("door"), models_dir)


@pytest.fixture
def settings(furnished: Settings, tmp_path: Path) -> Settings:
    """The settings of a sound door, for one test to change."""
    settings = copy.deepcopy(furnished)
    settings["policy"]["state_dir"] = str(tmp_path / "state")
    return settings


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What the door tells, from here on."""
    told: list[Event] = []
    monkeypatch.setattr(LogSink, "publish", lambda _, event: told.append(event))
    return told


@pytest.fixture
def reloaded(settings: Settings, tmp_path: Path) -> Iterator[Reloaded]:
    """A recorded visit with reloads in its midst."""
    level = logging.getLogger().level
    settings["detector"] = {"motion_gate": False}
    yield Reloaded(settings, tmp_path)
    logging.getLogger().setLevel(level)
