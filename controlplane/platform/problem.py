"""Errors people can act on, as RFC 9457 problem documents.

ControlPlaneError
├── Invalid (422)        the request can't work; ``errors`` names the fields
├── Unauthorized (401)   not logged in
├── Forbidden (403)      logged in, not allowed
├── NotFound (404)       not there, or not for you to know
├── Conflict (409)       clashes with what is there
├── Stale (412)          somebody changed it since you read it
├── TooLarge (413)       the body is too big
├── PreconditionRequired (428)  this installation wants to know what you read
├── TooMany (429)        slow down
└── Unavailable (503)    something we depend on is away
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FieldError:
    """One field of the request that is wrong. ``field`` is a dotted path such as ``members.0.penalty``."""

    field: str
    message: str


class ControlPlaneError(Exception):
    """An expected error: says what is wrong and what to do."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    slug: str = "error"

    def __init__(
        self, detail: str, *, slug: str | None = None, hint: str = "", errors: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.slug = slug or type(self).slug
        self.hint = hint
        self.errors = list(errors)

    def document(self) -> dict[str, Any]:
        """The JSON body."""
        body: dict[str, Any] = {
            "type": f"urn:call-commander:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "slug": self.slug,
            "hint": self.hint,
        }
        if self.errors or self.status == 422:
            body["errors"] = [{"field": e.field, "message": e.message} for e in self.errors]
        return body

    def headers(self) -> dict[str, str]:
        """Extra response headers."""
        return {}


class Invalid(ControlPlaneError):
    """The request can't work as it is."""

    status, title, slug = 422, "Please check the request", "invalid"

    @classmethod
    def field(cls, field: str, message: str, *, hint: str = "") -> "Invalid":
        """An error about one field."""
        return cls(f"{field}: {message}", hint=hint, errors=[FieldError(field, message)])

    @classmethod
    def fields(cls, errors: Sequence[FieldError]) -> "Invalid":
        """Errors about several fields; the first three are in the detail too."""
        detail = "; ".join(f"{one.field}: {one.message}" for one in errors[:3])
        return cls(detail, hint="Correct the fields named in errors and send it again.", errors=errors)


class Unauthorized(ControlPlaneError):
    """Not logged in, or the token is no longer good."""

    status, title, slug = 401, "Please log in", "unauthorized"

    def headers(self) -> dict[str, str]:
        """Tells the client which scheme to use."""
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(ControlPlaneError):
    """Logged in, but this is not allowed."""

    status, title, slug = 403, "Not allowed", "forbidden"


class NotFound(ControlPlaneError):
    """Not there, or in a place this user may not know of."""

    status, title, slug = 404, "Not found", "not-found"


class Conflict(ControlPlaneError):
    """Clashes with what is there."""

    status, title, slug = 409, "Conflict", "conflict"


class Stale(ControlPlaneError):
    """``If-Match`` names an older version."""

    status, title, slug = 412, "Changed by somebody else", "stale"


class PreconditionRequired(ControlPlaneError):
    """``If-Match`` is missing where the operator asks for it."""

    status, title, slug = 428, "If-Match is missing", "if-match-required"


class TooMany(ControlPlaneError):
    """Too many requests."""

    status, title, slug = 429, "Too many requests", "too-many-requests"

    def __init__(self, detail: str, *, retry_after_s: int, hint: str = "") -> None:
        super().__init__(detail, hint=hint)
        self.retry_after_s = retry_after_s

    def headers(self) -> dict[str, str]:
        """When to try again, in seconds."""
        return {"Retry-After": str(self.retry_after_s)}


class TooLarge(ControlPlaneError):
    """The body is bigger than anything this resource takes."""

    status, title, slug = 413, "Too large", "too-large"


class Unavailable(ControlPlaneError):
    """Something this request needs is away."""

    status, title, slug = 503, "Not available now", "unavailable"


PROBLEM_TYPE = "application/problem+json"


def _answer(error: ControlPlaneError) -> JSONResponse:
    return JSONResponse(error.document(), error.status, error.headers(), media_type=PROBLEM_TYPE)


def _field_path(location: Sequence[int | str]) -> str:
    parts = [str(part) for part in location]
    if parts and parts[0] in {"body", "query", "path", "header"}:
        parts = parts[1:]
    return ".".join(parts) or "body"


PLAIN_WORDS = {
    "missing": "is required",
    "extra_forbidden": "is not a field here; look for a spelling mistake",
    "uuid_parsing": "is not an id (a UUID)",
    "uuid_type": "is not an id (a UUID)",
    "json_invalid": "the body is not JSON",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
    "string_pattern_mismatch": "must look like {pattern}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}
"""pydantic's error types in words for people; what is not here keeps pydantic's own."""


def field_errors(found: Sequence[Any]) -> list[FieldError]:
    """Pydantic's errors as field errors."""
    return [FieldError(_field_path(item["loc"]), _in_plain_words(item)) for item in found]


def _in_plain_words(item: Mapping[str, Any]) -> str:
    words = PLAIN_WORDS.get(item["type"])
    if words is not None:
        return words.format(**item.get("ctx", {}))
    return str(item["msg"]).removeprefix("Value error, ")


def install_problem_handlers(app: FastAPI) -> None:
    """Every error of the API leaves as a problem document; unexpected ones say nothing of the inside."""

    @app.exception_handler(ControlPlaneError)
    async def _expected(_: Request, error: ControlPlaneError) -> JSONResponse:
        return _answer(error)

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> JSONResponse:
        return _answer(Invalid.fields(field_errors(error.errors())))

    @app.exception_handler(HTTPException)
    async def _plain(_: Request, error: HTTPException) -> JSONResponse:
        kind: dict[int, type[ControlPlaneError]] = {
            401: Unauthorized, 403: Forbidden, 404: NotFound, 413: TooLarge,
        }  # fmt: skip
        if error.status_code in kind:
            return _answer(kind[error.status_code](str(error.detail)))
        body = {
            "type": "about:blank", "title": str(error.detail), "status": error.status_code, "detail": str(error.detail),
            "slug": f"http-{error.status_code}", "hint": "",
        }  # fmt: skip
        return JSONResponse(body, error.status_code, error.headers, media_type=PROBLEM_TYPE)

    @app.exception_handler(ClientDisconnect)
    async def _gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=400)  # nobody reads it: the client went away in the middle of its body

    @app.exception_handler(OperationalError)
    @app.exception_handler(InterfaceError)
    async def _database_away(request: Request, error: DBAPIError) -> JSONResponse:
        log.warning("the database is away", path=request.url.path, error=str(error.orig))
        return _answer(Unavailable("The database is not available at this moment.", hint="Ask again in a moment."))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", path=request.url.path, exc_info=error)
        return _answer(ControlPlaneError("The server failed on this request; nothing was changed.", slug="internal"))
