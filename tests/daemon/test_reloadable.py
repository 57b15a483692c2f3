"""What of a new configuration takes effect in a running door."""

from pathlib import Path
from typing import Any

import pytest

from faceidd.daemon.config import Config
from faceidd.daemon.config_reference import section_of
from faceidd.daemon.reloadable import RELOADABLE, SYNCS_OWN, change

DOCS = Path(__file__).parents[2] / "docs" / "operations.md"


def config(**sections: dict[str, Any]) -> Config:
    return Config.model_validate(sections)


def test_the_same_settings_change_nothing() -> None:
    made = change(Config(), config())
    assert (made.config, made.changed, made.waiting) == (Config(), (), ())


def test_what_can_change_does_and_what_cannot_is_named() -> None:
    running = config(door={"pulse_s": 1.0}, camera={"source": 0})
    new = config(
        door={"pulse_s": 2.0, "pin": "GPIO5"},
        camera={"source": 1},
        access={"threshold": 0.8, "min_frames": 5},
        log={"level": "debug"},
    )
    made = change(running, new)
    assert made.changed == ("door.pulse_s", "access.threshold", "access.min_frames", "log.level")
    assert made.waiting == ("door.pin", "camera.source")
    assert (made.config.door.pulse_s, made.config.door.pin) == (2.0, "GPIO17")
    assert (made.config.access, made.config.camera) == (new.access, running.camera)


@pytest.mark.parametrize(
    ("was", "now", "taken"),
    [(None, "/a.yaml", True), ("/a.yaml", "/b.yaml", True), ("/a.yaml", None, False)],
    ids=["from none", "another", "to none"],
)
def test_a_policy_is_never_dropped_by_a_file_that_may_be_half_written(
    was: str | None, now: str | None, taken: bool
) -> None:
    made = change(config(policy={"file": was}), config(policy={"file": now}))
    assert made.changed == (("policy.file",) if taken else ())
    assert made.waiting == (() if taken else ("policy.file",))


def test_what_only_the_sync_reads_needs_no_restart() -> None:
    made = change(Config(), config(sync={"url": "https://other.example/r", "on_message": True}))
    assert (made.changed, made.waiting) == (("sync.url",), ("sync.on_message",))


@pytest.mark.parametrize("key", sorted(RELOADABLE | SYNCS_OWN))
def test_every_key_that_takes_effect_is_one_and_stands_in_the_docs(key: str) -> None:
    section, _, name = key.partition(".")
    kind = section_of(Config.model_fields[section].annotation)
    assert kind is not None
    assert name in kind.model_fields
    _, _, told = DOCS.read_text().partition("## Reload\n")
    assert f"`{key}`" in told.partition("\n## ")[0]
