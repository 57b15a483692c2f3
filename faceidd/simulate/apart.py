"""A scenario in processes of its own: one draws it, one plays it, and their memory ends with them.

The program is `python -m faceidd.simulate.apart WORK FOLDER MODELS VERBOSE`; the scenario lies in
the folder, and the outcome is put there.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from faceidd.errors import FaceiddError
from faceidd.simulate.levels import ServiceLevels
from faceidd.simulate.scenario import Scenario

SCENARIO, OUTCOME = "scenario.json", "outcome.json"


def simulate_apart(
    scenario: Scenario, folder: Path, models: Path, *, verbose: bool
) -> ServiceLevels:
    """Draw a scenario and play it.

    Args:
        scenario: The script.
        folder: An empty one, for all that it makes.
        models: Folder of model packs.
        verbose: Whether the door's log is told.

    Raises:
        FaceiddError: Something could not be drawn or started, or the door failed.
    """
    (folder / SCENARIO).write_text(scenario.as_json())
    for work in ("prepare", "play"):
        _run(work, folder, models, verbose=verbose)
    return ServiceLevels.of_json(json.loads((folder / OUTCOME).read_text())["levels"])


def _run(work: str, folder: Path, models: Path, *, verbose: bool) -> None:
    outcome = folder / OUTCOME
    arguments = (work, str(folder), str(models), str(int(verbose)))
    command = (sys.executable, "-P", "-m", "faceidd.simulate.apart", *arguments)
    code = subprocess.run(command, check=False).returncode  # noqa: S603 - our own program
    told = json.loads(outcome.read_text()) if outcome.exists() else {}
    if error := told.get("error"):
        families = {kind.exit_code: kind for kind in FaceiddError.__subclasses__()}
        raise families.get(error["code"], FaceiddError)(error["what"], do=error["do"])
    if code:
        raise FaceiddError(
            f"the scenario's process ended with exit code {code}", do="see what it told above"
        )


def _main(work: str, folder: Path, models: Path, *, verbose: bool) -> None:
    from faceidd.simulate.simulation import play, prepare  # noqa: PLC0415 - heavy; not to start it

    # Warnings of what fails are the scenario's own.
    logging.basicConfig(level=logging.DEBUG if verbose else logging.ERROR)
    scenario = Scenario.of_json((folder / SCENARIO).read_text())
    told: dict[str, Any] = {}
    try:
        if work == "prepare":
            prepare(scenario, folder, models)
        else:
            told = {"levels": play(scenario, folder, models).as_json()}
    except FaceiddError as error:
        told = {"error": {"code": error.exit_code, "what": error.what, "do": error.do}}
    (folder / OUTCOME).write_text(json.dumps(told))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), verbose=sys.argv[4] == "1")
