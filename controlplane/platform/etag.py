"""Optimistic locking over HTTP: ``ETag`` out, ``If-Match`` in."""

from hashlib import blake2b
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Response
from pydantic import BaseModel

from controlplane.platform.problem import PreconditionRequired
from controlplane.platform.services import ServicesDep

Shown = TypeVar("Shown", bound=BaseModel)


def etag(version: int) -> str:
    """The ETag of a row's version."""
    return f'"{version}"'


_BY_ITSELF = {"updated_at", "last_login_at", "last_used_at"}
"""Fields that change though nobody edits anything."""


def content_etag(shown: BaseModel) -> str:
    """The ETag of something that counts no versions: of what people see of it."""
    content = shown.model_dump_json(exclude=_BY_ITSELF).encode()
    return f'"{blake2b(content, digest_size=12).hexdigest()}"'


def tagged(response: Response, shown: Shown) -> Shown:
    """What is shown, with its ETag for ``If-Match``."""
    response.headers["ETag"] = content_etag(shown)
    return shown


def matches(if_match: str | None, tag: str) -> bool:
    """Whether an edit was made on what is there now. Without the header it was made on anything."""
    if if_match is None or if_match.strip() == "*":
        return True
    return tag in {part.strip().removeprefix("W/") for part in if_match.split(",")}


def _if_match(
    services: ServicesDep,
    if_match: Annotated[
        str | None, Header(max_length=200, description="`ETag` of what the change was made on; another one is refused.")
    ] = None,
) -> str | None:
    if if_match is None and services.settings.require_if_match:
        raise PreconditionRequired(
            "This installation takes changes only with the header If-Match.",
            hint="Read it first, and send the ETag of that answer as If-Match.",
        )
    return if_match


IfMatch = Annotated[str | None, Depends(_if_match)]
