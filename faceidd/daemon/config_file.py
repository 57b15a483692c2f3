"""Reading the configuration file, YAML 1.2, so that a mistake is told before the door starts.

Every fault of the content is told at once; a fault of the YAML itself ends the reading. Whether
what the configuration names is there (camera, models, broker) is left to those who use it.
"""

import os
import re
import warnings
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLWarning

from faceidd.daemon.config import Config
from faceidd.daemon.config_door import DoorConfig
from faceidd.daemon.config_faults import faults
from faceidd.daemon.config_section import Surroundings
from faceidd.errors import ConfigError

MOST_BYTES = 64 * 1024
"""Greatest file that is read."""

# The library quotes a piece of the file at the end of a message, and that may be a password. Single
# characters (',') and names of its own ('<scalar>') are kept.
_QUOTED = re.compile(r"""(?:^| )["'](?!<)[^\s"'][^"']{2,}.*$""", re.DOTALL)
_DUPLICATE = re.compile(r'found duplicate key "([^"]*)"')


def load_config(path: Path) -> Config:
    """Read the whole configuration.

    Raises:
        ConfigError: The file cannot be read, is no YAML, or has faults; all of them are told.
    """
    text = _read(path)
    return _checked(path, text, _parsed(path, text))


def load_door(path: Path) -> DoorConfig:
    """Read the section `door` alone, so that a fault elsewhere cannot keep a pin from its rest.

    Raises:
        ConfigError: The file cannot be read, is no YAML, or its section `door` has faults.
    """
    text = _read(path)
    return _checked(path, text, {"door": _parsed(path, text).get("door")}).door


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) <= MOST_BYTES:
            return content.decode()
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}", do="give the right file to --config"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not UTF-8 text: byte {error.start}", do="save it as UTF-8"
        ) from error
    raise ConfigError(f"{path} has more than {MOST_BYTES} bytes", do="give the right file")


def _parsed(path: Path, text: str) -> dict[Any, Any]:
    try:
        with warnings.catch_warnings(action="error", category=YAMLWarning):
            content = _yaml().load(text)
    except MarkedYAMLError as error:
        raise _syntax_error(path, error) from None  # its text may hold a secret
    except (YAMLError, ValueError, LookupError, RecursionError, YAMLWarning) as error:
        # The library lets Python's own errors through, without saying where; so might others.
        raise ConfigError(
            f"{path} holds something that is no plain YAML ({type(error).__name__})",
            do="look for control characters, impossible dates, tags, anchors and endless brackets",
        ) from None
    # An empty file is what a power cut leaves; its defaults could hold the wrong door open.
    if not isinstance(content, dict):
        raise ConfigError(
            f"{path} holds no sections of keys",
            do="write the settings as 'door:' with its keys indented below it",
        )
    return content


def _syntax_error(path: Path, error: MarkedYAMLError) -> ConfigError:
    mark, problem = error.problem_mark, str(error.problem)
    where = f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else f"{path}"
    if duplicate := _DUPLICATE.match(problem):
        return ConfigError(f"{where}: the key {duplicate[1]!r} stands here twice", do="remove one")
    return ConfigError(
        f"{where}: {_QUOTED.sub('', problem)}",
        do="look at the indentation, and put text with special characters in quotes",
    )


def _checked(path: Path, text: str, content: dict[Any, Any]) -> Config:
    surroundings = Surroundings(
        folder=path.absolute().parent, credentials=os.environ.get("CREDENTIALS_DIRECTORY")
    )
    try:
        return Config.model_validate(content, context=surroundings)
    except ValidationError as error:
        told = "".join(f"\n  {fault}" for fault in faults(error, _yaml().compose(text)))
        raise ConfigError(f"{path} is not right:{told}", do="correct these lines") from None


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)
