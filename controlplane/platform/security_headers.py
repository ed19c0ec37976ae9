"""What browsers are told about every answer: don't guess, don't frame, don't tell others where you came from."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ONE_YEAR = "max-age=31536000"


def page_policy(script_hash: str) -> str:
    """The policy of a page with one script of its own in it, named by its SHA-256 in base64."""
    return f"{_PAGE_POLICY}; script-src 'self' 'sha256-{script_hash}'"


def web_policy(nonce: str, sip_socket: str) -> str:
    """The web UI's policy: its own scripts alone, styles by this answer's nonce, SIP to Asterisk's socket.

    Args:
        nonce: Fresh for each answer; the page hands it to the library that writes its styles.
        sip_socket: Where browser phones connect, such as ``wss://pbx.example.com:8089``.
    """
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
        f"media-src 'self' blob:; connect-src 'self' {sip_socket}; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


class SecurityHeaders:
    """ASGI middleware: sets the headers where a route has not set its own.

    ``Strict-Transport-Security`` goes out over https alone: over http browsers must not heed it (RFC 6797, 8.1).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), https=scope.get("scheme") == "https")
            await send(message)

        await self._app(scope, receive, with_headers)


def _add(headers: MutableHeaders, *, https: bool) -> None:
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    is_page = headers.get("content-type", "").startswith("text/html")
    headers.setdefault("Content-Security-Policy", _PAGE_POLICY if is_page else _DATA_POLICY)
    if https:
        headers.setdefault("Strict-Transport-Security", _ONE_YEAR)
