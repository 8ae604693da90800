"""Runs a notebook and writes it with its output: `python -m tests.analysts.execute FROM TO`, where it is to run.

A process of its own, since what speaks with the kernel leaves sockets open, which the tests take for an error.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  # makes its cache, of which it would complain in the kernel
import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

CELL_S = 120


def main(source: Path, target: Path) -> None:
    """Run it by nbclient; a warning in a cell is an error."""
    notebook = nbformat.read(source, as_version=4)
    notebook.cells.insert(0, new_code_cell("import warnings\n\nwarnings.simplefilter('error')"))
    notebook.cells.append(new_code_cell("warnings.simplefilter('default')"))  # how the kernel ends is not ours
    # By sockets in the file system: nothing of the run is on a port.
    kernel = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=str(target.with_suffix(".kernel")))
    NotebookClient(notebook, km=kernel, timeout=CELL_S, startup_timeout=CELL_S, iopub_timeout=CELL_S).execute()
    nbformat.write(notebook, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
