"""A program that loads a model with the real `deepface` package and saves it for conversion.

It is run by `faceidd.models.deepface_loading` in a process of its own, because DeepFace wants a
Keras that only the environment can choose, and imports nothing of faceidd. Into a folder it writes
`model`, TensorFlow's SavedModel of what DeepFace computes; `said.npy`, DeepFace's own embeddings of
some pictures; and `facts.json`. If it fails it writes `fault.json` instead.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from deepface import __version__
from deepface.commons import folder_utils, weight_utils
from deepface.models.facial_recognition.tf import FbDeepFace
from deepface.modules import modeling, preprocessing, verification
from tf_keras.src import backend

_Pair = tuple[int, int]
METRICS = ("cosine", "euclidean", "euclidean_l2", "angular")


def main() -> int:
    """Do it; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("normalization")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("into", type=Path)
    arguments = parser.parse_args()
    used = _watched_weights()
    try:
        client = _client(arguments.name)
    except Exception as error:  # DeepFace's errors share no base class
        fault = {"reason": str(error), "found": bool(used)}
        (arguments.into / "fault.json").write_text(json.dumps(fault))
        return 1
    tensors = [
        preprocessing.normalize_input(
            preprocessing.resize_image(picture, client.input_shape), arguments.normalization
        )
        for picture in np.load(arguments.pictures)
    ]
    said = np.array([client.forward(tensor.copy()) for tensor in tensors], np.float32)
    np.save(arguments.into / "said.npy", said)
    _save(client, unit=_is_unit(client, tensors[0], said[0]), folder=arguments.into / "model")
    facts = {
        "deepface": __version__,
        "thresholds": {
            metric: verification.find_threshold(arguments.name, metric) for metric in METRICS
        },
        "weights_sha256": _sha256(used[0]),
    }
    (arguments.into / "facts.json").write_text(json.dumps(facts))
    return 0


def _watched_weights() -> list[Path]:
    """Have DeepFace note the file of weights that it uses, in the list that is returned."""
    used: list[Path] = []
    find = weight_utils.download_weights_if_necessary

    def watched(file_name: str, source_url: Any, compress_type: str | None = None) -> str:
        folder_utils.initialize_folder()
        used.append(Path(find(file_name, source_url, compress_type)))
        return str(used[-1])

    weight_utils.download_weights_if_necessary = watched
    return used


def _client(name: str) -> Any:
    # DeepFace refuses this model after TensorFlow 2.12, because Keras 3 dropped its locally
    # connected layers. The Keras that is used here, the one before, still has them.
    FbDeepFace.tf_minor = 12
    return modeling.build_model("facial_recognition", name)


def _is_unit(client: Any, tensor: Any, said: Any) -> bool:
    """Whether DeepFace brings the network's output to unit norm."""
    raw = client.model(tensor, training=False).numpy()[0]
    if np.allclose(said, raw, rtol=1e-4, atol=1e-5 * np.abs(raw).max()):
        return False
    unit = raw / np.linalg.norm(raw)
    if np.allclose(said, unit, rtol=1e-4, atol=1e-6):
        return True
    raise SystemExit("DeepFace makes something else of the network's output than is known here")


def _save(client: Any, *, unit: bool, folder: Path) -> None:
    backend.local_conv = _local_conv

    def embed(tensor: Any) -> Any:
        raw = client.model(tensor, training=False)
        return tf.math.l2_normalize(raw, axis=1) if unit else raw

    signature = tf.TensorSpec((1, *client.model.input_shape[1:]), tf.float32)
    module = tf.Module()
    # Its variables only: of a whole Keras model every layer would be traced anew.
    module.weights = client.model.variables
    module.embed = tf.function(embed, input_signature=[signature])
    tf.saved_model.save(module, str(folder), signatures={"embed": module.embed})


def _local_conv(
    inputs: Any, kernel: Any, kernel_size: _Pair, strides: _Pair, output_shape: _Pair, *_: Any
) -> Any:
    """Locally connected layer in a hundred operations, for which Keras takes ten thousand.

    Each output pixel has weights of its own. Instead of cutting out the window of each, this
    shifts the picture by each of the window's offsets.

    Args:
        inputs: (1, H, W, C).
        kernel: (rows * columns, kernel height * kernel width * C, filters).
        kernel_size: Height and width.
        strides: Down and to the right.
        output_shape: Rows and columns.

    Returns:
        (1, rows, columns, filters).
    """
    rows, columns = output_shape
    down, right = strides
    shifted = [
        inputs[:, y : y + down * (rows - 1) + 1 : down, x : x + right * (columns - 1) + 1 : right]
        for y in range(kernel_size[0])
        for x in range(kernel_size[1])
    ]
    windows = tf.reshape(tf.concat(shifted, axis=-1), (rows * columns, 1, kernel.shape[1]))
    return tf.reshape(tf.matmul(windows, kernel), (1, rows, columns, kernel.shape[2]))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
