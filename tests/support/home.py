"""Home Assistant as a program beside the test: see `headless_home`."""

import base64
import json
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from support.mosquitto import Mosquitto

PATIENCE_S = 60
ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).parent / "headless_home.py"
UNSAID = {"unavailable", "unknown", None}

State = tuple[str | None, dict[str, Any]]


def home_python() -> Path:
    """Home Assistant's own environment: FACEIDD_HOME_ASSISTANT, or where `make` puts it."""
    named = os.environ.get("FACEIDD_HOME_ASSISTANT")
    return Path(named) if named else ROOT / "var/home-assistant/.venv/bin/python"


class Home:
    """A Home Assistant that runs while it is a context, and remembers when it is one again.

    Args:
        folder: Where it keeps its files.
        broker: Where it logs in.
        configuration: Its configuration.yaml; JSON is YAML.
    """

    def __init__(self, folder: Path, broker: Mosquitto, configuration: dict[str, Any]) -> None:
        folder.mkdir(exist_ok=True)
        login = {
            "broker": broker.host,
            "port": broker.port,
            "username": broker.home_login.username,
            "password": broker.home_login.password,
            "certificate": broker.ca_file.read_text(),
            "discovery": True,
        }
        (folder / "broker.json").write_text(json.dumps(login))
        (folder / "configuration.yaml").write_text(json.dumps(configuration))
        self._folder = folder
        self._told = threading.Condition()
        self._answers: list[dict[str, Any]] = []
        self.history: dict[str, list[State]] = {}
        """Entity -> the states it had, of all runs."""
        self.notified: list[dict[str, Any]] = []
        """What was notified."""

    def __enter__(self) -> Self:
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [home_python(), PROGRAM, self._folder],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._answer("started")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._reader.join()
            assert self._process.stdout is not None
            self._process.stdout.close()

    @property
    def log(self) -> str:
        """What it wrote on stderr: its warnings and errors."""
        return (self._folder / "log").read_text()

    def ask(self, key: str, request: object, answer: str | None = None) -> Any:
        """Ask for something and wait for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({key: request}) + "\n")
        self._process.stdin.flush()
        return self._answer(answer or key)

    def picture(self, entity: str) -> bytes:
        """The picture that an image shows."""
        return base64.b64decode(self.ask("picture", entity) or "")

    def state(self, entity: str) -> str | None:
        """The state of an entity now."""
        with self._told:
            return self.history.get(entity, [(None, {})])[-1][0]

    def wait(self, entity: str, *wanted: str) -> dict[str, Any]:
        """Wait until an entity has one of these states, by default any that says something.

        Returns:
            Its attributes.
        """

        def found() -> dict[str, Any] | None:
            state, attributes = self.history.get(entity, [(None, {})])[-1]
            return attributes if (state in wanted if wanted else state not in UNSAID) else None

        attributes: dict[str, Any] = self.wait_for(found, f"{entity} to be {wanted}")
        return attributes

    def wait_for(self, found: Callable[[], Any], what: str) -> Any:
        """Wait until something is found in what was told."""
        with self._told:
            if not self._told.wait_for(lambda: found() is not None, PATIENCE_S):
                raise AssertionError(f"waited for {what}: {self.history}\n{self.log[-3000:]}")
            return found()

    def _answer(self, key: str) -> Any:
        def found() -> dict[str, Any] | None:
            return next((one for one in self._answers if key in one), None)

        answer = self.wait_for(found, key)
        with self._told:
            self._answers.remove(answer)
        return answer.get("error") if key == "called" else answer[key]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            with self._told:
                if "entity" in told:
                    states = self.history.setdefault(told["entity"], [])
                    states.append((told["state"], told["attributes"]))
                elif "notified" in told:
                    self.notified.append(told["notified"])
                else:
                    self._answers.append(told)
                self._told.notify_all()
