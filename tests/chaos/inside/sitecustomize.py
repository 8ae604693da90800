"""Python runs this at the start of a process whose PYTHONPATH names this folder, before the product's `main`.

Nothing happens unless CHAOS_FOLDER is set. An error in a `sitecustomize` is only printed by Python, and then nothing
would ever be killed: so it ends the process.
"""

import os
import sys
import traceback

if "CHAOS_FOLDER" in os.environ:
    try:
        import interposed

        interposed.install(sys.orig_argv, os.environ["CHAOS_FOLDER"])
    except BaseException:
        traceback.print_exc()
        os._exit(70)
