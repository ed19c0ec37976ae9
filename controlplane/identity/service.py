"""Use cases on organisations, locations and roles."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from controlplane.identity import repository
from controlplane.identity.access import rights_of_role
from controlplane.identity.audit import audit
from controlplane.identity.matching import require_match
from controlplane.identity.models import Location, Organization, Role
from controlplane.identity.rights import BUILT_IN, Rights, expanded, require_no_more
from controlplane.identity.schemas import (
    LocationPatch,
    LocationRead,
    LocationWrite,
    OrganizationRead,
    OrganizationWrite,
    RolePatch,
    RoleRead,
    RoleWrite,
)
from controlplane.kit.ids import new_id
from controlplane.platform.auth import Principal
from controlplane.platform.etag import content_etag
from controlplane.platform.problem import Conflict, Forbidden, Invalid, NotFound
from controlplane.platform.uow import UnitOfWork


async def store(uow: UnitOfWork, clash: str) -> None:
    """Sends the changes to the database.

    Raises:
        Conflict: A unique name is taken, or something still points here; ``clash`` says which.
    """
    try:
        await uow.session.flush()
    except IntegrityError as err:
        raise Conflict(clash) from err


async def remove(uow: UnitOfWork, row: object, clash: str) -> None:
    """Deletes a row.

    Raises:
        Conflict: Something still points to it.
    """
    await uow.session.delete(row)
    await store(uow, clash)


def _organization(row: Organization) -> dict[str, Any]:
    return OrganizationRead.model_validate(row).model_dump(mode="json")


def organization_tag(row: Organization) -> str:
    """Its ETag."""
    return content_etag(OrganizationRead.model_validate(row))


async def get_organization(
    uow: UnitOfWork, principal: Principal, org_id: UUID, *, for_change: bool = False
) -> Organization:
    """One's own organisation, or any for installation admins.

    Raises:
        NotFound: Not there, or not for this principal to know.
    """
    found = None
    if org_id == principal.org_id or principal.installation_admin:
        found = await repository.find_organization(uow.session, org_id, for_change=for_change)
    if found is None:
        raise NotFound("There is no such organisation.")
    return found


async def create_organization(uow: UnitOfWork, principal: Principal, wanted: OrganizationWrite) -> Organization:
    """Makes an organisation; its first admin is then made with the ``X-Organization`` header."""
    row = Organization(name=wanted.name)
    uow.session.add(row)
    await store(uow, "There is an organisation of this name already.")
    await uow.session.refresh(row)
    await audit(uow, principal, action="organization.create", kind="organization", object_id=row.id, name=row.name,
                after=_organization(row))  # fmt: skip
    return row


async def rename_organization(
    uow: UnitOfWork, principal: Principal, org_id: UUID, wanted: OrganizationWrite, if_match: str | None = None
) -> Organization:
    """Gives an organisation another name."""
    row = await get_organization(uow, principal, org_id, for_change=True)
    await require_match(uow, if_match, organization_tag(row), kind="organization", object_id=org_id)
    before = _organization(row)
    row.name = wanted.name
    await store(uow, "There is an organisation of this name already.")
    await uow.session.refresh(row)
    await audit(uow, principal, action="organization.update", kind="organization", object_id=row.id, name=row.name,
                before=before, after=_organization(row))  # fmt: skip
    return row


async def delete_organization(uow: UnitOfWork, principal: Principal, org_id: UUID, if_match: str | None = None) -> None:
    """Removes an empty organisation."""
    row = await get_organization(uow, principal, org_id, for_change=True)
    await require_match(uow, if_match, organization_tag(row), kind="organization", object_id=org_id)
    await remove(uow, row, "This organisation still has locations, users or other things; delete those first.")
    await audit(uow, principal, action="organization.delete", kind="organization", object_id=org_id, name=row.name,
                before=_organization(row))  # fmt: skip


def _location(row: Location) -> dict[str, Any]:
    return LocationRead.model_validate(row).model_dump(mode="json")


def location_tag(row: Location) -> str:
    """Its ETag."""
    return content_etag(LocationRead.model_validate(row))


def _require_everywhere(principal: Principal) -> None:
    if principal.location_ids is not None:
        raise Forbidden("Only somebody with rights in the whole organisation can make locations.")


async def get_location(
    uow: UnitOfWork, principal: Principal, location_id: UUID, *, for_change: bool = False
) -> Location:
    """One of the principal's locations.

    Raises:
        NotFound: Not there, or not for this principal to know.
    """
    row = await repository.find_location(uow.session, principal, location_id, for_change=for_change)
    if row is None:
        raise NotFound("There is no such location.")
    return row


async def create_location(
    uow: UnitOfWork, principal: Principal, wanted: LocationWrite, location_id: UUID | None = None
) -> Location:
    """Makes a location, with an id of its own or with a given one that is free."""
    _require_everywhere(principal)
    row = Location(id=location_id or new_id(), org_id=principal.org_id, **wanted.model_dump(mode="json"))
    uow.session.add(row)
    await store(uow, "There is a location of this name already.")
    await uow.session.refresh(row)
    await audit(uow, principal, action="location.create", kind="location", object_id=row.id, name=row.name,
                after=_location(row), location_id=row.id)  # fmt: skip
    return row


async def change_location(
    uow: UnitOfWork, principal: Principal, location_id: UUID, patch: LocationPatch, if_match: str | None = None
) -> Location:
    """Changes a location; its phones follow with the next release.

    Raises:
        Stale: Changed by somebody else since it was read.
    """
    row = await get_location(uow, principal, location_id, for_change=True)
    await require_match(uow, if_match, location_tag(row), kind="location", object_id=location_id)
    before = _location(row)
    for name, value in patch.model_dump(mode="json", exclude_none=True).items():
        setattr(row, name, value)
    await store(uow, "There is a location of this name already.")
    await uow.session.refresh(row)
    await audit(uow, principal, action="location.update", kind="location", object_id=row.id, name=row.name,
                before=before, after=_location(row), location_id=row.id)  # fmt: skip
    return row


async def delete_location(
    uow: UnitOfWork, principal: Principal, location_id: UUID, if_match: str | None = None
) -> None:
    """Removes a location nothing belongs to any more.

    Raises:
        Stale: Changed by somebody else since it was read.
    """
    _require_everywhere(principal)
    row = await get_location(uow, principal, location_id, for_change=True)
    await require_match(uow, if_match, location_tag(row), kind="location", object_id=location_id)
    in_use = "This location still has users, keys or phone system objects; move or delete those first."
    if await repository.location_in_use(uow.session, location_id):
        raise Conflict(in_use)
    await remove(uow, row, in_use)
    await audit(uow, principal, action="location.delete", kind="location", object_id=location_id, name=row.name,
                before=_location(row), location_id=location_id)  # fmt: skip


def role_read(row: Role) -> RoleRead:
    """A role of the organisation's own."""
    return RoleRead.model_validate(row)


