"""What tests of several rooms share."""

import logging
import os
import signal
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support.gpio_sim import LABEL, find_gpio_sim

REPOSITORY = Path(__file__).parents[1]

# A busy machine is not a fault of the code: no example has a deadline. Continuous integration tries
# the same examples each time; a developer's machine looks for new ones.
settings.register_profile("faceidd", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("faceidd")

_skipped: list[str] = []
_broken_lines: list[str] = []


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Folder of the model packs: FACEIDD_MODELS, or `var/models` of the repository."""
    folder = Path(os.environ.get("FACEIDD_MODELS") or REPOSITORY / "var" / "models")
    missing = [name for name in ("blazeface", "facenet", "mtcnn") if not (folder / name).is_dir()]
    if missing:
        pytest.fail(
            f"no model packs {', '.join(missing)} in {folder}:"
            f" run `faceidd model build all --models {folder}`"
        )
    return folder


@pytest.fixture(scope="session")
def faces_dir() -> Path:
    """Folder of the evaluation faces, no part of the project: FACEIDD_FACES, or beside it."""
    default = REPOSITORY.parent / "shared" / "faces"
    folder = Path(os.environ.get("FACEIDD_FACES") or default)
    if not folder.is_dir():
        pytest.skip(f"the evaluation faces are not here ({folder}; environment FACEIDD_FACES)")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _not_the_machines_runtime_directory(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["RUNTIME_DIRECTORY"] = str(tmp_path_factory.mktemp("run"))


@pytest.fixture(autouse=True)
def _logging_ends_with_its_test() -> Iterator[None]:
    """A command line sets up the log for its whole process; here it is one test's, or fixture's."""
    _end_log()
    yield
    _end_log()
    broken = "\n".join(_broken_lines)
    _broken_lines.clear()
    if broken:
        pytest.fail(f"a line of the log could not be written:\n{broken}")


@pytest.fixture
def runtime_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where daemons write down which pins they drive, for one test."""
    folder = tmp_path / "run"
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(folder))
    return folder


def pytest_configure() -> None:
    """Let a broken line of the log fail its test, and processes be interrupted from the start.

    Who is started in the background by a shell ignores an interruption, and so do all its children.
    """
    setattr(logging.Handler, "handleError", _note_broken_line)  # noqa: B010 - its type has two selves
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_log() -> None:
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    for handler in root.handlers[:]:
        if not type(handler).__module__.startswith("_pytest."):
            root.removeHandler(handler)
            handler.close()


def _note_broken_line(_handler: logging.Handler, record: logging.LogRecord) -> None:
    _broken_lines.append(f"{record.pathname}:{record.lineno}: {traceback.format_exc()}")


def pytest_report_header() -> str:
    """Say whether the door's contract tests run over a chip of the kernel's; no test tells."""
    if find_gpio_sim() is None:
        return f"gpio-sim: no chip {LABEL!r}; the door's contract tests run over stand-ins only"
    return f"gpio-sim: the door's contract tests also run over chip {LABEL!r}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what was skipped."""
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration a skipped test is a failed run."""
    if os.environ.get("CI") == "true" and _skipped and session.exitstatus == 0:
        writer = session.config.get_terminal_writer()
        writer.line("\nskipped, which nothing may be here: " + ", ".join(_skipped))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
