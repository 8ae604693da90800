"""What the receiver is measured against: a Starlette application that reads the body and answers 202.

Served as the receiver is (collector/receive/worker.py): uvicorn on uvloop and httptools, one process, no access log, a
listening socket that is handed over. It parses, checks and keeps nothing. `python -m loadtest.bare --fd N`.
"""

from __future__ import annotations

import gc
import socket
import sys

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector import lifeline

ANSWER = b'{"accepted":1,"rejected":[]}'


async def touchpoints(request: Request) -> Response:
    """Takes the body in and forgets it."""
    await request.body()
    return Response(ANSWER, 202, media_type="application/json")


app = Starlette(routes=[Route("/v1/touchpoints", touchpoints, methods=["POST"])])


def main() -> None:
    """Serve the socket whose descriptor `--fd` names until SIGTERM."""
    lifeline.follow_parent()
    listening = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        proxy_headers=False,
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=4096,
        timeout_keep_alive=16,
    )
    gc.freeze()
    uvloop.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    main()
