#!/bin/sh
# Have the locked uv in var/lock, and say where its command is. Run from the top of the repository.
set -eu
tool=var/lock
if ! cmp -s requirements/uv.txt "$tool/uv.txt"; then
    rm -rf "$tool"
    "${PYTHON:-python3}" -m venv "$tool"
    "$tool/bin/pip" install --quiet --disable-pip-version-check \
        --require-hashes --requirement requirements/uv.txt
    cp requirements/uv.txt "$tool/"
fi
echo "$tool/bin/uv"
