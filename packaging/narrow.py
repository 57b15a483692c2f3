"""Leave one variant of a model pack: `narrow.py PACK VARIANT`. Needs Python alone.

The model's name, under which people are enrolled, is that of the variant; it stays.
"""

import json
import sys
from pathlib import Path


def _main(folder: Path, variant: str) -> None:
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text())
    kept = manifest["files"][variant]
    for other in manifest["files"].values():
        if other != kept:
            (folder / other["file"]).unlink()
    manifest["files"] = {variant: kept}
    answers = manifest.get("answers", {})
    manifest["answers"] = {known: answers[known] for known in answers if known == variant}
    file.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
