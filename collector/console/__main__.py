"""The process of the operations and console port: `python -m collector.console`."""

from __future__ import annotations

import socket
import sys

import uvicorn

from collector import lifeline, logs, settings
from collector.console.app import app


def main() -> None:
    """Serve until SIGTERM."""
    chosen = settings.load({})
    logs.configure_role("console", chosen.log_level, chosen.log_format)
    lifeline.follow_parent()
    config = uvicorn.Config(
        app(chosen),
        host=chosen.console_host,
        port=chosen.console_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(chosen.stop_timeout_s),
    )
    sockets = [socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))] if "--fd" in sys.argv else None
    uvicorn.Server(config).run(sockets)


main()
