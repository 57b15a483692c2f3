"""A program that writes weights for DeepFace's models: the true architectures, seeded numbers.

It runs as `faceidd.models.deepface_export` does, with DeepFace on its path. Beside the files it
leaves `NAME.npy`: what DeepFace says of some pictures with these weights, fed in its own way.

    python deepface_weights.py PICTURES INTO NAME=INPUT_PX ...

PICTURES is a folder of arrays named by their side, `112.npy`, uint8 (N, S, S, 3) BGR.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from deepface.commons import weight_utils
from deepface.models.facial_recognition.tf import FbDeepFace
from deepface.modules import modeling, preprocessing

SEED = 20180408
LOCAL_AXES = 3


def main() -> None:
    """Write them all."""
    pictures, into = Path(sys.argv[1]), Path(sys.argv[2])
    weight_utils.download_weights_if_necessary = lambda file_name, **_: str(into / file_name)
    weight_utils.load_model_weights = _seeded
    FbDeepFace.tf_minor = 12  # see deepface_export.py
    for word in sys.argv[3:]:
        name, side = word.split("=")
        client = modeling.build_model("facial_recognition", name)
        said = [
            client.forward(preprocessing.resize_image(picture, client.input_shape))
            for picture in np.load(pictures / f"{side}.npy")
        ]
        np.save(into / f"{name}.npy", np.array(said, np.float32))
        modeling.cached_models["facial_recognition"].clear()


def _seeded(model: Any, weight_file: str) -> Any:
    """In the place of loading weights: make them up, so that no layer fades or explodes."""
    generator = np.random.default_rng(SEED)
    for layer in model.layers:
        layer.set_weights([_numbers(generator, one.name, one.shape) for one in layer.weights])
    model.save_weights(weight_file)
    return model


def _numbers(generator: np.random.Generator, name: str, shape: tuple[int, ...]) -> Any:
    if "variance" in name:
        return generator.uniform(0.5, 1.5, shape)
    if "gamma" in name:
        return generator.uniform(0.8, 1.2, shape)
    if "kernel" in name:
        scale = np.float32((2 / _summed(name, shape)) ** 0.5)
        return generator.standard_normal(shape, np.float32) * scale
    return generator.uniform(-0.1, 0.1, shape)


def _summed(name: str, shape: tuple[int, ...]) -> int:
    """How many products a layer sums, by which its weights are scaled (He et al., 2015)."""
    if "depthwise" in name:
        return shape[0] * shape[1]
    # A locally connected layer's first axis counts places.
    return shape[1] if len(shape) == LOCAL_AXES else int(np.prod(shape[:-1]))


if __name__ == "__main__":
    main()
