import cv2
import pytest

from faceidd.models.portraits import PortraitName, portrait


@pytest.mark.parametrize(
    ("name", "shape"), [("eileen_collins", (512, 512, 3)), ("grace_hopper", (600, 512, 3))]
)
def test_portraits_are_pictures(name: PortraitName, shape: tuple[int, ...]) -> None:
    image = cv2.imread(str(portrait(name)))
    assert image is not None
    assert image.shape == shape
