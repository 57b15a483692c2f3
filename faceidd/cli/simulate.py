"""`faceidd simulate`: a scenario before the real daemon, many times as fast as real time."""

import argparse
import json
import tempfile
from pathlib import Path

from faceidd.cli.model import models_folder

BROKEN = 18
"""Exit code where an expectation of a scenario does not hold."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `simulate` to the command line."""
    simulate = subparsers.add_parser(
        "simulate", help="run the real daemon before a scripted camera, with scripted faults"
    )
    simulate.add_argument("scenario", type=Path, nargs="+", help="YAML files, one after the other")
    simulate.add_argument(
        "--haste", type=float, metavar="TIMES", help="times real time (the scenario's own)"
    )
    simulate.add_argument("--json", action="store_true", help="print one JSON object a scenario")
    simulate.add_argument(
        "--models", type=Path, default=models_folder(), help="model packs (%(default)s)"
    )
    simulate.set_defaults(func=_simulate)


def _simulate(args: argparse.Namespace) -> int:
    from faceidd.simulate.apart import simulate_apart
    from faceidd.simulate.report import told
    from faceidd.simulate.scenario import load_scenario

    scenarios = [(path, load_scenario(path, args.haste)) for path in args.scenario]
    failed = False
    for path, scenario in scenarios:
        with tempfile.TemporaryDirectory(prefix="faceidd-simulate-") as folder:
            levels = simulate_apart(
                scenario, Path(folder), args.models.resolve(), verbose=args.verbose
            )
        broken = levels.broken(scenario.expect)
        failed = failed or bool(broken)
        if args.json:
            about = {"scenario": str(path), "title": scenario.title, "haste": scenario.haste}
            said = json.dumps({**about, "levels": levels.as_json(), "broken": broken})
        else:
            said = told(scenario, levels, broken)
        print(said, flush=True)
    return BROKEN if failed else 0
