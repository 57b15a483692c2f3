"""Installations of doors for checkups, and what was found there."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from faceidd.checkup.check import Check
from faceidd.checkup.installation import Installation
from faceidd.daemon.config import Config


def installation(folder: Path, settings: dict[str, Any] | None = None, **more: Any) -> Installation:
    """A door whose state lies in a folder, with a configuration file that only has to be there."""
    file = folder / "faceidd.yaml"
    file.touch(mode=0o640)
    own = {
        "policy": {"state_dir": str(folder / "state")},
        "gallery": {"file": str(folder / "gallery.safetensors")},
        "sync": {"state_dir": str(folder / "sync"), "trust": str(folder / "trust.json")},
    }
    for section, keys in (settings or {}).items():
        own[section] = {**own.get(section, {}), **keys}
    return Installation(file=file, config=Config.model_validate(own, strict=False), **more)


def found(checks: Iterable[Check]) -> dict[str, Check]:
    """Checks by their names; none comes twice."""
    listed = list(checks)
    by_name = {check.name: check for check in listed}
    assert len(by_name) == len(listed)
    return by_name


def verdicts(checks: Iterable[Check]) -> dict[str, str]:
    """Names and verdicts."""
    return {name: check.verdict.value for name, check in found(checks).items()}
