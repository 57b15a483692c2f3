import io
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from faceidd.cli.log import set_up_log

_PROGRAM = """\
import logging
from faceidd.cli.log import set_up_log, tell_error
set_up_log(verbose=False)
log = logging.getLogger("faceidd.door")
log.debug("unheard")
log.info("opened")
log.warning("two\\nlines")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("broken")
tell_error("faceidd: one\\n  two")
"""


@pytest.fixture
def stderr(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "stderr", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def logged(stderr: int, journal: str) -> list[str]:
    environment = {**os.environ, "JOURNAL_STREAM": journal}
    subprocess.run([sys.executable, "-c", _PROGRAM], stderr=stderr, env=environment, check=True)
    return os.pread(stderr, 65536, 0).decode().splitlines()


def test_the_journal_is_given_weights_and_no_times(stderr: int) -> None:
    stat = os.fstat(stderr)
    lines = logged(stderr, f"{stat.st_dev}:{stat.st_ino}")
    assert lines[:3] == ["<6>faceidd.door: opened", "<4>faceidd.door: two", "<4>lines"]
    assert lines[3] == "<3>faceidd.door: broken"
    assert lines[-3] == "<3>ZeroDivisionError: division by zero"
    assert lines[-2:] == ["<3>faceidd: one", "<3>  two"]
    assert all(re.match("<[2-7]>", line) for line in lines)


def test_a_terminal_is_given_times_and_words(stderr: int) -> None:
    # The variable of a service whose stderr was sent elsewhere.
    lines = logged(stderr, "1:2")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:,]+ INFO faceidd\.door: opened", lines[0])
    assert lines[-2:] == ["faceidd: one", "  two"]


def test_verbose_tells_more() -> None:
    set_up_log(verbose=True)
    assert logging.getLogger("faceidd").isEnabledFor(logging.DEBUG)
    set_up_log(verbose=False)
    assert not logging.getLogger("faceidd").isEnabledFor(logging.DEBUG)
    assert len(logging.getLogger().handlers) == 1


def test_a_line_goes_to_what_is_stderr_when_it_comes() -> None:
    with redirect_stderr(io.StringIO()) as first:
        set_up_log(verbose=False)
        first.close()
    with redirect_stderr(io.StringIO()) as second:
        logging.getLogger("door").warning("held")
        assert second.getvalue().endswith("WARNING door: held\n")
