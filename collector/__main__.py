"""`python -m collector` is `klantreis`."""

from collector.cli import main

main()
