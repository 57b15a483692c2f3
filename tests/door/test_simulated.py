"""Simulated pins in a folder are seen and set by other processes, and outlive their own."""

import subprocess
import sys
from pathlib import Path

import pytest

from faceidd.door.line import LineSettings, open_line
from faceidd.door.pin_file import look
from faceidd.door.relay import RelaySettings, open_relay
from faceidd.errors import DoorError

HOLDER = """if True:
    import sys
    from pathlib import Path
    from faceidd.door.relay import RelaySettings, open_relay
    relay = open_relay(RelaySettings("GPIO17", True, "simulated", folder=Path(sys.argv[1])))
    relay.energize()
    print("held", flush=True)
    sys.stdin.read()
"""


def relay(folder: Path, *, active_high: bool = True) -> RelaySettings:
    return RelaySettings("GPIO17", active_high, "simulated", folder=folder)


def line(folder: Path | None, *, active_high: bool = True) -> LineSettings:
    return LineSettings("GPIO27", active_high, "up", "simulated", folder=folder)


def test_a_relay_is_seen_from_outside(tmp_path: Path) -> None:
    assert look(tmp_path, "GPIO17") is None
    one = open_relay(relay(tmp_path))
    seen = [look(tmp_path, "GPIO17")]
    for act in (one.energize, one.release, one.energize, one.close):
        act()
        seen.append(look(tmp_path, "GPIO17"))
    driven_low, driven_high = (True, False), (True, True)
    assert seen == [driven_low, driven_high, driven_low, driven_high, (False, False)]


def test_a_relay_that_a_low_pin_energizes_is_never_low_but_then(tmp_path: Path) -> None:
    one = open_relay(relay(tmp_path, active_high=False))
    assert look(tmp_path, "GPIO17") == (True, True)
    one.close()


def test_a_killed_process_leaves_its_pin_and_holds_it_no_more(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(DoorError, match="held by another process"):
            open_relay(relay(tmp_path))
        process.kill()
        process.wait(60)
    assert look(tmp_path, "GPIO17") == (True, True)
    one = open_relay(relay(tmp_path))
    assert look(tmp_path, "GPIO17") == (True, False)
    one.close()


@pytest.mark.parametrize("active_high", [True, False])
def test_an_input_is_set_from_outside(tmp_path: Path, active_high: bool) -> None:
    listening = open_line(line(tmp_path, active_high=active_high))
    file = tmp_path / "GPIO27"
    assert listening.active is active_high  # pulled up
    for text, high in [
        ("in 0\n", False),
        ("1", True),
        ("", True),
        ("nonsense", True),
        ("0", False),
    ]:
        file.write_text(text)
        assert listening.active is (high == active_high)
    listening.close()
    listening.close()


def test_what_the_world_says_outlives_who_listens(tmp_path: Path) -> None:
    first = open_line(line(tmp_path))
    (tmp_path / "GPIO27").write_text("in 0\n")
    first.close()
    again = open_line(line(tmp_path))
    assert not again.active
    again.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "pins").touch()
    with pytest.raises(DoorError, match=r"cannot be made.*door\.pins_dir"):
        open_relay(relay(tmp_path / "pins"))
