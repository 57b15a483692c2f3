"""An ONNX file with SFace's interface that says how a face is colored, in a coarse mosaic.

What `cv2.FaceRecognizerSF` asks of a network: one input of (1, 3, 112, 112) RGB, pixels 0..255, and
one output. Here it is 64 tiles of 14 x 14 px: of each how red, and how much greener than blue.
"""

from support.onnx_messages import field, ints, node, number, tensor, text, value

TILE_PX = 14
_WEIGHTS = (1.0, 0.0, 0.0, 0.0, 1.0, -1.0)
_BIAS = (-127.5, 0.0)


def face_mosaic() -> bytes:
    """The content of the file: 128 numbers, 64 of red before 64 of green over blue."""
    window = ints("kernel_shape", (TILE_PX, TILE_PX)) + ints("strides", (TILE_PX, TILE_PX))
    parts = (
        field(1, node("AveragePool", ("data",), "tiles", window)),
        field(5, tensor("weights", (2, 3, 1, 1), _WEIGHTS)),
        field(5, tensor("bias", (2,), _BIAS)),
        field(
            1,
            node("Conv", ("tiles", "weights", "bias"), "colors", ints("kernel_shape", (1, 1))),
        ),
        field(1, node("Flatten", ("colors",), "fc1", b"")),
        field(12, value("fc1", (1, 128))),
    )
    graph = b"".join(parts) + text(2, "mosaic") + field(11, value("data", (1, 3, 112, 112)))
    return number(1, 8) + field(7, graph) + field(8, number(2, 11))
