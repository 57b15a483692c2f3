"""Check of what a camera offers, and whether the configuration asks for any of it."""

from faceidd.camera.address import Kind, parse
from faceidd.camera.v4l2_formats import Offer, device_offers
from faceidd.checkup.check import Check
from faceidd.daemon.config import CameraConfig
from faceidd.errors import CameraError

MOST_OFFERS = 12
"""Sizes that are told, the largest."""


def check_formats(camera: CameraConfig) -> Check:
    """Ask a device what it offers, and whether that is what is asked of it."""
    name = "camera.formats"
    try:
        address = parse(camera.source)
    except CameraError as error:
        return Check.skipped(name, error.what)
    if address.kind is not Kind.DEVICE:
        return Check.skipped(name, f"a {address.kind.name.lower()} has its own")
    try:
        offers = device_offers(address.target)
    except CameraError as error:
        return Check.skipped(name, error.what)
    if not offers:
        mend = "see `v4l2-ctl --list-devices`: many devices of a board are no cameras"
        return Check.warn(name, f"{address.target} offers no format", mend)
    return _offered(camera, address.target, offers)


def _offered(camera: CameraConfig, device: str, offers: tuple[Offer, ...]) -> Check:
    best = max(offers, key=lambda offer: (offer.width * offer.height, offer.fps or 0))
    told = f"{device} offers {len(offers)} sizes, up to {_named(best)}"
    figures = {
        f"{offer.fourcc}_{offer.width}x{offer.height}_fps": offer.fps
        for offer in sorted(offers, key=lambda offer: -offer.width * offer.height)[:MOST_OFFERS]
    }
    fitting = [
        offer
        for offer in offers
        if camera.fourcc in {None, offer.fourcc}
        and (camera.width, camera.height) in {(None, None), (offer.width, offer.height)}
    ]
    if fitting:
        return Check.ok("camera.formats", told, **figures)
    asked = f"{camera.width}x{camera.height} {camera.fourcc or ''}".rstrip()
    return Check.warn(
        "camera.formats",
        f"{told}, but not {asked}, which is asked for",
        f"set camera.width, camera.height and camera.fourcc to one it has, {_named(best)}",
        **figures,
    )


def _named(offer: Offer) -> str:
    rate = "" if offer.fps is None else f" at {offer.fps:g} fps"
    return f"{offer.width}x{offer.height} {offer.fourcc}{rate}"
