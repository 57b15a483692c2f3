"""This machine's side of the estimate for boards: networks on one thread, in processor time.

Tables of MobileNet v1 in float on a Raspberry Pi are published; here it is built with TensorFlow
(extra `build`), with random weights, which take the same time, and run as the daemon runs its
networks. FaceNet's variants follow. The other side is in `docs/budget.md`.
"""

import statistics
import sys
import time
from contextlib import redirect_stdout

import numpy as np

from bench.setup import options
from faceidd.models.pack import load_embedder
from faceidd.models.runtime import open_network

ROUNDS = 100
SIDE = 224


def main() -> int:
    """Print the table."""
    arguments = options(__doc__ or "").parse_args()
    print("| network | ms of processor time, median of one thread |\n|---|---|")
    print(f"| MobileNet v1, float32, {SIDE} px | {_ms(_mobilenet()):.1f} |")
    pack = load_embedder(arguments.models, "facenet")
    for variant in pack.manifest.files:
        print(f"| FaceNet, {variant} | {_ms(pack.read(variant)):.1f} |")
    return 0


def _mobilenet() -> bytes:
    import tensorflow as tf  # noqa: PLC0415 - takes seconds; --help answers at once

    network = tf.keras.applications.MobileNet(weights=None)
    with redirect_stdout(sys.stderr):  # the converter tells of each variable
        content: bytes = tf.lite.TFLiteConverter.from_keras_model(network).convert()
    return content


def _ms(content: bytes) -> float:
    network = open_network(content, label="a network", runtime="litert", threads=1)
    picture = np.random.default_rng(1).random(network.input_shape).astype(np.float32)
    spent = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        network.run(picture)
        spent.append(1e3 * (time.thread_time() - begun))
    return statistics.median(spent)


if __name__ == "__main__":
    sys.exit(main())
