#!/bin/sh
# Resolve the locked requirement files from pyproject.toml. Run from the top of the repository.
#   device.txt          what a door installs
#   dev.txt             all of it: device, model building, demo, tests and linters
#   tflite-runtime.txt  a door on Python 3.11 that runs tflite-runtime instead of LiteRT
#   home-assistant.txt  a Home Assistant to try a door with, in an environment of its own
#   uv.txt              uv, with which these are resolved and packages built; `uv.in` names its version
#   ../faceidd/models/deepface.txt  what `faceidd model build deepface:NAME` installs apart
# No file names an index: where packages come from is the machine's own setting.
set -eu
uv=$(sh requirements/uv.sh)

lock() {
    "$uv" pip compile --quiet --python-version 3.11 --generate-hashes \
        --no-header --no-annotate "$@"
}
lock --universal --fork-strategy fewest pyproject.toml -o requirements/device.txt
lock --universal --fork-strategy fewest --all-extras pyproject.toml requirements/dev.in \
    -o requirements/dev.txt
lock requirements/uv.in -o requirements/uv.txt
lock requirements/tflite-runtime.in -o requirements/tflite-runtime.txt
lock requirements/home-assistant.in -o requirements/home-assistant.txt
lock --no-deps --universal --fork-strategy fewest requirements/deepface.in \
    -o faceidd/models/deepface.txt
