"""`faceidd enroll camera`: a person before a camera -> photos of five poses."""

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.enroll_video import FOLDER
from faceidd.cli.model_options import add_model_options, model_config

if TYPE_CHECKING:
    from faceidd.camera.frame import Frame
    from faceidd.camera.latest import LatestFrame
    from faceidd.daemon.config import Config
    from faceidd.enroll.guide import Advice, Guide

POSE_S = 30.0
NEAR_FACE_PX = 100
"""Default size filter before a camera: whoever is enrolled stands near."""
LINE_EVERY_S = 1.0


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `camera` to the ways to enroll."""
    camera = kinds.add_parser(
        "camera",
        help="take photos of a person before a camera",
        description="Asks the person to look ahead, left, right, up and down, tells in plain lines"
        " what is missing, and saves a photo of each as NAME/NAME1.jpg and so on, at once. The"
        " preview is a picture file that is kept current, to be watched over a share or fetched;"
        " it is removed in the end. A camera serves one program at a time: stop the door's first.",
    )
    camera.add_argument("name", help="the person")
    camera.add_argument(
        "--camera",
        metavar="ADDRESS",
        help="a camera's number, a device, a stream's URL, or a recording (default: camera.source"
        " of the configuration)",
    )
    camera.add_argument(
        "--photos",
        type=Path,
        default=FOLDER,
        metavar="DIR",
        help="folder of everybody's photos (default: %(default)s)",
    )
    camera.add_argument(
        "--preview",
        type=Path,
        default=Path("preview.jpg"),
        metavar="FILE",
        help="picture to keep current (default: %(default)s)",
    )
    camera.add_argument(
        "--seconds",
        type=float,
        default=POSE_S,
        metavar="S",
        help="longest wait for a pose; then the next one is asked for (default: %(default)s)",
    )
    add_model_options(camera, NEAR_FACE_PX)
    camera.set_defaults(func=_camera)


def _camera(args: argparse.Namespace) -> int:
    from faceidd.access.presence import Continuity
    from faceidd.daemon.recognition import build_model
    from faceidd.enroll.guide import Guide
    from faceidd.enroll.live import take_poses
    from faceidd.enroll.photo_folder import PhotoFolder
    from faceidd.enroll.preview import Preview
    from faceidd.units import Seconds

    config = model_config(args)
    folder, picture = PhotoFolder(args.photos, args.name), Preview(args.preview)
    model = build_model(config)
    same = Continuity.of_model(model.manifest.thresholds["cosine"]).same_place
    guide, tell = Guide(same, Seconds(args.seconds)), _Teller()
    with _frames(config, args.camera) as frames, closing(picture) as preview:
        print(f"the preview is {preview.file}; Ctrl-C ends, and keeps what was taken", flush=True)
        for step in take_poses(frames, model.recognizer, guide, folder):
            preview.show(step)
            tell(step.advice, step.frame.captured_at, step.saved)
    return _end(args, guide)


@contextmanager
def _frames(config: "Config", address: str | None) -> "Iterator[Iterator[Frame]]":
    """What the camera gives, until it ends."""
    from faceidd.daemon.build import build_camera

    if address is not None:
        source = int(address) if address.isdecimal() else address
        camera = config.camera.model_copy(update={"source": source})
        config = config.model_copy(update={"camera": camera})
    latest = build_camera(config)
    latest.start()
    try:
        latest.wait_open()
        yield _taken(latest, config.camera.open_timeout_s + config.camera.read_timeout_s)
    finally:
        latest.stop()


def _taken(latest: "LatestFrame", patience_s: float) -> "Iterator[Frame]":
    from faceidd.camera.frame import Frame
    from faceidd.camera.latest import End
    from faceidd.errors import CameraError
    from faceidd.units import Seconds

    while (frame := latest.take(Seconds(patience_s))) is not End.ENDED:
        if not isinstance(frame, Frame):
            raise CameraError(
                f"the camera gave no picture for {patience_s:g} s: {latest.state.reason}",
                do="check its cable or network; what was taken is kept",
            )
        yield frame


class _Teller:
    """Tells the person what to do: a line when it changes, not more often than one a second."""

    def __init__(self) -> None:
        self._last: tuple[str, float] = ("", 0.0)

    def __call__(self, advice: "Advice", now: float, saved: Path | None) -> None:
        line = f"{advice.pose}: {advice.words}" + (f", {saved}" if saved else "")
        before, told_at = self._last
        done = advice.taken is not None or advice.missed is not None
        if line != before and (done or not before or now - told_at >= LINE_EVERY_S):
            self._last = (line, now)
            print(line, flush=True)


def _end(args: argparse.Namespace, guide: "Guide") -> int:
    from faceidd.errors import EnrollmentError

    if not guide.taken:
        raise EnrollmentError(
            f"no photo of {args.name} was taken",
            do="stand an arm's length before the camera, in good light, and try again",
        )
    print(f"took {len(guide.taken)} photos of {args.name}: {', '.join(guide.taken)}")
    if guide.missed:
        print(f"not taken: {', '.join(guide.missed)}; the same command takes more")
    print(f"enroll them: faceidd enroll folder {args.photos}")
    return 0
