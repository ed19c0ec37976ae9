"""Refuses bodies that are bigger than any honest one, before they fill the memory.

FastAPI reads a JSON body before it looks who sends it, so the limit is by path: what the request says of its own
content is the sender's word. FastAPI's own ``max_body_size`` answers in plain text; every error of ours is a problem
document.
"""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controlplane.platform.problem import TooLarge

JSON_LIMIT = 1_000_000
"""Bytes of a body that is read whole."""


class BodyLimit:
    """ASGI middleware: at most 1 MB, but for paths whose routes count for themselves.

    Args:
        app: What it guards.
        uploads: Regular expression of the paths whose routes read the body themselves, after they know the sender.
    """

    def __init__(self, app: ASGIApp, uploads: str) -> None:
        self._app = app
        self._uploads = re.compile(uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, counting its bytes as they are read."""
        if scope["type"] == "http" and not self._uploads.fullmatch(scope["path"]):
            receive = _counted(receive)
        await self._app(scope, receive, send)


def _counted(receive: Receive) -> Receive:
    size = 0

    async def counting() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > JSON_LIMIT:
            raise HTTPException(413, "The body is larger than 1 MB.")
        return message

    return counting


async def read_body(request: Request, limit: int) -> bytes:
    """A file that is sent as the body of an import, for routes that count for themselves. ``limit``: bytes.

    Raises:
        TooLarge: It is longer.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise TooLarge(f"The import is larger than {limit // 1_000_000} MB.", hint="Import it in parts.")
    return bytes(content)
