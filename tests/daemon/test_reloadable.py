"""What of a new configuration takes effect in a running door."""

from pathlib import Path
from typing import Any

import pytest

from faceidd.daemon import reloadable
from faceidd.daemon.config import Config
from faceidd.daemon.config_reference import section_of
from faceidd.daemon.reloadable import RELOADABLE, SYNCS_OWN, change
from faceidd.errors import ConfigError

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
    [(None, "/a.yaml", False), ("/a.yaml", "/b.yaml", True), ("/a.yaml", None, False)],
    ids=["from none", "another", "to none"],
)
def test_the_first_policy_and_the_end_of_any_need_a_restart(
    was: str | None, now: str | None, taken: bool
) -> None:
    made = change(config(policy={"file": was}), config(policy={"file": now}))
    assert made.changed == (("policy.file",) if taken else ())
    assert made.waiting == (() if taken else ("policy.file",))


@pytest.mark.parametrize(
    "waiting",
    [{"models": {"embedder": "sface"}}, {"detector": {"name": "haar"}}, {"gallery": {"file": "g"}}],
    ids=["models", "detector", "gallery"],
)
def test_a_threshold_waits_for_what_it_was_chosen_for(waiting: dict[str, Any]) -> None:
    running = config(access={"threshold": 0.7}, door={"pulse_s": 1.0})
    made = change(
        running,
        config(access={"threshold": 0.363, "min_frames": 1}, door={"pulse_s": 2.0}, **waiting),
    )
    assert made.changed == ("door.pulse_s",)
    assert set(made.waiting) > {"access.threshold", "access.min_frames"}
    assert made.config.access == running.access


def test_old_and_new_together_are_held_against_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloadable, "RELOADABLE", RELOADABLE - {"access.stranger_frames"})
    new = config(access={"min_frames": 15, "stranger_frames": 20})
    with pytest.raises(ConfigError, match=r"must be at least access\.min_frames") as told:
        change(config(access={"stranger_frames": 10}), new)
    assert "restart" in str(told.value)


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
