"""Clients of the API that are logged in."""

from uuid import UUID

import httpx2

from controlplane.identity import door
from controlplane.identity.access import Caller, open_session
from controlplane.identity.models import User
from controlplane.platform.services import Services

PASSWORD = "correct horse battery"
ADMIN_EMAIL = "admin@localhost"


class Client(httpx2.AsyncClient):
    """A logged-in client of the API."""

    user_id: UUID
    org_id: UUID
    services: Services


async def log_in(http: httpx2.AsyncClient, email: str) -> Client:
    """A client whose session is opened without spending 0.1 s on a password."""
    services: Services = http.services  # type: ignore[attr-defined]
    async with services.uow() as uow:
        user = next(user for user in await door.list_users(uow.session) if user.email == email)
        row = await uow.session.get_one(User, user.id)
        tokens = await open_session(uow, services.crypto, row, Caller("127.0.0.1", "tests"))
    client = Client(
        transport=http._transport,
        base_url="http://test/api/v1",
        headers={"Authorization": f"Bearer {tokens.access_token}"},
    )
    client.user_id, client.org_id, client.services = user.id, user.org_id, services
    return client
