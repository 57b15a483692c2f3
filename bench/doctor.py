"""The gallery doctor against galleries that were spoiled on purpose.

Into the people of a set, those with three photos and more that can be used, are put, each 5 % of
their photos and all at once: photos filed under another of them (mislabels), copies of photos under
another name, stored anew, smaller, mirrored or in other light (copies) or cropped, photos blurred
as no camera should be (blurred), and photos of people of whom there is no other photo, of the three
that are most like the person they are filed under (look-alikes). Also, one at a time, a person's
photos are divided among two names (split).
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from bench.dataset import FACES, read_image, require_faces
from bench.setup import options
from faceidd.camera.frame import Image
from faceidd.daemon.config import Config
from faceidd.daemon.recognition import build_model
from faceidd.doctor.finding import Finding, Kind
from faceidd.doctor.judged import judge_photos
from faceidd.doctor.name_findings import findings_on_names
from faceidd.doctor.photo_findings import findings_on_photos
from faceidd.doctor.views import View, view_photos
from faceidd.enroll.photos import Photo
from faceidd.evaluation.labeled import LabeledPhoto, read_manifest
from faceidd.face.recognizer import Recognizer

PACKS = (("facenet", "int8"), ("mobilefacenet", "float32"))
SETS = {"lfw": (), "casia": ("scut",), "nogizaka": ("kpop", "star"), "kpop": ("nogizaka", "star")}
"""Set -> where its look-alikes come from; for LFW, its people with fewer photos. No limit of the
doctor was set by looking at K-pop."""
PART = 0.05
LEAST_PHOTOS = 3
SPLITS = 40
CROPPED = 2
"""Which change of a copy cuts its edges off."""
Random = np.random.Generator


@dataclass
class Tally:
    """Findings of one kind beside what was put in."""

    put_in: int = 0
    found: int = 0
    told: int = 0

    def add(self, truth: Iterable[object], told: Iterable[object]) -> None:
        """Count one gallery's."""
        true, said = set(truth), set(told)
        self.put_in += len(true)
        self.found += len(true & said)
        self.told += len(said)

    def __str__(self) -> str:
        precision = f"{self.found / self.told:.3f}" if self.told else "-"
        recall = f"{self.found / self.put_in:.3f}" if self.put_in else "-"
        return f"{precision} / {recall}"


@dataclass
class Spoiled:
    """A gallery's photos and what was put into them."""

    views: list[View]
    mislabels: set[Path] = field(default_factory=set)
    copies: set[frozenset[Path]] = field(default_factory=set)
    cropped: set[frozenset[Path]] = field(default_factory=set)
    blurred: set[Path] = field(default_factory=set)
    look_alikes: set[Path] = field(default_factory=set)


