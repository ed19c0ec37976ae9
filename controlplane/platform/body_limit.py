"""Refuses bodies that are bigger than any honest one, before they fill the memory.

FastAPI's own ``max_body_size`` answers in plain text; every error of ours is a problem document.
"""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_LIMIT = 1_000_000
"""Bytes of a body to the API that isn't an upload."""
_UPLOADS = (b"audio/", b"application/octet-stream", b"multipart/form-data")  # their routes count for themselves


class BodyLimit:
    """ASGI middleware: at most 1 MB for what the API reads whole. Nodes' batches have their own paths and limits."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, counting its bytes as they are read."""
        if scope["type"] == "http" and scope["path"].startswith("/api/") and not _is_upload(scope):
            receive = _counted(receive)
        await self._app(scope, receive, send)


def _is_upload(scope: Scope) -> bool:
    content_type: bytes = dict(scope["headers"]).get(b"content-type", b"")
    return content_type.lower().startswith(_UPLOADS)


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
