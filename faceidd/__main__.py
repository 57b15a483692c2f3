"""`python -m faceidd` is the `faceidd` command."""

import sys

from faceidd.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
