"""A door that has all it can have on: every part of the daemon is built, and tells."""

import json
import socket
from pathlib import Path
from typing import Any

from support.small_door import Settings

from faceidd.events.command import PrivateKey
from faceidd.events.command_key import save_key
from faceidd.snapshots.seal import make_key

RELAY = "GPIO17"


def complete(settings: Settings, folder: Path, mqtt: dict[str, object]) -> None:
    """Turn on what the settings of a small door leave out.

    Args:
        settings: The door's, changed.
        folder: Where its files go.
        mqtt: Its section `mqtt`, as far as it leads to a broker.
    """
    save_key(PrivateKey.generate("audit"), folder / "audit.key")
    policy: dict[str, Any] = {
        "timezone": "Europe/Berlin",
        "doors": {"front": {"allow": [{"who": ["everybody"]}]}},
    }
    (folder / "policy.yaml").write_text(json.dumps(policy))
    settings["door"] |= {"pin": RELAY, "pins_dir": str(folder / "pins")}
    settings["policy"]["file"] = str(folder / "policy.yaml")
    settings["mqtt"] = {**mqtt, "home_assistant": {}}
    settings["audit"] = {
        "dir": str(folder / "audit"),
        "key_file": str(folder / "audit.key"),
    }
    settings["snapshots"] = {
        "of": "everybody",
        "publish": True,
        "recipient": make_key(folder / "snapshots.key"),
        "dir": str(folder / "snapshots"),
    }
    settings["metrics"] = {"listen": f"127.0.0.1:{free_port()}"}


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
