"""Network cameras that fail and are well again: a little of `support.camera_faults`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.camera_faults import BOUND_S, Losses, lose
from support.faulty_camera import Fault, FaultyMjpeg, FaultyRtsp
from support.rtsp_camera import RtspUnavailableError


@pytest.fixture
def mjpeg() -> Iterator[FaultyMjpeg]:
    camera = FaultyMjpeg()
    yield camera
    camera.close()


@pytest.fixture
def rtsp(tmp_path: Path) -> Iterator[FaultyRtsp]:
    try:
        camera = FaultyRtsp(tmp_path)
    except RtspUnavailableError as missing:
        pytest.skip(str(missing))
    yield camera
    camera.close()


def all_took(losses: Losses) -> list[float]:
    return [took for each in losses.took.values() for took in each]


def test_an_mjpeg_camera_recovers_from_every_fault(mjpeg: FaultyMjpeg) -> None:
    losses = lose(mjpeg, [Fault.GARBAGE, Fault.RESIZED, Fault.SLOWED], seed=1)
    assert max(all_took(losses)) < BOUND_S
    assert losses.rebuilt > 0


def test_an_rtsp_camera_recovers(rtsp: FaultyRtsp) -> None:
    losses = lose(rtsp, [Fault.KILLED], seed=1)
    assert max(all_took(losses)) < BOUND_S
    assert losses.rebuilt > 0
