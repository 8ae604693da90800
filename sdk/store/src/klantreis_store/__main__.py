"""`python -m klantreis_store`: the same as `klantreis-store`."""

import sys

from klantreis_store.cli import main

sys.exit(main())
