"""Reading the configuration file, YAML 1.2, so that a mistake is told before the door starts.

Every fault of the content is told at once; a fault of the YAML itself ends the reading. Whether
what the configuration names is there (camera, models, broker) is left to those who use it.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from faceidd.daemon.config import Config
from faceidd.daemon.config_door import DoorConfig
from faceidd.daemon.config_faults import faults
from faceidd.daemon.config_section import Surroundings
from faceidd.daemon.outline import Outline
from faceidd.daemon.yaml_file import YamlFile, read_yaml
from faceidd.durable import FileState, file_state
from faceidd.errors import ConfigError

MOST_BYTES = 64 * 1024
"""Greatest file that is read."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A configuration, and what of it stands in its file.

    Attributes:
        path: Where it was read.
        state: Which file that was; noted before it was read.
        config: All settings.
        outline: Which of them the file sets.
    """

    path: Path
    state: FileState | None
    config: Config
    outline: Outline


def load_config(path: Path) -> Config:
    """Read the whole configuration.

    Raises:
        ConfigError: The file cannot be read, is no YAML, or has faults; all of them are told.
    """
    return load_config_file(path).config


def load_config_file(path: Path) -> ConfigFile:
    """Read the whole configuration, and what its file sets.

    Raises:
        ConfigError: As of `load_config`.
    """
    state = file_state(path)
    file = _read(path)
    return ConfigFile(path, state, _checked(file, file.content), Outline.of(file))


def load_door(path: Path) -> DoorConfig:
    """Read the section `door` alone, so that a fault elsewhere cannot keep a pin from its rest.

    Raises:
        ConfigError: The file cannot be read, is no YAML, or its section `door` has faults.
    """
    file = _read(path)
    return _checked(file, {"door": file.content.get("door")}).door


def _read(path: Path) -> YamlFile:
    return read_yaml(
        path,
        most_bytes=MOST_BYTES,
        do="give the right file to --config",
        empty="write the settings as 'door:' with its keys indented below it",
    )


def _checked(file: YamlFile, content: dict[Any, Any]) -> Config:
    surroundings = Surroundings(
        folder=file.path.absolute().parent, credentials=os.environ.get("CREDENTIALS_DIRECTORY")
    )
    try:
        return Config.model_validate(content, context=surroundings)
    except ValidationError as error:
        told = "".join(f"\n  {fault}" for fault in faults(error, file.document(), Config))
        raise ConfigError(f"{file.path} is not right:{told}", do="correct these lines") from None
