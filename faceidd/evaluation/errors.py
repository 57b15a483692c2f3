"""The fault family of measuring."""

from faceidd.errors import FaceiddError


class EvaluationError(FaceiddError):
    """Photos cannot be evaluated: they cannot be read as labeled photos, or are too few."""

    exit_code = 10
