"""The WebSocket ``/api/v1/events``."""

import asyncio
import contextlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from controlplane.identity.door import principal_from_token
from controlplane.platform.problem import NotFound, Unauthorized
from controlplane.platform.services import Services
from controlplane.realtime.follower import Closing, Follower
from controlplane.realtime.stream import LOGGED_OUT, Stream, first_of

router = APIRouter(tags=["events"])

SUBPROTOCOL = "bearer"
CLOSE_S = 30.0
"""How long a slow listener may take to hear why it is sent away."""

GONE = Closing(1000, "")


@router.websocket("/events")
async def events(
    socket: WebSocket,
    after: Annotated[int | None, Query(ge=0, le=2**63 - 1, description="Go on behind this event's id.")] = None,
    organization: Annotated[
        UUID | None, Query(description="Another organisation than one's own; installation admins only.")
    ] = None,
) -> None:
    """A snapshot of the live calls and then every event that the listener may see, or with ``after`` the events alone.

    The access token or API key comes in the header ``Authorization: Bearer``, or from a browser as the second of two
    subprotocols: ``new WebSocket(url, ["bearer", token])``. Never in the URL, which is logged on its way.

    Closed with 4401 when the login is missing or no longer holds, 4404 when ``after`` is unknown, 4408 when the
    listener is too slow, 1012 when the server stops; each time one may come back with ``after``.
    """
    services: Services = socket.app.state.services
    follower: Follower = socket.app.state.follower
    token, subprotocol = _token(socket)
    ip = socket.client.host if socket.client else None
    try:
        principal = await principal_from_token(services, token, ip, organization)
    except (Unauthorized, NotFound):
        await socket.accept(subprotocol)  # a browser learns the reason only from a socket that was open
        await socket.close(LOGGED_OUT.code, LOGGED_OUT.reason)
        return
    await socket.accept(subprotocol)
    stream = Stream(services, follower, principal, socket.send_text)
    with contextlib.suppress(WebSocketDisconnect, TimeoutError):
        closing = await first_of(stream.run(after), stream.keep_login(token, ip, organization), _until_gone(socket))
        if closing is not GONE:
            async with asyncio.timeout(CLOSE_S):
                await socket.close(closing.code, closing.reason)


def _token(socket: WebSocket) -> tuple[str, str | None]:
    """The token, and the subprotocol to agree to if it came that way."""
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip(), None
    match socket.scope.get("subprotocols", []):
        case [first, token] if first == SUBPROTOCOL:
            return token, SUBPROTOCOL
    return "", None


async def _until_gone(socket: WebSocket) -> Closing:
    """Returns when the listener hangs up. What it says is not listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    return GONE
