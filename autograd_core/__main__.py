"""`python -m autograd_core`."""

import sys

from autograd_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
