"""Checks of the camera: does it open, what it offers, how fast it is, what its picture is worth."""

from collections.abc import Iterator

from faceidd.camera.address import Kind, masked, parse
from faceidd.camera.health import PictureFault
from faceidd.checkup.check import Check
from faceidd.checkup.formats import check_formats
from faceidd.checkup.installation import Installation
from faceidd.checkup.sight import FROZEN_AFTER, LONGEST, Sight, watch, watch_by_metrics
from faceidd.checkup.view import NEAR_M, USUAL_VIEW_DEG, View
from faceidd.daemon.build import build_camera, build_health
from faceidd.daemon.config import CameraConfig, Config
from faceidd.daemon.measuring import metrics_address
from faceidd.errors import FaceiddError
from faceidd.units import Seconds

SLOW = 0.8
"""A camera that gives less than this share of the frames that were asked for is slow."""
FEW_FPS = 5.0
"""Fewer frames a second make visitors wait."""
_MENDS = {
    PictureFault.FROZEN: "see the camera and its stream's encoder: no sensor gives a picture twice",
    PictureFault.COVERED: "take away what is before the lens; clean it",
    PictureFault.DARK: "put a light at the door, or raise camera.exposure_ms",
    PictureFault.BRIGHT: "keep sun and lamps from the lens, or lower camera.exposure_ms",
    PictureFault.WRONG_SIZE: "ask for a size that it has: camera.width and camera.height",
}


def check_camera(one: Installation, longest: Seconds = LONGEST) -> Iterator[Check]:
    """Look through the camera for some seconds; ask the daemon where it has the camera.

    Args:
        one: The installation.
        longest: How long frames are counted.
    """
    config = one.config
    try:
        sight, by = _sight(one, longest)
    except FaceiddError as error:
        yield Check.fault("camera", error, source=masked(str(config.camera.source)))
        yield check_formats(config.camera)
        return
    if sight is None:
        yield Check.skipped("camera", f"the running daemon has it{_why(one)}", one.to_be_told)
        yield check_formats(config.camera)
        return
    yield _rate(config.camera, sight, by)
    yield check_formats(config.camera)
    yield _picture(sight)
    if sight.width is not None and sight.height is not None:
        yield _view(config, sight.width, sight.height)


def _sight(one: Installation, longest: Seconds) -> tuple[Sight | None, str]:
    """What the camera gives, and who says so."""
    address = metrics_address(one.config)
    if one.samples is not None and address is not None:
        return watch_by_metrics(address, longest), ", by the running daemon"
    if one.daemon_runs:
        return None, ""
    camera = one.config.camera
    if camera.frozen_after_s is not None:
        camera = camera.model_copy(update={"frozen_after_s": FROZEN_AFTER})
    config = one.config.model_copy(update={"camera": camera})
    return watch(build_camera(config), build_health(config), longest), ""


def _why(one: Installation) -> str:
    return "" if one.silence is None else f", and {one.silence.what}"


def _rate(camera: CameraConfig, sight: Sight, by: str) -> Check:
    figures = {
        "width_px": sight.width,
        "height_px": sight.height,
        "fps": _rounded(sight.fps),
        "asked_fps": camera.fps,
        "measured_s": _rounded(sight.lasted),
        "first_frame_s": _rounded(sight.opened_s),
    }
    size = "" if sight.width is None else f"{sight.width}x{sight.height}"
    if sight.fps is None:
        mend = "see the camera; a recording may be too short to tell"
        return Check.warn("camera", f"{size or 'opened'}, too few frames{by}", mend, **figures)
    told = f"{size} at {sight.fps:.1f} fps over {sight.lasted:.1f} s{by}".strip()
    lively = parse(camera.source).kind not in {Kind.FOLDER, Kind.VIDEO}
    if lively and camera.fps is not None and sight.fps < SLOW * camera.fps:
        mend = "give it light (exposure limits the rate), MJPG as camera.fourcc, or a smaller size"
        return Check.warn("camera", f"{told}, {camera.fps} are asked for", mend, **figures)
    if lively and sight.fps < FEW_FPS:
        mend = "give it light, another format, or a quicker network"
        return Check.warn("camera", f"{told}: visitors have to wait", mend, **figures)
    return Check.ok("camera", told, **figures)


def _picture(sight: Sight) -> Check:
    name, level = "camera.picture", _rounded(sight.level)
    told = "" if level is None else f", mean level {level:.0f} of 255"
    if not sight.faults:
        return Check.ok(name, f"a picture of something{told}", level=level)
    faults = [PictureFault(fault) for fault in sight.faults]
    seen = "; ".join(f"{fault}: {sight.faults[fault] or 'by the daemon'}" for fault in faults)
    verdict = Check.fail if PictureFault.COVERED in faults else Check.warn
    mend = "; ".join(_MENDS[fault] for fault in faults)
    return verdict(name, seen, mend, level=level, **dict.fromkeys(faults, True))


def _view(config: Config, width: int, height: int) -> Check:
    """How near a visitor must come to be looked for at all."""
    camera, least = config.camera, config.detector.min_face_px
    turned = camera.rotate in {90, 270}
    degrees = camera.view_deg or USUAL_VIEW_DEG
    view = View(height if turned else width, degrees)
    reach, at_1_m = view.reach_m(least), view.face_px(1.0)
    assumed = "" if camera.view_deg else f" (camera.view_deg is not set: {degrees:g} is taken)"
    told = (
        f"a face is {at_1_m:.0f} px wide at 1 m; {least} px are asked for, so visitors come"
        f" within {reach:.2f} m{assumed}"
    )
    figures = {"face_px_at_1_m": _rounded(at_1_m), "reach_m": _rounded(reach), "view_deg": degrees,
               "min_face_px": least}  # fmt: skip
    if reach < NEAR_M:
        mend = "lower detector.min_face_px, or raise camera.width and camera.height"
        return Check.warn("camera.view", told, mend, **figures)
    return Check.ok("camera.view", told, **figures)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
