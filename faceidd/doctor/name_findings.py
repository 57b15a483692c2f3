"""Photos and people under wrong names."""

from collections.abc import Iterator, Sequence

import numpy as np

from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.judged import Judged
from faceidd.doctor.labels import Label
from faceidd.doctor.views import View


def findings_on_names(judged: Judged) -> Iterator[Finding]:
    """Photos that show somebody else, pictures and people that are filed twice.

    Args:
        judged: All photos.
    """
    told = set()
    for left, right in judged.copies:
        pair = judged.views[left], judged.views[right]
        if pair[0].photo.name != pair[1].photo.name:
            told |= {one.photo for one in pair}
            yield _same_photo(*pair, judged)
    for one, other in judged.same_people:
        yield Finding(
            Kind.SAME_PERSON,
            f"{one} and {other} look like one person under two names",
            "file their photos under one name; the door could not tell twins apart either",
            (one, other),
            judged.example(one) + judged.example(other),
        )
    people: dict[str, list[int]] = {}
    for row, view in enumerate(judged.compared):
        people.setdefault(view.photo.name, []).append(row)
    for name, rows in people.items():
        of: dict[Label, list[int]] = {label: [] for label in Label}
        for row in rows:
            of[judged.labels.labels[row]].append(row)
        for row in of[Label.ANOTHERS]:
            if judged.compared[row].photo not in told:
                yield _mislabeled(judged, row, others=len(rows) - 1)
        strange = [judged.compared[row] for row in of[Label.NOBODYS]]
        if strange and not of[Label.FITS]:
            yield _disagree(name, strange)
        else:
            yield from (_outlier(one) for one in strange)


def _same_photo(left: View, right: View, judged: Judged) -> Finding:
    do = "look at it, and remove the one that is filed under a wrong name"
    anothers = [judged.label(one) is Label.ANOTHERS for one in (left, right)]
    if anothers[0] and not anothers[1]:
        left, right = right, left
    if anothers.count(True) == 1:
        do = f"it looks like {left.photo.name}: remove {right.path}"
    names = left.photo.name, right.photo.name
    return Finding(
        Kind.SAME_PHOTO,
        f"{names[0]} and {names[1]}: {left.path} and {right.path} are one picture",
        do,
        names,
        (left.photo.path, right.photo.path),
    )


def _mislabeled(judged: Judged, row: int, *, others: int) -> Finding:
    view, labels = judged.compared[row], judged.labels
    name, other, own = view.photo.name, judged.names[labels.nearest[row]], labels.own[row]
    likeness = f"cosine {labels.other[row]:.2f}"
    likeness += "" if np.isnan(own) else f", with {name} {own:.2f}"
    do = f"look at it, and file it under {other} or remove it"
    if others == 1:
        do += f"; {name} has one other photo only, so look at that too"
    return Finding(
        Kind.MISLABELED,
        f"{name}: {view.path} looks like {other} rather than {name} ({likeness})",
        do,
        (name, other),
        (view.photo.path, *judged.example(name, view), *judged.example(other)),
    )


def _outlier(view: View) -> Finding:
    name = view.photo.name
    return Finding(
        Kind.OUTLIER,
        f"{name}: {view.path} is hardly more like {name} than like anybody else",
        f"look at it, and remove it if it does not show {name} clearly",
        (name,),
        (view.photo.path,),
    )


def _disagree(name: str, views: Sequence[View]) -> Finding:
    return Finding(
        Kind.DISAGREE,
        f"{name}: the {len(views)} photos do not look like one person, and nobody can tell"
        " from them which are right",
        f"remove those that do not show {name}, or add photos until most agree",
        (name,),
        tuple(one.photo.path for one in views),
    )
