"""Images that carry a number in eight black or white bands, to tell which frame one looks at.

The bands survive JPEG and H.264; the highest bit is at the left.
"""

import cv2
import numpy as np

from faceidd.camera.frame import Image

HEIGHT, WIDTH = 120, 160
BITS = 8
COUNT = 1 << BITS


def draw(number: int) -> Image:
    """uint8 (120, 160, 3) that shows the number modulo 256."""
    bits = [255 * (number >> shift & 1) for shift in reversed(range(BITS))]
    row = np.repeat(np.array(bits, np.uint8), WIDTH // BITS)
    return np.repeat(np.tile(row, (HEIGHT, 1))[:, :, np.newaxis], 3, axis=2)


def number_of(image: Image) -> int:
    """The number that an image shows."""
    middle = image[HEIGHT // 2].reshape(BITS, WIDTH // BITS, 3)[:, 5:-5].mean(axis=(1, 2))
    return sum(1 << shift for shift, level in enumerate(reversed(middle)) if level > 127)


def jpeg(number: int) -> bytes:
    """The drawn number as a JPEG file."""
    return cv2.imencode(".jpg", draw(number))[1].tobytes()
