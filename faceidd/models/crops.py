"""Crop rules that several packs share."""

from faceidd.models.manifest import BoxCrop, FivePointWarp

ARCFACE = FivePointWarp(
    points=tuple(
        (x / 112, y / 112)
        for x, y in (
            (38.2946, 51.6963),
            (73.5318, 51.5014),
            (56.0252, 71.7366),
            (41.5493, 92.3655),
            (70.7299, 92.2041),
        )
    )
)
"""Where networks trained as Deng et al., "ArcFace", 2019, see the five landmarks."""

_MEAN_FACE = (
    (0.2242, 0.2119),
    (0.7561, 0.2119),
    (0.4901, 0.5156),
    (0.2541, 0.7802),
    (0.7261, 0.7802),
)
_PADDING = 0.25
_LARGER = 1.028
DLIB = FivePointWarp(
    points=tuple(
        (0.5 + _LARGER * (x - 0.5), 0.5 + _LARGER * (y - 0.5))
        for x, y in (
            ((x + _PADDING) / (1 + 2 * _PADDING), (y + _PADDING) / (1 + 2 * _PADDING))
            for x, y in _MEAN_FACE
        )
    )
)
"""Where dlib's face chips have the five landmarks: the mean face and padding by which dlib's
`get_face_chip_details` aligns 68 points, an eye being the mean of its six. So faces come out 2.8 %
smaller than dlib cuts them by its own five points, the median of 77 photos of LFW and
CASIA-FaceV5; hence the factor."""

DEEPFACE = BoxCrop(scale=1.0, fit="pad", level=True)
"""The face's box, turned to level the eyes and fitted between black bars, as DeepFace does it with
`detector_backend="mtcnn"`, `align=True` and `expand_percentage=0`."""
