"""Conversion: a TensorFlow graph -> TFLite.

TensorFlow is needed on the machine that builds a pack, never on a door.
"""

import logging
import os
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from faceidd.errors import ModelError
from faceidd.models.runtime import Tensor

Variant = Literal["float32", "float16", "int8"]
"""How weights are stored. `int8` computes with them too, activations quantized as they come."""
VARIANTS: tuple[Variant, ...] = get_args(Variant)

_log = logging.getLogger(__name__)


class FrozenGraph:
    """A frozen graph with one float32 input and one float32 output.

    Args:
        content: The serialized GraphDef.
        source: Name of the input tensor, `input:0`.
        sink: Name of the output tensor.

    Raises:
        ModelError: TensorFlow is not installed, or cannot read the graph.
    """

    def __init__(self, content: bytes, *, source: str, sink: str) -> None:
        self._tf = tf = _tensorflow()
        definition = tf.compat.v1.GraphDef()

        def enter() -> None:
            tf.compat.v1.import_graph_def(definition, name="")

        try:
            definition.ParseFromString(content)
            whole = tf.compat.v1.wrap_function(enter, [])
            self._function = whole.prune(
                whole.graph.get_tensor_by_name(source), whole.graph.get_tensor_by_name(sink)
            )
        except Exception as error:  # protobuf's and TensorFlow's errors share no base class
            raise ModelError(
                f"TensorFlow cannot read the graph: {error}", do="report this as a bug"
            ) from error

    @property
    def converter(self) -> str:
        """Tool and version that converts, `tensorflow==2.21.0`."""
        return f"tensorflow=={self._tf.__version__}"

    def run(self, tensor: Tensor) -> Tensor:
        """Feed the input; return the output as TensorFlow computes it."""
        return np.asarray(self._function(self._tf.constant(tensor)), np.float32)

    def convert(self, variant: Variant) -> bytes:
        """Give the graph as a TFLite file.

        Raises:
            ModelError: TensorFlow cannot convert it.
        """
        lite = self._tf.lite
        converter = lite.TFLiteConverter.from_concrete_functions([self._function])
        return _converted(self._tf, converter, variant)


class SavedGraph:
    """A SavedModel with one signature, of one float32 input and one float32 output.

    Its weights are read only as they are converted, which matters where they take half a gigabyte.

    Args:
        folder: The SavedModel.
        signature: Name of its signature.

    Raises:
        ModelError: TensorFlow is not installed.
    """

    def __init__(self, folder: Path, *, signature: str) -> None:
        self._tf = _tensorflow()
        self._folder = folder
        self._signature = signature

    @property
    def converter(self) -> str:
        """Tool and version that converts, `tensorflow==2.21.0`."""
        return f"tensorflow=={self._tf.__version__}"

    def convert(self, variant: Variant) -> bytes:
        """Give the graph as a TFLite file.

        Raises:
            ModelError: TensorFlow cannot convert it.
        """
        converter = self._tf.lite.TFLiteConverter.from_saved_model(
            str(self._folder), signature_keys=[self._signature]
        )
        return _converted(self._tf, converter, variant)


def _converted(tf: Any, converter: Any, variant: Variant) -> bytes:
    _log.info("converting to %s", variant)
    if variant != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if variant == "float16":
        converter.target_spec.supported_types = [tf.float16]
    try:
        content: bytes = converter.convert()
    except Exception as error:  # the converter's errors share no base class
        raise ModelError(
            f"TensorFlow cannot convert the graph to {variant}: {error}",
            do="install the version the build extra names: pip install 'faceidd[build]'",
        ) from error
    return content


def _tensorflow() -> Any:
    # Read by TensorFlow as it is imported. Its plainest arithmetic is the reference on every
    # machine: no graphics card, no reordered sums; and it need not tell of either.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    logging.getLogger("absl").setLevel(logging.ERROR)
    try:
        import tensorflow as tf  # noqa: PLC0415 - seconds to import, and only installed to build
    except ImportError as error:
        raise ModelError(
            f"TensorFlow cannot be imported: {error}",
            do="install the build extra: pip install 'faceidd[build]'",
        ) from error
    return tf
