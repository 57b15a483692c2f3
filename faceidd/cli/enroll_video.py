"""`faceidd enroll video`: a video -> photos of the person it is of."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.model_options import add_model_options, model_config
from faceidd.cli.progress import shown

if TYPE_CHECKING:
    from faceidd.camera.source import FrameSource
    from faceidd.enroll.video import PhotosOfVideo

PHOTOS = 10
FOLDER = Path("photos")


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `video` to the ways to enroll."""
    video = kinds.add_parser(
        "video",
        help="take photos of a person from a video",
        description="Saves photos of the video's subject, whose face is the largest most often, as"
        " NAME/NAME1.jpg and so on, numbered on from what is there: the best and most different"
        " ones. Enroll them with `faceidd enroll folder`.",
    )
    video.add_argument("video", help="a video file, or a folder of its frames")
    video.add_argument("--name", required=True, help="the person")
    video.add_argument(
        "--max",
        type=natural,
        default=PHOTOS,
        metavar="N",
        help="photos at most (default: %(default)s)",
    )
    video.add_argument(
        "--every",
        type=natural,
        metavar="K",
        help="look at every K-th frame only, and save the first that can be used as they come,"
        " instead of choosing among all",
    )
    video.add_argument(
        "--photos",
        type=Path,
        default=FOLDER,
        metavar="DIR",
        help="folder of everybody's photos (default: %(default)s)",
    )
    add_model_options(video)
    video.set_defaults(func=_video)


def natural(text: str) -> int:
    """A number of at least 1.

    Raises:
        ValueError: It is none.
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _video(args: argparse.Namespace) -> int:
    from faceidd.access.presence import Continuity
    from faceidd.daemon.recognition import build_model
    from faceidd.enroll.photo_folder import PhotoFolder
    from faceidd.enroll.video import VideoRules, photos_of_video
    from faceidd.errors import EnrollmentError

    folder = PhotoFolder(args.photos, args.name)
    source = _source(args.video)
    model = build_model(model_config(args))
    same = Continuity.of_model(model.manifest.thresholds["cosine"]).same_place
    with shown("looking at frames", "frame") as progress:
        found = photos_of_video(
            source,
            model.recognizer,
            VideoRules(args.max, same, args.every),
            progress=lambda frames: progress(frames, None),
        )
    if not found.photos:
        raise EnrollmentError(
            f"no frame of {args.video} shows a face that can be enrolled; {_told(found)}",
            do="film the person from nearer, in good light, looking into the camera",
        )
    if found.doubtful:
        raise EnrollmentError(
            f"{args.video} shows two people about as often, {found.of_subject} and"
            f" {found.of_rival} frames; no photo was saved",
            do="film one person alone, or cut the video to where only they are seen",
        )
    saved = [folder.save(content) for content in found.photos]
    print(_told(found))
    print(f"saved {len(saved)} photos of {args.name}: {saved[0]} to {saved[-1].name}")
    if args.every is None and len(saved) < args.max:
        print(f"not {args.max}: the other frames show nothing that differs from these")
    return 0


def _source(video: str) -> "FrameSource":
    from faceidd.camera.address import Kind, parse
    from faceidd.camera.connect import connect
    from faceidd.camera.pace import Pace
    from faceidd.camera.settings import CameraSettings
    from faceidd.errors import EnrollmentError

    if parse(video).kind not in {Kind.VIDEO, Kind.FOLDER}:
        raise EnrollmentError(
            f"{video} is a camera, not a video", do="use `faceidd enroll camera` for a camera"
        )
    return connect(CameraSettings(source=video, pace=Pace.AS_FAST_AS_POSSIBLE))


def _told(found: "PhotosOfVideo") -> str:
    parts = [f"{found.of_subject} show the subject well", f"{found.of_others} somebody else"]
    parts += [f"{fault.value} {count}" for fault, count in found.refused.most_common()]
    return f"of {found.frames} frames " + ", ".join(parts)
