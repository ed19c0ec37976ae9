"""The refresh token of the web UI: in a cookie that its scripts can't read, sent back to the login paths alone."""

from typing import Annotated

from fastapi import Cookie, Request, Response

from controlplane.identity.access import REFRESH_LIFE
from controlplane.identity.schemas import Tokens

NAME = "cp_refresh"
_PATH = "/api/v1/auth"

RefreshCookie = Annotated[str | None, Cookie(alias=NAME, max_length=200, include_in_schema=False)]


def into_cookie(request: Request, response: Response, tokens: Tokens) -> Tokens:
    """Moves the refresh token from the answer into the cookie.

    Other sites can't make a browser send it (``SameSite=Strict``), so no other guard against forged requests is
    needed. Over plain http, as in a shop's own network, it can't be ``Secure``.
    """
    response.set_cookie(
        NAME,
        tokens.refresh_token or "",
        max_age=int(REFRESH_LIFE.total_seconds()),
        path=_PATH,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return tokens.model_copy(update={"refresh_token": None})


def forget_cookie(response: Response) -> None:
    """Takes the cookie back."""
    response.delete_cookie(NAME, path=_PATH, httponly=True, samesite="strict")
