"""Reloads of a door in a container: asked for, unasked, wrong ones, and two at once."""

import json
from typing import Any

from support.board import told
from support.container import Container, require, wait_until
from support.small_door import PERSON
from support.step import Row, timed

CONFIG, POLICY = "/etc/faceidd/faceidd.yaml", "/etc/faceidd/policy.yaml"
_RELOAD = ("systemctl", "reload", "faceidd")
_REFUSED = "the last reload was refused, see the log"
NOBODY_IS_SO_LIKE = 0.999


def reloaded(container: Container) -> Row:
    """Change configuration and policy of a running door in every way; it ends as it was.

    Raises:
        NotAsItMustBeError: A change did not count, or a wrong one did.
    """
    before, whole = container.process("run"), container.path(CONFIG).read_text()
    settings = json.loads(whole)
    row = timed("reload of a changed configuration", lambda: _stricter(container, settings))
    _counts(container, settings)
    _wrong(container, whole)
    _two_at_once(container)
    require(container.process("run") == before, "a reload started another process")
    _policy(container, settings)
    container.path(CONFIG).write_text(whole)
    container.do(*_RELOAD)
    status_says(container, "needs a restart: policy.file")  # which a reload never takes away
    container.do("systemctl", "restart", "faceidd")
    return row[0], row[1], "threshold, log level, policy; wrong ones refused; the same process"


def status_says(container: Container, words: str) -> None:
    """Wait until the status line has these words.

    Raises:
        NotAsItMustBeError: It never has.
    """
    wait_until(lambda: words in _shown(container), f"systemctl status says: {words}", 20)


def _stricter(container: Container, settings: dict[str, Any]) -> str:
    stricter = {"access": {"threshold": NOBODY_IS_SO_LIKE}, "log": {"level": "warning"}}
    mark = len(container.journal())
    _write(container, settings | stricter)
    container.do(*_RELOAD)
    _journal_says(container, mark, "configuration_changed")
    return ""


def _counts(container: Container, settings: dict[str, Any]) -> None:
    """The stricter threshold and the other log level are in force, until they are taken back."""
    mark = len(container.journal())
    container.do(*_RELOAD)
    require('"stranger_seen"' in told(container, "stranger_seen"), "the old threshold counts")
    require("reloading" not in container.journal()[mark:], "the old log level counts")
    mark = len(container.journal())
    _write(container, settings)
    container.do(*_RELOAD)
    _journal_says(container, mark, "reloaded; changed: access.threshold, log.level")
    require(f'"{PERSON}"' in told(container, "person_recognized"), "the threshold stays strict")


def _wrong(container: Container, whole: str) -> None:
    """A wrong file fails the reload with its reason, and the door goes on as it was."""
    mark = len(container.journal())
    container.path(CONFIG).write_text("access: {threshold: high}\n")
    refused = container.run(*_RELOAD)
    require(refused.returncode != 0, "a wrong configuration was taken for good")
    require("faceidd.service failed" in refused.stdout, f"a reload fails and says {refused.stdout}")
    # By the command that a reload runs first, then by the daemon, which sees the file itself.
    _journal_says(container, mark, "access.threshold")
    _journal_says(container, mark, "configuration_refused")
    status_says(container, _REFUSED)
    require(container.is_in("active"), "a wrong configuration ended the service")
    require(f'"{PERSON}"' in told(container, "person_recognized"), "the door knows nobody any more")
    container.path(CONFIG).write_text(whole)
    wait_until(lambda: _REFUSED not in _shown(container), "the right file is taken unasked")


def _policy(container: Container, settings: dict[str, Any]) -> None:
    """A first policy waits for a restart; from then on it counts as soon as it has changed."""
    _write_policy(container, "everybody")
    _write(container, settings | {"policy": {"file": POLICY}})
    container.do(*_RELOAD)
    status_says(container, "needs a restart: policy.file")
    container.do("systemctl", "restart", "faceidd")
    require('"grant"' in told(container, "door_opened"), "nobody passes")
    mark = len(container.journal())
    _write_policy(container, "others")
    _journal_says(container, mark, "policy_changed")
    require(f'"{PERSON}"' in told(container, "access_denied"), "the changed policy does not count")
    mark = len(container.journal())
    container.path(POLICY).write_text("doors: [")
    _journal_says(container, mark, "gallery_refused")
    require(f'"{PERSON}"' in told(container, "access_denied"), "a wrong policy opened the door")
    _write_policy(container, "everybody")
    wait_until(lambda: _REFUSED not in _shown(container), "the right policy is taken unasked")


def _two_at_once(container: Container) -> None:
    """Two signals at once leave no reload unfinished."""
    mark = len(container.journal())
    main = container.show("MainPID")
    container.do("sh", "-c", f"kill -HUP {main}; kill -HUP {main}")
    _journal_says(container, mark, "reloaded; changed: no setting")
    wait_until(lambda: container.is_in("active"), "the service is no longer reloading")
    container.do(*_RELOAD)
    wait_until(lambda: container.is_in("active"), "the service reloads once more")


def _write(container: Container, settings: dict[str, Any]) -> None:
    container.path(CONFIG).write_text(json.dumps(settings))


def _write_policy(container: Container, who: str) -> None:
    file = container.path(POLICY)
    people, doors = "groups: {others: [Kim]}", f"doors: {{front: {{allow: [{{who: [{who}]}}]}}}}"
    file.write_text(f"timezone: Etc/UTC\n{people}\n{doors}\n")
    container.do("chown", "root:faceidd", POLICY)
    container.do("chmod", "640", POLICY)


def _journal_says(container: Container, mark: int, words: str) -> None:
    wait_until(lambda: words in container.journal()[mark:], f"the journal says: {words}", 20)


def _shown(container: Container) -> str:
    """The status line, as `systemctl status` shows it; empty if there is none."""
    lines = container.do("systemctl", "status", "--no-pager", "--lines=0", "faceidd").splitlines()
    return next((line for line in lines if line.strip().startswith("Status: ")), "")
