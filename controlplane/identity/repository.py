"""Every query of identity."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.models import (
    ApiKey,
    AuditLine,
    Location,
    LoginSession,
    Organization,
    Role,
    User,
    UserPreferences,
)
from controlplane.identity.schemas import LocationInfo
from controlplane.platform.auth import Principal
from controlplane.platform.db import Base
from controlplane.platform.listing import ListQuery, fetch_page
from controlplane.platform.tenancy import scoped, visible

Columns = TypeVarTuple("Columns")
Paged = tuple[list[Any], str | None, int | None]
FIRST_ADMIN_LOCK = 0x43500001


def visible_locations(principal: Principal) -> ColumnElement[bool]:
    """Condition: locations of the principal."""
    condition = visible(Location, principal)
    return condition if principal.location_ids is None else condition & Location.id.in_(principal.location_ids)


def visible_users(principal: Principal) -> ColumnElement[bool]:
    """Condition: people who work at one of the principal's locations, and oneself."""
    condition = visible(User, principal)
    if principal.location_ids is None:
        return condition
    near = User.location_ids.overlap(list(principal.location_ids))
    return condition & or_(near, User.id == principal.user_id)


def _locked(statement: Select[*Columns], model: type[Base]) -> Select[*Columns]:
    """For a change: edits come one after the other, each on what is there by then."""
    return statement.with_for_update(of=model, key_share=True).execution_options(populate_existing=True)


async def find_organization(session: AsyncSession, org_id: UUID, *, for_change: bool = False) -> Organization | None:
    """An organisation."""
    statement = select(Organization).where(Organization.id == org_id)
    return await session.scalar(_locked(statement, Organization) if for_change else statement)


async def organizations_page(session: AsyncSession, principal: Principal, query: ListQuery) -> Paged:
    """Organisations: all for installation admins, else one's own."""
    condition = true() if principal.installation_admin else Organization.id == principal.org_id
    return await fetch_page(
        session,
        select(Organization).where(condition),
        Organization,
        query,
        sortable={"name": Organization.name, "created_at": Organization.created_at},
        default_sort="name",
    )


async def load_organizations(session: AsyncSession) -> Sequence[Organization]:
    """Every organisation, by birth."""
    return (await session.scalars(select(Organization).order_by(Organization.id))).all()


async def locations_page(
    session: AsyncSession, principal: Principal, query: ListQuery, *, name: str | None, node: str | None
) -> Paged:
    """The principal's locations."""
    statement = select(Location).where(visible_locations(principal))
    if name is not None:
        statement = statement.where(Location.name == name)
    if node is not None:
        statement = statement.where(Location.node == node)
    sortable = {"name": Location.name, "created_at": Location.created_at}
    return await fetch_page(session, statement, Location, query, sortable=sortable, default_sort="name")


async def find_location(
    session: AsyncSession, principal: Principal, location_id: UUID, *, for_change: bool = False
) -> Location | None:
    """One of the principal's locations."""
    statement = select(Location).where(visible_locations(principal), Location.id == location_id)
    return await session.scalar(_locked(statement, Location) if for_change else statement)


async def load_locations(session: AsyncSession, org_ids: Collection[UUID] | None) -> Sequence[Location]:
    """Locations of some or all organisations, by birth."""
    statement = select(Location).order_by(Location.id)
    if org_ids is not None:
        statement = statement.where(Location.org_id.in_(org_ids))
    return (await session.scalars(statement)).all()


async def location_infos(session: AsyncSession, org_ids: Collection[UUID] | None) -> list[LocationInfo]:
    """What others need of locations: 500 cost a fifth of the entities."""
    columns = (Location.id, Location.org_id, Location.name, Location.timezone, Location.node)
    statement = select(*columns).order_by(Location.id)
    if org_ids is not None:
        statement = statement.where(Location.org_id.in_(org_ids))
    rows = (await session.execute(statement)).all()  # one by one they take three times as long
    return [LocationInfo(*row) for row in rows]


async def locations_mark(session: AsyncSession, org_id: UUID) -> int | None:
    """Differs after each change of one of an organisation's locations, by whomever; None where there are none."""
    written_by = cast(cast(literal_column("locations.xmin"), Text), BigInteger)
    mark = func.bit_xor(func.uuid_hash_extended(Location.id, written_by))
    found: int | None = await session.scalar(select(mark).where(Location.org_id == org_id))
    return found


async def home_nodes(session: AsyncSession) -> dict[UUID, str]:
    """The node of each organisation's first location."""
    statement = select(Location.org_id, Location.node).ext(distinct_on(Location.org_id))
    rows = await session.execute(statement.order_by(Location.org_id, Location.id))
    return {row.org_id: row.node for row in rows}


async def count_locations(session: AsyncSession, org_id: UUID, ids: Collection[UUID]) -> int:
    """How many of the ids are locations of the organisation."""
    statement = select(func.count()).where(Location.org_id == org_id, Location.id.in_(ids))
    return await session.scalar(statement) or 0


