"""Serves the web UI that ``make web`` has built: one page for all its addresses, and its files, ready compressed."""

import secrets
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from controlplane.platform.security_headers import web_policy
from controlplane.platform.settings import Settings, wss_host

DIST = Path(__file__).resolve().parents[1] / "web_dist"
_NONCE = "__CSP_NONCE__"
_NOT_PAGES = ("api", "node", "docs", "webhooks", "healthz", "readyz", "metrics", "openapi.json", "assets", "dni.js")


def install_web(app: FastAPI, settings: Settings, dist: Path = DIST) -> None:
    """Serves the web UI under every path that nothing else answers; call it last.

    Without a build ``/`` leads to the API's description.
    """
    page = dist / "index.html"

    @app.api_route("/assets/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    def asset(name: str, request: Request) -> Response:
        """A file whose name holds a hash of its content: it may be kept for ever."""
        return _file(dist / "assets" / name, request, "public, max-age=31536000, immutable")

    @app.api_route("/favicon.svg", methods=["GET", "HEAD"], include_in_schema=False)
    def icon(request: Request) -> Response:
        """The picture on the browser's tab."""
        return _file(dist / "favicon.svg", request, "public, max-age=86400")

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def any_page(path: str, request: Request) -> Response:
        """The page's own router looks what the path means."""
        if path.partition("/")[0] in _NOT_PAGES:
            raise HTTPException(404)
        if not page.exists():
            if path:
                raise HTTPException(404)
            return RedirectResponse("/docs")
        nonce = secrets.token_urlsafe(16)
        answer = HTMLResponse(page.read_text().replace(_NONCE, nonce))
        socket = f"wss://{wss_host(settings, request.url.hostname or '')}:{settings.wss_port}"
        answer.headers["Content-Security-Policy"] = web_policy(nonce, socket)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def _file(path: Path, request: Request, keep: str) -> Response:
    if not path.is_file():
        raise HTTPException(404)
    headers = {"Cache-Control": keep, "Vary": "Accept-Encoding"}
    packed = path.with_name(f"{path.name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and packed.exists():
        kind = FileResponse(path).media_type
        return FileResponse(packed, media_type=kind, headers=headers | {"Content-Encoding": "gzip"})
    return FileResponse(path, headers=headers)
