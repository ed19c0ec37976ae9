"""What an empty installation begins with: one organisation, one location, one admin."""

import os
import secrets
from pathlib import Path
from zoneinfo import available_timezones

import structlog

from controlplane.identity import repository
from controlplane.identity.audit import audit, system_principal
from controlplane.identity.models import Location, Organization, User
from controlplane.identity.schemas import FirstAdmin
from controlplane.platform.auth import hash_password
from controlplane.platform.services import Services

log = structlog.get_logger(__name__)
ORGANIZATION = "My organisation"
LOCATION = "Main"


def machine_timezone(localtime: Path = Path("/etc/localtime"), tz: str | None = None) -> str:
    """The machine's own time zone as an IANA name, from ``TZ`` or the link at /etc/localtime; else UTC."""
    wished = os.environ.get("TZ", "") if tz is None else tz
    linked = str(localtime.resolve()).rpartition("/zoneinfo/")[2]
    for name in (wished.removeprefix(":"), linked):
        if name in available_timezones():
            return name
    return "UTC"


async def ensure_first_admin(services: Services) -> FirstAdmin | None:
    """Makes organisation, location and admin when nobody can log in yet; else does nothing and returns None."""
    settings = services.settings
    async with services.uow() as uow:
        if await repository.any_user(uow.session):
            return None
        made_up = None if settings.admin_password else secrets.token_urlsafe(12)
        password = settings.admin_password.get_secret_value() if settings.admin_password else str(made_up)
        organization = Organization(name=ORGANIZATION)
        uow.session.add(organization)
        await uow.session.flush()
        uow.session.add(
            Location(
                org_id=organization.id, name=LOCATION, timezone=machine_timezone(), address={},
                node=settings.node_name,
            )
        )  # fmt: skip
        admin = User(
            org_id=organization.id, email=settings.admin_email.lower(), name="Admin", built_in_role="admin",
            installation_admin=True, password_hash=await hash_password(password),
        )  # fmt: skip
        uow.session.add(admin)
        await uow.session.flush()
        await audit(uow, system_principal(organization.id), action="user.create", kind="user", object_id=admin.id,
                    name=admin.email)  # fmt: skip
    log.info("made the first admin", email=admin.email)
    return FirstAdmin(admin.email, made_up)