async def location_in_use(session: AsyncSession, location_id: UUID) -> bool:
    """Whether a user or API key is limited to this location."""
    statement = select(
        or_(
            select(User.id).where(User.location_ids.contains([location_id])).exists(),
            select(ApiKey.id).where(ApiKey.location_ids.contains([location_id])).exists(),
        )
    )
    return bool(await session.scalar(statement))


async def own_roles(session: AsyncSession, org_id: UUID) -> Sequence[Role]:
    """The organisation's own roles, by name."""
    return (await session.scalars(select(Role).where(Role.org_id == org_id).order_by(Role.name))).all()


async def find_role(
    session: AsyncSession, principal: Principal, role_id: UUID, *, for_change: bool = False
) -> Role | None:
    """One of the organisation's own roles."""
    statement = select(Role).where(visible(Role, principal), Role.id == role_id)
    return await session.scalar(_locked(statement, Role) if for_change else statement)


async def find_role_named(session: AsyncSession, org_id: UUID, name: str) -> Role | None:
    """A role of the organisation by its name."""
    return await session.scalar(select(Role).where(Role.org_id == org_id, Role.name == name))


def _users_with_role() -> Select[User, Role]:
    return select(User, Role).outerjoin(Role, Role.id == User.role_id)


async def users_page(
    session: AsyncSession,
    principal: Principal,
    query: ListQuery,
    *,
    email: str | None,
    role: str | None,
    part: str | None,
) -> Paged:
    """People the principal may see; ``part`` is found in names and addresses."""
    statement = select(User).outerjoin(Role, Role.id == User.role_id).where(visible_users(principal))
    if email is not None:
        statement = statement.where(User.email == email.lower())
    if role is not None:
        statement = statement.where(func.coalesce(User.built_in_role, Role.name) == role)
    if part is not None:
        found = (column.icontains(part, autoescape=True) for column in (User.name, User.email))
        statement = statement.where(or_(*found))
    sortable = {"name": User.name, "email": User.email, "created_at": User.created_at}
    return await fetch_page(session, statement, User, query, sortable=sortable, default_sort="name")


async def find_user(
    session: AsyncSession, principal: Principal, user_id: UUID, *, for_change: bool = False
) -> tuple[User, Role | None] | None:
    """A user the principal may see, with their own role."""
    statement = _users_with_role().where(visible_users(principal), User.id == user_id)
    row = (await session.execute(_locked(statement, User) if for_change else statement)).one_or_none()
    return (row[0], row[1]) if row else None


async def user_with_role(session: AsyncSession, user_id: UUID) -> tuple[User, Role | None] | None:
    """A user by id, for the login itself."""
    row = (await session.execute(_users_with_role().where(User.id == user_id))).one_or_none()
    return (row[0], row[1]) if row else None


async def find_login(session: AsyncSession, email: str) -> tuple[User, Role | None] | None:
    """Who logs in with this address, with their own role."""
    row = (await session.execute(_users_with_role().where(User.email == email))).one_or_none()
    return (row[0], row[1]) if row else None


async def find_user_by_email(session: AsyncSession, email: str) -> User | None:
    """The user with this address."""
    return await session.scalar(select(User).where(User.email == email))


async def load_users(session: AsyncSession) -> list[tuple[User, Role | None]]:
    """Everybody on this installation, by address."""
    rows = await session.execute(_users_with_role().order_by(User.email))
    return [(user, role) for user, role in rows]


async def any_user(session: AsyncSession) -> bool:
    """Whether anybody can log in yet; waits for another process that is just making the first one."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FIRST_ADMIN_LOCK})
    return await session.scalar(select(User.id).limit(1)) is not None


async def active_admins(session: AsyncSession, org_id: UUID) -> Sequence[UUID]:
    """Admins who can log in."""
    statement = select(User.id).where(
        User.org_id == org_id, User.built_in_role == "admin", User.disabled_at.is_(None)
    )  # fmt: skip
    return (await session.scalars(statement)).all()


async def session_with_user(session: AsyncSession, session_id: UUID) -> tuple[LoginSession, User, Role | None] | None:
    """A login session, its user and their role, in one indexed query."""
    statement = (
        select(LoginSession, User, Role)
        .join(User, User.id == LoginSession.user_id)
        .outerjoin(Role, Role.id == User.role_id)
        .where(LoginSession.id == session_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def lock_session(session: AsyncSession, session_id: UUID) -> LoginSession | None:
    """A login session for changing: two refreshes with one token come one after the other."""
    return await session.scalar(select(LoginSession).where(LoginSession.id == session_id).with_for_update())


async def sessions_page(
    session: AsyncSession, principal: Principal, query: ListQuery, *, user_id: UUID | None, moment: datetime
) -> Paged:
    """Logins that still hold, of one user or of everybody the principal may see."""
    statement = (
        select(LoginSession)
        .join(User, User.id == LoginSession.user_id)
        .where(visible_users(principal), LoginSession.revoked_at.is_(None), LoginSession.expires_at > moment)
    )
    if user_id is not None:
        statement = statement.where(User.id == user_id)
    sortable = {"last_used_at": LoginSession.last_used_at, "created_at": LoginSession.created_at}
    return await fetch_page(session, statement, LoginSession, query, sortable=sortable, default_sort="-last_used_at")


async def find_session(session: AsyncSession, principal: Principal, session_id: UUID) -> LoginSession | None:
    """A login session of somebody the principal may see."""
    statement = (
        select(LoginSession)
        .join(User, User.id == LoginSession.user_id)
        .where(visible_users(principal), LoginSession.id == session_id)
    )
    return await session.scalar(statement)


async def revoke_sessions(session: AsyncSession, user_id: UUID, moment: datetime, *, keep: UUID | None = None) -> None:
    """Ends a user's logins, except perhaps the one that asks."""
    statement = (
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=moment)
    )
    if keep is not None:
        statement = statement.where(LoginSession.id != keep)
    await session.execute(statement)


