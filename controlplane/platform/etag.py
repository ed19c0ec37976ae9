"""Optimistic locking over HTTP: ``ETag`` out, ``If-Match`` in."""

from typing import Annotated

from fastapi import Depends, Header

from controlplane.platform.problem import Stale


def etag(version: int) -> str:
    """The ETag of a row's version."""
    return f'"{version}"'


def check_if_match(if_match: str | None, version: int) -> None:
    """Refuses an edit made on an older version. Without the header the edit is allowed.

    Raises:
        Stale: The row has moved on.
    """
    if if_match is None or if_match.strip() == "*":
        return
    offered = {part.strip().removeprefix("W/") for part in if_match.split(",")}
    if etag(version) not in offered:
        raise Stale("Somebody changed this since you read it.", hint="Read it again, then repeat your change.")


def _if_match(if_match: Annotated[str | None, Header(max_length=200)] = None) -> str | None:
    return if_match


IfMatch = Annotated[str | None, Depends(_if_match)]
