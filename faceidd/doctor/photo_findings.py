"""Photos that cannot be used or say nothing new, and what each person's photos lack."""

from collections.abc import Iterator, Sequence

from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.judged import Judged
from faceidd.doctor.poses import missing_poses
from faceidd.doctor.views import View
from faceidd.enroll.pose import Pose

FEW = 3
"""With fewer photos the evidence of several frames is held against too little."""
_LACKING = {
    Pose.FRONT: "into the camera",
    Pose.LEFT: "to the person's left",
    Pose.RIGHT: "to the person's right",
}


def findings_on_photos(judged: Judged) -> Iterator[Finding]:
    """What is wrong with photos beside their names.

    Args:
        judged: All photos.
    """
    for view in judged.views:
        if view.fault is not None:
            yield Finding(
                Kind.POOR_PHOTO,
                f"{view.photo.name}: {view.path} {view.fault.words}",
                "replace it; it is not used",
                (view.photo.name,),
                (view.photo.path,),
            )
    for left, right in judged.copies:
        if right in judged.repeated:
            yield _repeated(judged.views[left], judged.views[right])
    people: dict[str, list[View]] = {one.photo.name: [] for one in judged.views}
    for view in judged.compared:
        people[view.photo.name].append(view)
    for name, used in sorted(people.items()):
        yield from _few(name, used)
        yield from _poses(name, used)


def _repeated(left: View, right: View) -> Finding:
    return Finding(
        Kind.REPEATED,
        f"{left.photo.name}: {left.path} and {right.path} are one picture",
        "remove one; it says nothing new",
        (left.photo.name,),
        (left.photo.path, right.photo.path),
    )


def _few(name: str, used: Sequence[View]) -> Iterator[Finding]:
    if not used:
        do = "add photos that show the face from the front, large and sharp"
        yield Finding(Kind.NO_PHOTO, f"{name}: no photo can be used", do, (name,))
    elif len(used) < FEW:
        yield Finding(
            Kind.FEW_PHOTOS,
            f"{name}: {len(used)} of the {FEW} photos that a good template is made of",
            "add photos, best from the door's own camera and of other days",
            (name,),
            tuple(one.photo.path for one in used),
        )


def _poses(name: str, used: Sequence[View]) -> Iterator[Finding]:
    missing = missing_poses(one.quality.measures for one in used if one.quality is not None)
    if missing:
        yield Finding(
            Kind.MISSING_POSE,
            f"{name}: none of {len(used)} photos looks"
            f" {' or '.join(_LACKING[pose] for pose in missing)}",
            f"photos that look a little {' and '.join(_LACKING[pose] for pose in missing)}"
            f" would help when {name} does at the door",
            (name,),
            tuple(one.photo.path for one in used[:2]),
        )
