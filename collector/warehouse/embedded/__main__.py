"""`python -m collector.warehouse.embedded`: run the embedded ClickHouse, with settings from the environment."""

from collector.warehouse.embedded.process import main

if __name__ == "__main__":
    raise SystemExit(main())
