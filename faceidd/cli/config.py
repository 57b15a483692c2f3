"""`faceidd config`: check the configuration, show what is in force."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

DEFAULT_CONFIG = Path("/etc/faceidd/faceidd.yaml")
"""Where a door's configuration lies."""
MOST_COLUMNS = 10_000
"""A longer line is broken: a path never."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `config` to the command line."""
    parser = subparsers.add_parser("config", help="check and show the configuration")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="tell every mistake in the file")
    check.set_defaults(func=_check)

    show = commands.add_parser("show", help="show every setting in force, secrets masked")
    show.set_defaults(func=_show)

    for command in (check, show):
        command.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            default=DEFAULT_CONFIG,
            help="the configuration (default: %(default)s)",
        )


def _check(args: argparse.Namespace) -> int:
    from faceidd.daemon.auditing import audit_key
    from faceidd.daemon.build import tls_settings
    from faceidd.daemon.config_file import load_config
    from faceidd.daemon.gallery_file import gallery_key
    from faceidd.daemon.password import awaits_credentials, read_password
    from faceidd.daemon.webhook_build import webhook_settings
    from faceidd.events.tls import tls_context
    from faceidd.events.webhook import server_context

    config = load_config(args.config)
    secrets: dict[str, tuple[Path | None, Callable[[], object]]] = {
        "mqtt.password_file": (config.mqtt.password_file, lambda: read_password(config.mqtt)),
        "gallery.key_file": (config.gallery.key_file, lambda: gallery_key(config)),
        "webhook.secret_file": (
            config.webhook.secret_file,
            lambda: webhook_settings(config.webhook),
        ),
        "audit.key_file": (config.audit.key_file, lambda: audit_key(config)),
    }
    for name, (file, read) in secrets.items():
        if file is not None and awaits_credentials(file):
            print(f"{name} is not checked: only the service has {file}")
        elif file is not None:
            read()
    if config.mqtt.host is not None and (tls := tls_settings(config.mqtt)) is not None:
        keys = [file for file in (tls.ca, tls.cert, tls.key) if file is not None]
        if any(awaits_credentials(file) for file in keys):
            print("mqtt.tls is not checked: only the service has its files")
        else:
            tls_context(tls)
    if config.webhook.ca is not None:
        server_context(config.webhook.ca)
    print(f"{args.config} is right")
    return 0


def _show(args: argparse.Namespace) -> int:
    from ruamel.yaml import YAML

    from faceidd.daemon.config_file import load_config

    yaml = YAML(typ="safe", pure=True)
    yaml.width = MOST_COLUMNS
    yaml.default_flow_style = False
    # The order of the schema and of the docs.
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # ruamel.yaml declares it None
    yaml.dump(load_config(args.config).model_dump(mode="json"), sys.stdout)
    return 0
