from pathlib import Path

import pytest

from faceidd.simulate.reel import Ailment, Fault, Reel, Shot

EMPTY, KIM = Shot("empty.mp4", 5.0), Shot("kim.mp4", 3.0, "kim", near_after=1.0)
REEL = Reel([EMPTY, KIM], 10, [Fault(6.0, 7.0, Ailment.DIES)])


@pytest.mark.parametrize(
    ("seconds", "shot", "number", "into"),
    [
        (0.0, EMPTY, 0, 0.0),
        (4.9, EMPTY, 0, 4.9),
        (5.0, KIM, 1, 0.0),
        (7.5, KIM, 1, 2.5),
        (8.0, EMPTY, 2, 0.0),
        (29.5, KIM, 7, 0.5),
    ],
)
def test_a_reel_is_played_again_and_again(
    seconds: float, shot: Shot, number: int, into: float
) -> None:
    moment = REEL.at(seconds)
    assert (moment.shot, moment.number) == (shot, number)
    assert moment.into == pytest.approx(into)


@pytest.mark.parametrize(
    ("seconds", "ailment"), [(5.9, None), (6.0, Ailment.DIES), (7.0, None), (14.5, None)]
)
def test_an_ailment_is_not_repeated(seconds: float, ailment: Ailment | None) -> None:
    assert REEL.ailment(seconds) is ailment


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    REEL.save(tmp_path / "reel.json")
    loaded = Reel.load(tmp_path / "reel.json")
    assert (loaded.shots, loaded.fps, loaded.faults) == (REEL.shots, REEL.fps, REEL.faults)
