"""A real Home Assistant without a face: its core, MQTT and automations, told and heard by lines.

Runs in Home Assistant's own environment (`make test-home`), and imports nothing of ours:

    python headless_home.py FOLDER

FOLDER holds a `configuration.yaml`, and in `broker.json` what MQTT's dialog would ask for. Home
Assistant writes its own files there, and finds them when it is started again. Each line on stdout
is a JSON object that tells what happened; each on stdin asks for something:

    {"call": [DOMAIN, SERVICE, DATA]}    answered by {"called": ..., "error": null or text}
    {"picture": ENTITY_ID}               answered by {"picture": base64}
    {"schemas": [[COMPONENT, PAYLOAD]]}  answered by {"schemas": [null or what is wrong]}
    {"blueprint": TEXT}                  answered by {"blueprint": null or what is wrong}
    {"registry": true}                   answered by {"registry": {UNIQUE_ID: ENTITY_ID}}
    {"enable": ENTITY_ID}                answered by {"enabled": ENTITY_ID}
"""

import asyncio
import base64
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import voluptuous as vol
from homeassistant import bootstrap
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.helpers import entity_registry
from homeassistant.runner import RuntimeConfig
from homeassistant.util.yaml import parse_yaml

_OUT = os.fdopen(os.dup(1), "w")  # what others print goes with the log
os.dup2(2, 1)


def tell(**what: object) -> None:
    """Write a line."""
    print(json.dumps(what, default=str), file=_OUT, flush=True)


async def main(folder: Path) -> None:
    """Run until stdin ends."""
    _configure(folder)
    bootstrap.DEFAULT_INTEGRATIONS = set()  # what is named in the configuration, and no more
    bootstrap.CRITICAL_INTEGRATIONS = set()
    hass = await bootstrap.async_setup_hass(RuntimeConfig(str(folder), skip_pip=True))
    assert hass is not None

    def notify(call: ServiceCall) -> None:
        tell(notified=dict(call.data))

    def changed(event: Event) -> None:
        new = event.data["new_state"]
        tell(
            entity=event.data["entity_id"],
            state=new and new.state,
            attributes=dict(new.attributes) if new else {},
        )

    hass.services.async_register("notify", "test", callback(notify))  # in the order of time
    hass.bus.async_listen("state_changed", callback(changed))
    await hass.async_start()
    (entry,) = hass.config_entries.async_entries("mqtt")
    assert entry.state is ConfigEntryState.LOADED, entry.reason
    tell(started=True)
    await _answer(hass)
    await hass.async_stop()


async def _answer(hass: HomeAssistant) -> None:
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        match json.loads(line):
            case {"call": [domain, service, data]}:
                tell(called=service, error=await _call(hass, domain, service, data))
            case {"picture": entity}:
                image = hass.data["image"].get_entity(entity)
                content = await image.async_image()
                tell(picture=content and base64.b64encode(content).decode())
            case {"schemas": payloads}:
                tell(schemas=[_invalid(*one) for one in payloads])
            case {"blueprint": text}:
                tell(blueprint=_blueprint_fault(text))
            case {"registry": True}:
                entries = entity_registry.async_get(hass).entities.values()
                tell(registry={one.unique_id: one.entity_id for one in entries})
            case {"enable": entity}:
                entity_registry.async_get(hass).async_update_entity(entity, disabled_by=None)
                await hass.config_entries.async_reload("broker")
                tell(enabled=entity)


async def _call(hass: HomeAssistant, domain: str, service: str, data: dict[str, Any]) -> str | None:
    try:
        await hass.services.async_call(domain, service, data, blocking=True)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def _invalid(component: str, payload: dict[str, Any]) -> str | None:
    """What the component's own schema says; the strict one, which takes no unknown key."""
    module = importlib.import_module(f"homeassistant.components.mqtt.{component}")
    try:
        module.PLATFORM_SCHEMA_MODERN(payload)
        module.DISCOVERY_SCHEMA(payload)
    except vol.Invalid as error:
        return str(error)
    return None


def _blueprint_fault(text: str) -> str | None:
    try:
        found = Blueprint(parse_yaml(text), expected_domain="automation")
        if (errors := found.validate()) is not None:
            return "; ".join(errors)
        found.data  # noqa: B018 - as it was validated
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def _configure(folder: Path) -> None:
    """Have MQTT set up as its dialog would do it."""
    storage = folder / ".storage"
    storage.mkdir(exist_ok=True)
    entry = {
        "entry_id": "broker",
        "version": 1,
        "minor_version": 1,
        "domain": "mqtt",
        "title": "broker",
        "data": json.loads((folder / "broker.json").read_text()),
        "options": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "unique_id": None,
        "disabled_by": None,
    }
    file = {
        "version": 1,
        "minor_version": 1,
        "key": "core.config_entries",
        "data": {"entries": [entry]},
    }
    path = storage / "core.config_entries"
    if not path.exists():  # a restart finds its own
        path.write_text(json.dumps(file))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
