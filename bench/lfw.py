"""Accuracy on LFW through the product's path: its detector, its crop rule, its packed model."""

from bench.dataset import require_faces
from bench.setup import model, options
from bench.verification import run_lfw

REQUIRED = 0.98


def main() -> int:
    """Print the table; return 1 if the accuracy falls below `REQUIRED`."""
    parser = options(__doc__ or "")
    parser.add_argument("--detector", default="blazeface")
    arguments = parser.parse_args()
    require_faces()
    lfw = run_lfw(model(arguments, arguments.detector).recognizer)
    print("| detector | variant | pairs | photos without a face | accuracy | standard error |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {arguments.detector} | {arguments.variant} | {lfw.pairs}"
        f" | {lfw.faceless} of {lfw.photos}"
        f" | {lfw.accuracy.mean:.4f} | {lfw.accuracy.error:.4f} |"
    )
    return 0 if lfw.accuracy.mean >= REQUIRED else 1


if __name__ == "__main__":
    raise SystemExit(main())
