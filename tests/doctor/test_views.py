"""What the doctor sees of a photo, and what it shows of it."""

from pathlib import Path

from support.portraits import EILEEN, GRACE, Visitor, scene
from support.seeing import recognizer

from faceidd.doctor.views import examined_face
from faceidd.enroll.subject import find_in_photo, subject
from faceidd.evaluation.subject import subject as nearest


def test_the_face_that_is_shown_is_the_one_that_was_judged(models_dir: Path) -> None:
    seeing = recognizer(models_dir)
    image = scene(Visitor(GRACE, 160, (150, 240)), Visitor(EILEEN, 80, (400, 240)))
    shown, judged = examined_face(image, seeing), subject(find_in_photo(seeing, image).faces)
    assert shown is not None
    assert shown.found == judged
    other = nearest(image, seeing)
    assert other is not None
    assert other.found.face.box.width < shown.found.face.box.width
    assert examined_face(scene(), seeing) is None
