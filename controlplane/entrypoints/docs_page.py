"""The API's own pages: its description with errors as they are, and a page to try it, all served by us."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from controlplane.platform.problem import PROBLEM_TYPE
from controlplane.platform.security_headers import page_policy

_ASSETS = Path(fastapi_offline.__file__).parent / "static"  # Swagger UI itself, so that no page asks a CDN
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document.",
    "required": ["type", "title", "status", "detail", "slug", "hint"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "The kind of error, the same words every time."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong this time."},
        "slug": {"type": "string", "description": "The kind of error for programs."},
        "hint": {"type": "string", "description": "What to do about it."},
        "errors": {
            "type": "array",
            "description": "With status 422: the fields that are wrong.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def install_docs(app: FastAPI) -> None:
    """Serves ``/openapi.json`` and ``/docs``."""
    app.mount("/docs/assets", StaticFiles(directory=_ASSETS), name="docs-assets")

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Call Commander API",
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/docs/assets/favicon.png",
            swagger_ui_parameters={"docExpansion": "none", "filter": True, "persistAuthorization": False},
        )
        _, _, rest = bytes(page.body).partition(b"<script>")
        script_hash = base64.b64encode(hashlib.sha256(rest.partition(b"</script>")[0]).digest()).decode()
        page.headers["Content-Security-Policy"] = page_policy(script_hash)
        return page

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(
                get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign] # FastAPI's documented way to change the description


def _with_problems(schema: dict[str, Any]) -> dict[str, Any]:
    """Every operation under ``/api`` names our problem document as its error, in place of FastAPI's own shape."""
    components = schema["components"]["schemas"]
    components.pop("HTTPValidationError", None)
    components.pop("ValidationError", None)
    components["Problem"] = _PROBLEM
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/"):
                operation["responses"].pop("422", None)
                operation["responses"]["4XX"] = {"description": "It can't be done; says why.", "content": content}
    return schema
