"""`faceidd forget`: what it removes, what it says, and where it can be run."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.kept_people import KeptPeople

EXTRA = ("jinja2", "matplotlib", "scipy", "tqdm")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeptPeople:
    monkeypatch.chdir(tmp_path)
    return KeptPeople(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ["gallery", "show", "Kim"],
        ["gallery", "consent", "Kim", "--text-version", "1"],
        ["gallery", "export", "Kim", "--to", "Kim.zip"],
        ["forget", "Kim", "--cache", "cache"],
    ],
)
def test_no_package_of_the_extra_is_needed(kept: KeptPeople, command: list[str]) -> None:
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({EXTRA!r}))\n"
        "from faceidd.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    whole = [sys.executable, "-c", program, *command, "--gallery", str(kept.gallery)]
    result = subprocess.run(whole, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout
