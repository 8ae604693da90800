"""`python -m collector.receive`."""

from __future__ import annotations

import sys

from collector.receive.worker import main

main(sys.argv[1:])
