"""``python -m tracker``: the same program as the ``tracker`` script."""

import sys

from tracker.cli import main

if __name__ == "__main__":
    sys.exit(main())
