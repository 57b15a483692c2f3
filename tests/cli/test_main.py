import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from faceidd import __version__
from faceidd.cli.main import main

FACEIDD = [sys.executable, "-m", "faceidd"]
SCRIPT = Path(__file__).parents[2] / "config" / "door-script.yaml"
HEAVY = (
    "ai_edge_litert", "cryptography", "cv2", "gpiozero", "numpy", "paho", "prometheus_client",
    "pydantic", "pyrage", "sqlalchemy", "tensorflow", "tuf", "urllib3",
)  # fmt: skip


def exit_code(*arguments: str) -> object:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    return exit_.value.code


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--version") == 0
    assert capsys.readouterr().out == f"faceidd {__version__}\n"


def test_the_commands_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--help") == 0
    listed = set(re.findall(r"^    (\w+)  ", capsys.readouterr().out, flags=re.MULTILINE))
    assert {"run", "enroll", "model", "config"} <= listed


@pytest.mark.parametrize("arguments", [(), ("open",), ("config",), ("config", "check", "--confg")])
def test_wrong_arguments_are_told(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert exit_code(*arguments) == 2
    assert capsys.readouterr().err.startswith("usage: faceidd")


def test_a_fault_is_one_line_and_the_exit_code_of_its_family(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "show", "--config", str(tmp_path / "none.yaml")]) == 3
    output, errors = capsys.readouterr()
    assert output == ""
    assert re.fullmatch(r"faceidd: .*none\.yaml cannot be read: .*\n", errors)


def test_verbose_tells_where_a_fault_came_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-v", "config", "show", "--config", str(tmp_path / "none.yaml")]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from faceidd.cli.main import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        f"    print('loaded:', *sorted(sys.modules.keys() & set({HEAVY!r})))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "loaded:"


def test_an_interruption_ends_quietly(tmp_path: Path) -> None:
    pipe = tmp_path / "faceidd.yaml"
    os.mkfifo(pipe)
    command = [*FACEIDD, "config", "check", "--config", str(pipe)]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process,
        pipe.open("wb"),  # waits for the program to begin to read, which then waits for us
    ):
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")


def test_what_nobody_foresaw_is_told_in_full() -> None:
    shipped = Path(__file__).parents[2] / "config" / "faceidd.yaml"
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-u", "-m", "faceidd", "config", "show", "--config", str(shipped)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr.startswith("Traceback")
    assert "No space left on device" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    [
        (["--help"], ""),
        (["door", "simulate", SCRIPT], ""),
        (["door", "simulate", SCRIPT, "--json"], "1"),
    ],
)
def test_output_that_nobody_reads_ends_quietly(
    arguments: list[str | Path], unbuffered: str
) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*FACEIDD, *arguments],
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_pipe_of_another_kind_that_breaks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("faceidd.cli.main._run", broken)
    with pytest.raises(BrokenPipeError):
        main([])
