"""Known: what a door knows of people, read and prepared together so that all of it fits."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from faceidd.access.policy import FactorKind, Policy
from faceidd.daemon.build import build_gallery, build_matcher
from faceidd.daemon.config import Config
from faceidd.daemon.operating_point import OperatingPoint, operating_point
from faceidd.daemon.policy_file import PolicyFile, load_policy
from faceidd.daemon.recognition import Model
from faceidd.errors import ConfigError, GalleryError
from faceidd.events.command_check import Key
from faceidd.gallery.file import gallery_digest
from faceidd.gallery.gallery import Gallery, Person
from faceidd.gallery.matcher import Matcher
from faceidd.sync.status import load_status

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What a door knows of people.

    Attributes:
        gallery: Who is known.
        digest: SHA-256 of its plain file, in hexadecimal.
        file: The policy's file; None where the configuration names none.
        policy: Who passes, when.
        keys: Keys that may command; None where no commands are listened for.
        point: Where likeness begins.
        matcher: Finds who is known.
        people: Whose looks are known under ids of their own, by their ids.
    """

    gallery: Gallery
    digest: str
    file: PolicyFile | None
    policy: Policy
    keys: Mapping[str, Key] | None
    point: OperatingPoint
    matcher: Matcher
    people: Mapping[str, Person]


def prepare(config: Config, model: Model, gallery: Gallery, file: PolicyFile | None) -> Known:
    """Put together what a door knows.

    Raises:
        ConfigError: The policy does not serve.
        GalleryError: The calibration is damaged, or does not fit.
    """
    policy = Policy.open_to_everybody(config.door.id) if file is None else file.policy
    if file is not None:
        _warn_of(file, config, gallery)
    keys = _keys_of(file) if config.mqtt.commands else None
    point = operating_point(config, model, gallery)
    matcher = build_matcher(gallery, point, policy.duress)
    return Known(
        gallery,
        gallery_digest(gallery),
        file,
        policy,
        keys,
        point,
        matcher,
        _looked_like(policy, gallery),
    )


def prepare_anew(config: Config, model: Model, running: Known, file: PolicyFile | None) -> Known:
    """Read the gallery once more; changes nothing that runs.

    Args:
        config: All settings.
        model: Finds and embeds faces.
        running: What the door knows now.
        file: The policy that goes with it; None where the configuration names none.

    Raises:
        FaceiddError: Something cannot be read, does not fit, or is older than what runs and not
            what the newest good sync left.
    """
    gallery = build_gallery(config, model)
    if gallery.version < running.gallery.version and not _vouched_for(config, gallery):
        raise GalleryError(
            f"{config.gallery.file} is of version {gallery.version}, the door runs version"
            f" {running.gallery.version}",
            do="sync again, or restart the door if the older one is meant",
        )
    return prepare(config, model, gallery, file)


def read_policy(config: Config) -> PolicyFile | None:
    """Read the policy that a configuration names; None where it names none.

    Raises:
        ConfigError: It cannot be read, has faults, or does not know this door.
    """
    if config.policy.file is None:
        return None
    file = load_policy(config.policy.file)
    if config.door.id not in file.policy.doors:
        raise ConfigError(
            f"{config.policy.file} has no door {config.door.id}, so nobody would pass",
            do=f"add it to doors, or set door.id to one of: {', '.join(file.policy.doors)}",
        )
    return file


def entry_devices(config: Config) -> list[tuple[FactorKind, Path]]:
    """The keypad and the card reader that a configuration names."""
    named = {FactorKind.PIN: config.policy.keypad, FactorKind.CARD: config.policy.card_reader}
    return [(kind, device) for kind, device in named.items() if device is not None]


def _warn_of(file: PolicyFile, config: Config, gallery: Gallery) -> None:
    """Log what of a policy cannot come to pass."""
    named = {*file.policy.people, *file.policy.duress}
    if unknown := sorted(named.difference(gallery.ids)):
        _log.warning("the policy names people who are not in the gallery: %s", ", ".join(unknown))
    if file.policy.doors[config.door.id].second_factor is not None and not entry_devices(config):
        _log.warning("the policy asks for a second factor, and no keypad or card reader is set")
    signs = file.policy.duress or any(one.duress_pin for one in file.policy.people.values())
    heard = config.mqtt.host is not None or "duress_signaled" in (config.webhook.types or ())
    if signs and not heard:
        _log.warning("the silent alarm is told to nobody, because mqtt.host is not set")


def _vouched_for(config: Config, gallery: Gallery) -> bool:
    """Whether a gallery may be of a lower version: each edition has numbers of its own.

    One of nobody lets nobody in, whoever put it there.
    """
    held = load_status(config.sync.state_dir).held
    return not gallery.people or (held is not None and held.sha256 == gallery_digest(gallery))


def _looked_like(policy: Policy, gallery: Gallery) -> Mapping[str, Person]:
    wanted = set(policy.duress.values())
    places = [place for place, person in enumerate(gallery.ids) if person in wanted]
    return {person.id: person for person in map(gallery.people.__getitem__, places)}


def _keys_of(file: PolicyFile | None) -> Mapping[str, Key]:
    """Keys that may command: without any nobody could ever command the door again."""
    if file is None or not file.keys:
        raise ConfigError(
            "mqtt.commands is true, and no policy names keys that may command",
            do="set policy.file to a policy with keys, or mqtt.commands to false",
        )
    return file.keys
