"""`python -m server.cli`: for those who have no console script."""

import sys

from server.cli import main

sys.exit(main())
