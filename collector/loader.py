"""Moves the spool into the warehouse: `python -m collector.loader`.

The whole way, as it is walked by `Loader.step`::

    read a range of the spool  →  compose its rows (enrich what is distinct)  →  name the range on disk
        →  one INSERT … SELECT with the compiled rules, synced  →  acknowledge the range on disk  →  delete whole segments

A crash anywhere repeats the named range; rows are keyed by what the sender fixed, so repeating replaces them. While
ClickHouse is away nothing is given up: the range waits, the spool grows, receivers go on answering 202.
"""
