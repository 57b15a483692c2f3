from collections.abc import Iterator
from pathlib import Path
from typing import Any

from faceidd.daemon.config import Config
from faceidd.daemon.measuring import metrics_address
from faceidd.daemon.pins import driven
from faceidd.simulate.kept_in import kept_in

FOLDER, MODELS = Path("/kept"), Path("/models")


def paths(section: dict[str, Any]) -> Iterator[Path]:
    for value in section.values():
        if isinstance(value, dict):
            yield from paths(value)
        elif isinstance(value, Path):
            yield value


def test_nothing_of_the_door_lies_outside_of_its_folder() -> None:
    door = {"pin_factory": "simulated"}
    config = Config.model_validate({"door": door, **kept_in(FOLDER, MODELS)})
    lie = list(paths(config.model_dump()))
    assert MODELS in lie
    assert [one for one in lie if FOLDER not in one.parents] == [MODELS]
    assert metrics_address(config) is None
    assert driven(config.door) == {}