def main() -> int:
    """Print the table."""
    parser = options(__doc__ or "")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    arguments = parser.parse_args()
    require_faces()
    print("| set | pack | people, photos | mislabels P / R | copies P / R | cropped R"
          " | blurred P / R | look-alikes R | split P / R | false alarms a gallery |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in arguments.sets:
        for pack, variant in PACKS:
            recognizer = _recognizer(arguments.models, pack, variant)
            seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
            print(f"| {name} | {pack} | {_row(name, recognizer, seeds)} |", flush=True)
    return 0


def _recognizer(models: Path, pack: str, variant: str) -> Recognizer:
    config = Config.model_validate(
        {
            "models": {"dir": str(models.resolve()), "embedder": pack, "variant": variant},
            "detector": {"min_face_px": 45},
        }
    )
    return build_model(config).recognizer


def _row(name: str, recognizer: Recognizer, seeds: Iterable[int]) -> str:
    people, outsiders = _people(name, recognizer)
    names, copies, cropped, blurred, alike, split = (Tally() for _ in range(6))
    alarms: Counter[Kind] = Counter()
    galleries = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            galleries += 1
            spoiled = _spoil(people, outsiders, recognizer, Path(folder), seed)
            findings = _examine(spoiled.views, recognizer.same_face)
            first = {kind: [one.photos[0] for one in findings if one.kind is kind]
                     for kind in (Kind.MISLABELED, Kind.OUTLIER)}  # fmt: skip
            strange = set(first[Kind.MISLABELED]) | set(first[Kind.OUTLIER])
            strange |= {path for one in findings if one.kind is Kind.DISAGREE
                        for path in one.photos}  # fmt: skip
            rightly = spoiled.look_alikes.union(
                *spoiled.copies, *spoiled.cropped
            )  # they are under wrong names too
            names.add(spoiled.mislabels, set(first[Kind.MISLABELED]) - rightly)
            pairs = {frozenset(one.photos) for one in findings if one.kind is Kind.SAME_PHOTO}
            copies.add(spoiled.copies, pairs - spoiled.cropped)
            cropped.add(spoiled.cropped, pairs & spoiled.cropped)
            blurred.add(spoiled.blurred, _blurred(findings))
            alike.add(spoiled.look_alikes, strange & spoiled.look_alikes)
            known = spoiled.mislabels | spoiled.look_alikes
            for kind in (Kind.OUTLIER, Kind.DISAGREE, Kind.SAME_PERSON):
                wrong = [one for one in findings if one.kind is kind and not known & {*one.photos}]
                alarms[kind] += len(wrong)
    _split(people, split, recognizer.same_face)
    told = ", ".join(f"{kind} {count / galleries:.1f}" for kind, count in alarms.items() if count)
    counts = f"{len({one.photo.name for one in people})}, {len(people)}"
    recall, found = (str(one).split(" / ")[1] for one in (alike, cropped))
    cells = (counts, names, copies, found, blurred, recall, split, told or "none")
    return " | ".join(map(str, cells))


def _people(name: str, recognizer: Recognizer) -> tuple[list[View], list[View]]:
    """The people of a set, and photos of others."""
    photos = read_manifest(FACES / "manifest.csv")
    mine = [one for one in photos if one.set == name]
    usable = [one for one in _views(mine, recognizer) if one.fault is None]
    counts = Counter(one.photo.name for one in usable)
    people = [one for one in usable if counts[one.photo.name] >= LEAST_PHOTOS]
    rest = [one for one in usable if counts[one.photo.name] < LEAST_PHOTOS]
    elsewhere = [one for one in photos if one.set in SETS[name]]
    others = [one for one in _views(elsewhere, recognizer) if one.fault is None]
    return people, others or rest


def _views(photos: Sequence[LabeledPhoto], recognizer: Recognizer) -> tuple[View, ...]:
    return view_photos([Photo(one.path, one.identity) for one in photos], recognizer)


def _spoil(
    people: Sequence[View],
    outsiders: Sequence[View],
    recognizer: Recognizer,
    folder: Path,
    seed: int,
) -> Spoiled:
    random = np.random.default_rng(seed)
    count = max(1, round(PART * len(people)))
    names = sorted({one.photo.name for one in people})
    order = random.permutation(len(people))
    mislabeled, copied, blurred = (order[count * at : count * (at + 1)] for at in range(3))
    spoiled = Spoiled(list(people))
    for row in mislabeled:
        spoiled.views[row] = _filed(people[row], _another(people[row].photo.name, names, random))
        spoiled.mislabels.add(people[row].photo.path)
    made = []
    for row in copied:
        view = people[row]
        change = int(random.integers(5))
        path = _write(_changed(read_image(view.photo.path), change, random), folder, random)
        made.append(Photo(path, _another(view.photo.name, names, random)))
        copies = spoiled.cropped if change == CROPPED else spoiled.copies
        copies.add(frozenset((view.photo.path, path)))
    spoiled.views += view_photos(made, recognizer)
    blurs = []
    for row in blurred:
        path = _write(_blur(people[row], random), folder, random, quality=95)
        blurs.append(Photo(path, people[row].photo.name))
        spoiled.blurred.add(path)
    for row, view in zip(blurred, view_photos(blurs, recognizer), strict=True):
        spoiled.views[row] = view
    for name in random.choice(names, count):
        view = _look_alike(name, people, outsiders, spoiled.look_alikes, random)
        spoiled.views.append(_filed(view, str(name)))
        spoiled.look_alikes.add(view.photo.path)
    return spoiled


def _look_alike(
    name: str,
    people: Sequence[View],
    outsiders: Sequence[View],
    taken: set[Path],
    random: Random,
) -> View:
    """One of the three photos of others that are most like a person."""
    mean = sum(one.embedding.vector for one in people if one.photo.name == name and one.embedding)
    free = [one for one in outsiders if one.photo.path not in taken and one.embedding]
    near = sorted(free, key=lambda one: -float(one.embedding.vector @ mean) if one.embedding else 0)
    return near[int(random.integers(3))]


def _filed(view: View, name: str) -> View:
    return replace(view, photo=Photo(view.photo.path, name))


def _another(name: str, names: Sequence[str], random: Random) -> str:
    return str(random.choice([one for one in names if one != name]))


def _write(image: Image, folder: Path, random: Random, quality: int | None = None) -> Path:
    path = folder / f"{random.integers(1 << 60):x}.jpg"
    chosen = int(random.integers(40, 95)) if quality is None else quality
    cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, chosen])
    return path


def _changed(image: Image, change: int, random: Random) -> Image:
    """As a photo comes back from another program: smaller, mirrored, cropped, in other light."""
    height, width = image.shape[:2]
    changed: np.ndarray[tuple[int, ...], np.dtype[np.generic]] = image
    match change:
        case 0:
            scale = float(random.uniform(0.6, 0.9))
            changed = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        case 1:
            changed = cv2.flip(image, 1)
        case _ if change == CROPPED:
            high, wide = int(0.06 * height), int(0.06 * width)
            changed = image[high // 2 : height - high, wide : width - wide // 2]
        case 3:
            light = image.astype(np.float32) * random.uniform(0.8, 1.2) + random.uniform(-20, 20)
            changed = np.clip(light, 0, 255)
    return changed.astype(np.uint8)


def _blur(view: View, random: Random) -> Image:
    """Blurred by a tenth to a seventh of the distance between the eyes."""
    eyes = view.quality.measures.eyes_px if view.quality else 0
    sigma = eyes * float(random.uniform(0.1, 0.15))
    return cv2.GaussianBlur(read_image(view.photo.path), (0, 0), sigma).astype(np.uint8)


def _blurred(findings: Iterable[Finding]) -> set[Path]:
    return {one.photos[0] for one in findings if one.kind is Kind.POOR_PHOTO
            and "blurred" in one.says}  # fmt: skip


def _examine(views: Sequence[View], same_face: float) -> list[Finding]:
    judged = judge_photos(views, same_face)
    return [*findings_on_names(judged), *findings_on_photos(judged)]


def _split(people: Sequence[View], split: Tally, same_face: float) -> None:
    """Divide one person at a time among two names."""
    random = np.random.default_rng(0)
    counts = Counter(one.photo.name for one in people)
    names = [name for name, count in counts.items() if count >= 2 * 2]
    for name in random.permutation(names)[:SPLITS]:
        rows = random.permutation([r for r, one in enumerate(people) if one.photo.name == name])
        views = list(people)
        for row in rows[: len(rows) // 2]:
            views[row] = _filed(views[row], "another name")
        told = judge_photos(views, same_face).same_people
        split.add([frozenset((str(name), "another name"))], map(frozenset, told))


if __name__ == "__main__":
    raise SystemExit(main())
