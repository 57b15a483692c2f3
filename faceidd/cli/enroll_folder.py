"""`faceidd enroll folder`: photos -> gallery."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from faceidd.cli.enroll_people import add_people_options, delete_enrolled, save_enrollment
from faceidd.cli.gallery_options import add_key_option, gallery_key
from faceidd.cli.model_options import METRICS, add_model_options, model_config
from faceidd.cli.progress import shown
from faceidd.cli.store_add import add_addition_options, add_to_store, require_store_option
from faceidd.cli.store_options import add_alike_option

if TYPE_CHECKING:
    from faceidd.enroll.folder import Enrollment


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `folder` to the ways to enroll."""
    folder = kinds.add_parser(
        "folder",
        help="enroll a folder of photos",
        description="Photos lie in a folder a person (Kim/Kim1.jpg) or side by side (Kim1.jpg)."
        " A report on what each photo gave is written beside the gallery; faceidd -v prints it."
        " After an interruption the same command goes on where it was.",
    )
    folder.add_argument("photos", type=Path, help="the folder of photos")
    folder.add_argument("--gallery", type=Path, help="file to write, over the configuration")
    add_key_option(folder)
    folder.add_argument(
        "--metric",
        choices=METRICS,
        help="what the report tells likeness in (default: access.metric of the configuration);"
        " a gallery serves all of them",
    )
    folder.add_argument(
        "--skip-bad", action="store_true", help="leave unusable photos out instead of stopping"
    )
    deep = folder.add_mutually_exclusive_group()
    deep.add_argument(
        "--looks",
        action="store_true",
        help="a folder in a person's folder (Kim/mask/1.jpg) is a template of its own, for a look"
        " that the mean of all photos would not meet",
    )
    deep.add_argument(
        "--nested",
        action="store_true",
        help="a person is the folder that holds the photo, however deep (office/Kim/1.jpg)",
    )
    add_people_options(folder)
    folder.add_argument(
        "--store",
        metavar="ADDRESS",
        help="also take these people into this store, a file or postgresql://...; see `faceidd"
        " store add --help`",
    )
    add_addition_options(folder)
    add_alike_option(folder)
    add_model_options(folder)
    folder.set_defaults(func=_folder)


def _folder(args: argparse.Namespace) -> int:
    from faceidd.daemon.recognition import build_model
    from faceidd.enroll.folder import enroll_folder
    from faceidd.enroll.report import table
    from faceidd.enroll.unfinished import remove_unfinished, unfinished_path
    from faceidd.gallery.file import load_gallery
    from faceidd.gallery.metric import Metric
    from faceidd.gallery.revision import with_only

    require_store_option(args)
    config = model_config(args)
    key = gallery_key(args)  # read first: a mistake is told before the photos are looked at
    model, file = build_model(config), args.gallery or config.gallery.file
    with shown("reading photos", "photo") as progress:
        enrollment = enroll_folder(
            args.photos,
            model.recognizer,
            model.name,
            skip_bad=args.skip_bad,
            looks=args.looks,
            nested=args.nested,
            known=unfinished_path(file, model.recognizer),
            progress=progress,
        )
    metric = Metric(args.metric or config.access.metric)
    report = save_enrollment(args, enrollment, file, key, metric)
    remove_unfinished(file)
    if args.verbose:
        print("\n".join(table(enrollment, metric)))
    _tell(enrollment, file)
    if args.store is not None:
        alike = args.alike or model.recognizer.same_face
        ids = {one.id for one in enrollment.gallery.people}
        mine = with_only(load_gallery(file, key), ids)
        add_to_store(args, mine, report, alike)
    delete_enrolled(args, report)
    print("a door that runs this gallery takes it in by itself")
    return 0


def _tell(enrollment: "Enrollment", file: Path) -> None:
    from faceidd.enroll.folder import by_reason, reasons
    from faceidd.enroll.report import printable
    from faceidd.enroll.report_file import report_path

    rejected = enrollment.rejected
    for one in by_reason(rejected):
        if one.fault is not None:
            print(f"left out: {printable(one.photo.path)} {one.fault.words}")
    if rejected:
        print(f"left out {len(rejected)} of {len(enrollment.records)} photos: {reasons(rejected)}")
    photos = int(enrollment.gallery.photos.sum())
    print(f"enrolled {len(enrollment.gallery.people)} people from {photos} photos into {file}")
    print(f"what each photo gave is in {report_path(file)}")
