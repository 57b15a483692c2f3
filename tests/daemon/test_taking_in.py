"""The real daemon takes in an encrypted gallery that comes into the place of the running one."""

import logging
import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.mjpeg_camera import MjpegCamera
from support.running import Run
from support.small_door import furnish, jpeg, visit

from faceidd.access.decision import Reason
from faceidd.daemon.watch import Look
from faceidd.gallery.file import gallery_digest, load_gallery, save_gallery
from faceidd.gallery.gallery import Gallery
from faceidd.gallery.key import make_key
from faceidd.gallery.revision import without_person
from faceidd.sync.status import Held, Status, save_status


def reasons(look: Look) -> set[Reason]:
    return {one.decision.reason for one in look.outcomes}


def left_by_a_sync(gallery: Gallery) -> Held:
    return Held(
        edition="0" * 16,
        version=gallery.version,
        published_at=None,
        model_id=gallery.model_id,
        model_name=gallery.model_name,
        sha256=gallery_digest(gallery),
        stamp=(0, 0, 0),
    )


def test_no_frame_is_lost_while_a_gallery_is_read_and_what_does_not_serve_is_refused(
    tmp_path: Path, models_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = furnish(tmp_path, models_dir)
    settings["access"] = {"stranger_frames": 3}
    file, aside = Path(str(settings["gallery"]["file"])), tmp_path / "aside"
    known, key = load_gallery(file), make_key(tmp_path / "key")
    settings["gallery"]["key_file"] = str(tmp_path / "key")
    settings["sync"] = {"state_dir": str(tmp_path)}
    save_gallery(replace(known, version=5), file, key)
    with MjpegCamera([jpeg(visit())]) as camera:
        settings["camera"] = {"source": camera.url}
        with Run(settings) as run, caplog.at_level(logging.INFO):
            first = run.wait_look(lambda look: Reason.RECOGNIZED in reasons(look))

            os.mkfifo(aside)  # which is read for as long as nobody writes to it
            aside.replace(file)
            with file.open("wb"):  # returns when the door has begun to read it
                for _ in range(3):
                    look = run.wait_look(lambda look: bool(look.outcomes))
                    assert look.fault is None
                    assert look.frame.sequence > first.frame.sequence
                    assert reasons(look) == {Reason.RECOGNIZED}

            save_gallery(replace(known, version=4), file, key)
            while "of version 4, the door runs version 5" not in caplog.text:
                assert reasons(run.wait_look(lambda _: True)) <= {Reason.RECOGNIZED}

            lower = replace(known, version=3)  # of another edition, say
            save_status(Status(held=left_by_a_sync(lower)), tmp_path)
            save_gallery(lower, file, key)
            while "taken in anew: a gallery of 1 people" not in caplog.text:
                assert reasons(run.wait_look(lambda _: True)) <= {Reason.RECOGNIZED}

            (eileen,) = known.people
            nobody = replace(without_person(known, eileen), version=0)
            save_gallery(nobody, file, key)
            run.wait_look(lambda look: Reason.STRANGER in reasons(look))
    refused = [text for text in caplog.messages if "all stays as it was" in text]
    assert len(refused) == 2, "each is told once"
    assert "cannot read the gallery" in refused[0]
    assert "taken in anew: a gallery of 0 people" in caplog.text
