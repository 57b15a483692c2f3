"""The readers of `bench.fuzz_gallery`, led by coverage (`pip install atheris`).

The first byte of an input says who reads the rest. Takes libFuzzer's options: `-runs=200000`.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["faceidd.gallery"]):
    from bench.fuzz_gallery import LEFT, MEMORY, readers, tried


def main() -> None:
    """Go on until as many inputs were tried as an option says, or one fails."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        every = list(readers(Path(folder)).values())
        for turn, (content, _) in enumerate(every):
            (corpus / str(turn)).write_bytes(bytes([turn]) + content)

        def one(content: bytes) -> None:
            if content:
                tried(every[content[0] % len(every)][1], content[1:])

        limits = ["-max_len=8192", f"-malloc_limit_mb={LEFT >> 20}", *sys.argv[1:]]
        atheris.Setup([sys.argv[0], *limits, str(corpus)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
