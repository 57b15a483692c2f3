#!/bin/sh
# Make .venv from the locked requirements. Run from the top of the repository.
set -eu
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || {
    echo "faceidd needs Python 3.11, 3.12 or 3.13; $python is $("$python" -V 2>&1)." \
        "Name another: make PYTHON=python3.12 ..." >&2
    exit 1
}

# Debian keeps what `venv` needs in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "python3-venv is missing; installing it" >&2
    if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi
    $as_root apt-get update -q
    $as_root apt-get install -q -y --no-install-recommends python3-venv
fi

rm -rf .venv
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes --requirement requirements/dev.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --no-deps --no-build-isolation --editable .