async def all_roles(uow: UnitOfWork, principal: Principal) -> list[RoleRead]:
    """The built-in roles, then the organisation's own."""
    built_in = [
        RoleRead(
            id=None, name=name, scopes=sorted(expanded(rights.scopes)), all_locations=rights.all_locations,
            own_only=rights.own_only,
        )
        for name, rights in BUILT_IN.items()
    ]  # fmt: skip
    return built_in + [role_read(row) for row in await repository.own_roles(uow.session, principal.org_id)]


async def get_role(uow: UnitOfWork, principal: Principal, role_id: UUID, *, for_change: bool = False) -> Role:
    """A role of the organisation's own.

    Raises:
        NotFound: Not there.
    """
    row = await repository.find_role(uow.session, principal, role_id, for_change=for_change)
    if row is None:
        raise NotFound("There is no such role.")
    return row


def _check_role(principal: Principal, name: str | None, rights: Rights) -> None:
    if name in BUILT_IN:
        raise Invalid.field("name", "this is a built-in role; choose another name")
    require_no_more(principal, rights, ())


async def create_role(uow: UnitOfWork, principal: Principal, wanted: RoleWrite) -> Role:
    """Makes a role, with no more rights than its maker has."""
    row = Role(org_id=principal.org_id, **wanted.model_dump())
    _check_role(principal, wanted.name, rights_of_role(row))
    uow.session.add(row)
    await store(uow, "There is a role of this name already.")
    await audit(uow, principal, action="role.create", kind="role", object_id=row.id, name=row.name,
                after=role_read(row).model_dump(mode="json"))  # fmt: skip
    return row


async def change_role(
    uow: UnitOfWork, principal: Principal, role_id: UUID, patch: RolePatch, if_match: str | None = None
) -> Role:
    """Changes a role, at once for everybody who has it.

    Raises:
        Stale: Changed by somebody else since it was read.
    """
    row = await get_role(uow, principal, role_id, for_change=True)
    await require_match(uow, if_match, content_etag(role_read(row)), kind="role", object_id=role_id)
    require_no_more(principal, rights_of_role(row), ())
    before = role_read(row).model_dump(mode="json")
    for name, value in patch.changes().items():
        setattr(row, name, value)
    _check_role(principal, patch.name, rights_of_role(row))
    await store(uow, "There is a role of this name already.")
    await audit(uow, principal, action="role.update", kind="role", object_id=row.id, name=row.name,
                before=before, after=role_read(row).model_dump(mode="json"))  # fmt: skip
    return row


async def delete_role(uow: UnitOfWork, principal: Principal, role_id: UUID, if_match: str | None = None) -> None:
    """Removes a role nobody has.

    Raises:
        Stale: Changed by somebody else since it was read.
    """
    row = await get_role(uow, principal, role_id, for_change=True)
    await require_match(uow, if_match, content_etag(role_read(row)), kind="role", object_id=role_id)
    require_no_more(principal, rights_of_role(row), ())
    before = role_read(row).model_dump(mode="json")
    await remove(uow, row, "Some users still have this role; give them another one first.")
    await audit(uow, principal, action="role.delete", kind="role", object_id=role_id, name=before["name"],
                before=before)  # fmt: skip