async def forget_sessions(session: AsyncSession, before: datetime) -> None:
    """Deletes logins that ended before."""
    over = or_(LoginSession.revoked_at < before, LoginSession.expires_at < before)
    await session.execute(delete(LoginSession).where(over))


async def key_with_user(session: AsyncSession, key_hash: str) -> tuple[ApiKey, User, Role | None] | None:
    """An API key, who made it and their role, in one indexed query."""
    statement = (
        select(ApiKey, User, Role)
        .join(User, User.id == ApiKey.created_by)
        .outerjoin(Role, Role.id == User.role_id)
        .where(ApiKey.key_hash == key_hash)
    )
    row = (await session.execute(statement)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def keys_page(session: AsyncSession, principal: Principal, query: ListQuery) -> Paged:
    """The organisation's API keys."""
    sortable = {"name": ApiKey.name, "created_at": ApiKey.created_at}
    statement = scoped(select(ApiKey), ApiKey, principal)
    return await fetch_page(session, statement, ApiKey, query, sortable=sortable, default_sort="name")


async def find_key(
    session: AsyncSession, principal: Principal, key_id: UUID, *, for_change: bool = False
) -> ApiKey | None:
    """One of the organisation's API keys."""
    statement = select(ApiKey).where(visible(ApiKey, principal), ApiKey.id == key_id)
    return await session.scalar(_locked(statement, ApiKey) if for_change else statement)


async def audit_page(
    session: AsyncSession, principal: Principal, query: ListQuery, *, conditions: Sequence[ColumnElement[bool]]
) -> Paged:
    """Lines of the audit log, newest first."""
    statement = scoped(select(AuditLine), AuditLine, principal).where(*conditions)
    return await fetch_page(session, statement, AuditLine, query, sortable={"at": AuditLine.at}, default_sort="-at")


async def last_line(session: AsyncSession, kind: str, object_id: str) -> AuditLine | None:
    """Who changed an object last. Who only listened to it or hung it up has changed nothing."""
    tells_of_a_change = or_(AuditLine.before.is_not(None), AuditLine.after.is_not(None))
    statement = select(AuditLine).where(AuditLine.object_id == object_id, AuditLine.kind == kind, tells_of_a_change)
    return (await session.scalars(statement.order_by(AuditLine.at.desc(), AuditLine.id.desc()).limit(1))).first()


async def is_told(
    session: AsyncSession, principal: Principal, *, action: str, object_id: str, after: dict[str, Any]
) -> bool:
    """Whether the log has a line of just this by the same user from the same address."""
    statement = select(AuditLine.id).where(
        AuditLine.object_id == object_id,
        AuditLine.org_id == principal.org_id,
        AuditLine.user_id == principal.user_id,
        AuditLine.action == action,
        AuditLine.ip.is_not_distinct_from(principal.ip),
        AuditLine.after == after,
    )
    return await session.scalar(statement.limit(1)) is not None


def audit_conditions(
    *,
    actor: str | None,
    action: str | None,
    kind: str | None,
    object_id: str | None,
    after: datetime | None,
    before: datetime | None,
) -> list[ColumnElement[bool]]:
    """Filters of the audit log that were asked for. ``actor`` matches a part of the label."""
    conditions: list[ColumnElement[bool]] = []
    if actor is not None:
        conditions.append(AuditLine.actor.icontains(actor, autoescape=True))
    if action is not None:
        conditions.append(AuditLine.action == action)
    if kind is not None:
        conditions.append(AuditLine.kind == kind)
    if object_id is not None:
        conditions.append(AuditLine.object_id == object_id)
    if after is not None:
        conditions.append(AuditLine.at >= after)
    if before is not None:
        conditions.append(AuditLine.at < before)
    return conditions


async def find_preferences(session: AsyncSession, user_id: UUID, *, for_change: bool = False) -> UserPreferences | None:
    """How a user wants the page, if they ever said so."""
    statement = select(UserPreferences).where(UserPreferences.user_id == user_id)
    if for_change:  # the user's row is always there to wait for
        await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    return await session.scalar(statement)
