"""Writing the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from controlplane.identity import repository
from controlplane.identity.models import AuditLine
from controlplane.platform.auth import Principal
from controlplane.platform.uow import UnitOfWork

_TABLE: Any = AuditLine.__table__
_NOISE = {"updated_at", "version"}  # change with every edit, say nothing


async def audit(  # noqa: PLR0913 - a line of the log has so many columns
    uow: UnitOfWork,
    principal: Principal,
    *,
    action: str,
    kind: str,
    object_id: UUID | str | None = None,
    name: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    location_id: UUID | None = None,
) -> None:
    """Writes a line into the audit log, in the transaction of the change itself.

    Args:
        uow: The change's unit of work.
        principal: Who did it; `system_principal` for what the system does by itself.
        action: ``<kind>.<verb>`` such as ``queue.update``.
        kind: What it was done to, such as ``queue``.
        object_id: Which one.
        name: What people call it.
        before: JSON values before the change, without secrets; None when it was made.
        after: JSON values after the change, without secrets; None when it was removed. With both, only the fields
            that differ are kept.
        location_id: Where, so that people limited to locations see their own lines.
    """
    entry = AuditEntry(action, kind, object_id, name, before, after, location_id)
    await audit_many(uow, principal, [entry])


async def audit_once(
    uow: UnitOfWork,
    principal: Principal,
    *,
    action: str,
    kind: str,
    object_id: UUID,
    name: str,
    after: dict[str, Any],
    location_id: UUID | None,
) -> None:
    """As `audit`, for what programs do again and again by themselves.

    Nothing is written where the log has the same of the same person from the same address already.
    """
    if not await repository.is_told(uow.session, principal, action=action, object_id=str(object_id), after=after):
        entry = AuditEntry(action, kind, object_id, name, None, after, location_id)
        await audit_many(uow, principal, [entry])


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line, as `audit` takes it."""

    action: str
    kind: str
    object_id: UUID | str | None = None
    name: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    location_id: UUID | None = None


async def audit_many(uow: UnitOfWork, principal: Principal, entries: Iterable[AuditEntry]) -> None:
    """Writes many lines at once."""
    await uow.session.flush()  # what they tell of
    lines = [_line(principal, one) for one in entries]
    if lines:
        await (await uow.session.connection()).execute(_TABLE.insert(), lines)


def _line(principal: Principal, entry: AuditEntry) -> dict[str, Any]:
    before, after = entry.before, entry.after
    if before is not None and after is not None:
        differ = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} - _NOISE
        before = {key: before[key] for key in before.keys() & differ}
        after = {key: after[key] for key in after.keys() & differ}
    return {
        "action": entry.action,
        "kind": entry.kind,
        "object_id": None if entry.object_id is None else str(entry.object_id),
        "name": entry.name,
        "before": before,
        "after": after,
        "location_id": entry.location_id,
        "org_id": principal.org_id,
        "actor": principal.label,
        "user_id": principal.user_id,
        "api_key_id": principal.api_key_id,
        "ip": principal.ip,
        "request_id": principal.request_id,
    }


def system_principal(org_id: UUID, label: str = "system") -> Principal:
    """Who the system's own deeds are audited as, such as a job or the command line."""
    return Principal(org_id=org_id, scopes=frozenset({"*"}), label=label)
