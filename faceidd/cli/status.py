"""`faceidd status`: how the door's daemon is doing."""

import argparse
from pathlib import Path

from faceidd.cli.config import DEFAULT_CONFIG

LOOK_AFTER = 11
"""Exit code where somebody should look after something."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `status` to the command line."""
    status = subparsers.add_parser(
        "status",
        help="say how the running daemon is doing",
        description=f"The exit code is 0 if all is well, {LOOK_AFTER} if somebody should look after"
        " something, 1 if no daemon answers.",
    )
    status.add_argument("--json", action="store_true", help="as JSON, with every metric")
    status.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=DEFAULT_CONFIG,
        help="the door's configuration (default: %(default)s)",
    )
    status.set_defaults(func=_status)


def _status(args: argparse.Namespace) -> int:
    import json
    import time
    from dataclasses import asdict

    from faceidd.daemon.config_file import load_config
    from faceidd.daemon.measuring import metrics_address
    from faceidd.daemon.status import judge, read_metrics
    from faceidd.errors import ConfigError

    config = load_config(args.config)
    address = metrics_address(config)
    if address is None:
        raise ConfigError(f"{args.config} serves no metrics", do="set metrics.listen to 'unix'")
    samples = read_metrics(address)
    parts = judge(samples, time.time())
    is_well = all(part.health != "warn" for part in parts)
    if args.json:
        metrics = [
            {"name": name, "labels": dict(labels), "value": value}
            for (name, labels), value in samples.items()
            if not name.endswith("_bucket")
        ]
        told = {
            "door": config.door.id,
            "health": "ok" if is_well else "warn",
            "parts": [asdict(part) for part in parts],
            "metrics": metrics,
        }
        print(json.dumps(told))
    else:
        print(f"door {config.door.id}: {'ok' if is_well else 'look after what says warn'}")
        for part in parts:
            print(f"  {part.name:<8} {part.health:<5} {part.text}")
    return 0 if is_well else LOOK_AFTER
