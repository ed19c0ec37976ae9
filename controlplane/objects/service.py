"""Creating, changing and deleting configuration objects: the same way for every kind."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import IntegrityError

from controlplane.identity import door as identity
from controlplane.kit import clock
from controlplane.kit.destination import Kind
from controlplane.kit.ids import new_id
from controlplane.objects import repository
from controlplane.objects.errors import InUse, Taken
from controlplane.objects.models import ConfigObject
from controlplane.objects.references import Reference, references, texts
from controlplane.objects.schemas import MustFit, ObjectFields, UseRead
from controlplane.platform.auth import Principal
from controlplane.platform.crypto import Crypto
from controlplane.platform.etag import etag
from controlplane.platform.problem import FieldError, Invalid, NotFound, field_errors
from controlplane.platform.tenancy import require_location
from controlplane.platform.uow import UnitOfWork

Known = frozenset[tuple[Kind, UUID]]
"""Objects that a document named before: they are kept even where the principal can't see them."""
SOUNDS_JOB = "telephony.make_sounds"


def sealed_where(object_id: UUID, field: str) -> str:
    """What a sealed value is bound to, so that it opens in no other place."""
    return f"config_objects.secrets:{object_id}:{field}"


async def get(
    uow: UnitOfWork, principal: Principal, kind: type[ObjectFields], object_id: UUID, *, for_change: bool = False
) -> ConfigObject:
    """One object; for a change only where the principal has rights on its location.

    Raises:
        NotFound: Not there, or not for this principal.
    """
    row = await repository.find(uow.session, principal, kind.kind, object_id, for_change=for_change)
    if row is None:
        raise NotFound(f"There is no such {kind.kind.words}.")
    if for_change:
        require_location(principal, row.location_id)
    return row


async def require_match(uow: UnitOfWork, row: ConfigObject, if_match: str | None) -> None:
    """Refuses a change that was made on an older version of a locked row.

    Raises:
        Stale: Says who changed it since.
    """
    await identity.require_match(uow, if_match, etag(row.version), kind=row.kind, object_id=row.id)


async def create(
    uow: UnitOfWork, crypto: Crypto, principal: Principal, fields: ObjectFields
) -> tuple[ConfigObject, dict[str, str]]:
    """Makes an object; also returns the secrets that were made up or given, for this one answer.

    Raises:
        Invalid: A reference leads nowhere.
        NotFound: The location is none of the principal's.
        Taken: Its name or number is.
    """
    given = _given_secrets(fields)
    shown = {field: given.get(field) or make() for field, make in fields.generated.items()}
    row = ConfigObject(
        id=new_id(), org_id=principal.org_id, kind=fields.kind, created_by=principal.label, secrets={}
    )  # fmt: skip
    _seal(crypto, row, {**given, **shown})
    await _check_location(uow, principal, fields.location_id)
    await _store(uow, principal, row, fields, known=frozenset())
    await _audit(uow, principal, "create", row, before=None, after={**row.fields, **dict.fromkeys(row.secrets, "set")})
    return row, shown


async def change(
    uow: UnitOfWork,
    crypto: Crypto,
    principal: Principal,
    kind: type[ObjectFields],
    object_id: UUID,
    changes: Mapping[str, Any],
    if_match: str | None = None,
) -> ConfigObject:
    """Merges the changes (JSON values by field, secrets as `SecretStr`) into the object and checks the whole again.

    Raises:
        Invalid: The whole doesn't work any more.
        NotFound: Not there, or not for this principal.
        Stale: Changed by somebody else since it was read.
        Taken: Its new name or number is.
    """
    row = await get(uow, principal, kind, object_id, for_change=True)
    await require_match(uow, row, if_match)
    secrets: dict[str, SecretStr | None] = {field: changes[field] for field in kind.secret_fields if field in changes}
    _refuse_removal(kind, secrets)
    fields = validated(kind, {**row.fields, **changes})
    if fields.location_id != row.location_id:
        await _check_location(uow, principal, fields.location_id)
    before, after = row.fields, _document(fields)
    if before == after and not secrets:
        return row
    known = frozenset((one.kind, one.id) for one in references(kind.model_validate(before)))
    _seal(crypto, row, {field: value.get_secret_value() if value else None for field, value in secrets.items()})
    await _store(uow, principal, row, fields, known=known)
    after = {**after, **dict.fromkeys(secrets, "changed")}
    await _audit(uow, principal, "update", row, before=before, after=after)
    return row


async def delete(
    uow: UnitOfWork, principal: Principal, kind: type[ObjectFields], object_id: UUID, if_match: str | None = None
) -> None:
    """Deletes an object that nothing uses.

    Raises:
        InUse: Others name it.
        NotFound: Not there, or not for this principal.
        Stale: Changed by somebody else since it was read.
    """
    row = await get(uow, principal, kind, object_id, for_change=True)
    await require_match(uow, row, if_match)
    await _refuse_if_used(uow, principal, object_id)
    await _audit(uow, principal, "delete", row, before=row.fields, after=None)
    try:
        async with uow.session.begin_nested():
            await repository.replace_references(uow.session, object_id, ())
            await uow.session.delete(row)
            await uow.session.flush()
    except IntegrityError:  # somebody named it in this very moment
        await _refuse_if_used(uow, principal, object_id)
        raise


async def rotate(
    uow: UnitOfWork,
    crypto: Crypto,
    principal: Principal,
    kind: type[ObjectFields],
    object_id: UUID,
    field: str,
    if_match: str | None = None,
) -> tuple[ConfigObject, str]:
    """Makes up a new secret and returns it, once.

    Raises:
        NotFound: Not there, or not for this principal.
        Stale: Changed by somebody else since it was read.
    """
    row = await get(uow, principal, kind, object_id, for_change=True)
    await require_match(uow, row, if_match)
    value = kind.generated[field]()
    _seal(crypto, row, {field: value})
    row.updated_at, row.updated_by = clock.now(), principal.label
    await uow.session.flush()
    await _audit(uow, principal, "update", row, before={}, after={field: "changed"})
    return row, value


async def uses(uow: UnitOfWork, principal: Principal, kind: type[ObjectFields], object_id: UUID) -> list[UseRead]:
    """The visible objects that name this one.

    Raises:
        NotFound: Not there, or not for this principal.
    """
    await get(uow, principal, kind, object_id)
    shown, _ = await repository.users_of(uow.session, principal, object_id)
    return shown


def validated(kind: type[ObjectFields], document: Mapping[str, Any]) -> ObjectFields:
    """A document in the shape of its kind.

    Raises:
        Invalid: Names the fields.
    """
    try:
        return kind.model_validate(document)
    except ValidationError as err:
        raise Invalid.fields(field_errors(err.errors())) from err


def _given_secrets(fields: ObjectFields) -> dict[str, str]:
    values: dict[str, SecretStr | None] = {field: getattr(fields, field) for field in fields.secret_fields}
    return {field: value.get_secret_value() for field, value in values.items() if value}


def _refuse_removal(kind: type[ObjectFields], secrets: Mapping[str, SecretStr | None]) -> None:
    for field in kind.generated:
        if field in secrets and secrets[field] is None:
            raise Invalid.field(field, "can't be empty", hint=f"Leave it out, or have a new one made: rotate-{field}.")


def _document(fields: ObjectFields) -> dict[str, Any]:
    return fields.model_dump(mode="json", exclude=set(fields.secret_fields))


def _seal(crypto: Crypto, row: ConfigObject, values: Mapping[str, str | None]) -> None:
    kept = {field: sealed for field, sealed in row.secrets.items() if field not in values}
    new = {field: crypto.seal(value, sealed_where(row.id, field)) for field, value in values.items() if value}
    row.secrets = {**kept, **new}


async def _check_location(uow: UnitOfWork, principal: Principal, location_id: UUID | None) -> None:
    require_location(principal, location_id)
    if location_id is None:
        return
    own = await identity.load_locations(uow.session, org_ids=[principal.org_id])
    if all(location.id != location_id for location in own):
        raise NotFound("There is no such location.", hint="Choose one of your own locations.")


async def _check_references(uow: UnitOfWork, principal: Principal, found: list[Reference], known: Known) -> None:
    """Each reference leads to an object of the right kind that the principal may see, or did so before."""
    new = [one for one in found if (one.kind, one.id) not in known]
    if not new:
        return
    kinds = await repository.kinds_of(uow.session, principal, [one.id for one in new])
    wrong = [FieldError(one.field, _what_is_wrong(one, kinds)) for one in new if kinds.get(one.id) != one.kind]
    if wrong:
        raise Invalid.fields(wrong)


def _what_is_wrong(reference: Reference, kinds: Mapping[UUID, str]) -> str:
    is_now = kinds.get(reference.id)
    if is_now is None:
        return f"there is no such {reference.kind.words}"
    return f"this is {Kind(is_now).article}, not {reference.kind.article}"


async def _check_fit(uow: UnitOfWork, object_id: UUID, fields: MustFit, found: list[Reference]) -> None:
    named = await repository.documents(uow.session, [one.id for one in found if one.kind in fields.must_fit])
    users = await repository.documents_naming(uow.session, object_id)
    if wrong := fields.misfits(named, users):
        raise Invalid.fields(wrong)


async def _store(
    uow: UnitOfWork,
    principal: Principal,
    row: ConfigObject,
    fields: ObjectFields,
    *,
    known: Known,
) -> None:
    found = list(references(fields))
    await _check_references(uow, principal, found, known | {(fields.kind, row.id)})
    if isinstance(fields, MustFit):
        await _check_fit(uow, row.id, fields, found)
    spoken = sorted({*texts(fields), *filter(None, [fields.own_text()])})
    if spoken != row.texts and spoken:
        lock = f"{SOUNDS_JOB}:{row.org_id}"
        await uow.defer(SOUNDS_JOB, queueing_lock=lock, org_id=str(row.org_id))
    try:
        async with uow.session.begin_nested():
            _fill(row, fields, spoken, principal.label)
            uow.session.add(row)
            await uow.session.flush()
            await repository.replace_references(uow.session, row.id, found)
    except IntegrityError as err:
        raise await _explained(uow, fields, principal.org_id, err) from err


def _fill(row: ConfigObject, fields: ObjectFields, spoken: list[str], label: str) -> None:
    row.name, row.location_id = fields.name, fields.location_id
    row.number = str(getattr(fields, "number", None) or "")
    row.internal_number, row.org_key, row.global_key = fields.internal_number(), fields.org_key(), fields.global_key()
    row.fields, row.texts = _document(fields), spoken
    row.updated_at, row.updated_by = clock.now(), label


async def _explained(uow: UnitOfWork, fields: ObjectFields, org_id: UUID, err: IntegrityError) -> Exception:
    """The database's refusal in words about a field."""
    constraint = getattr(getattr(err.orig, "diag", None), "constraint_name", None) or ""
    if constraint == "uq_config_objects_name":
        return Taken("name", f"there is {fields.kind.article} called {fields.name!r} already")
    if constraint == "uq_config_objects_global_key":
        field = "number" if "number" in type(fields).model_fields else "name"
        return Taken(field, "is in use on this installation already")
    if constraint in {"uq_config_objects_internal_number", "uq_config_objects_org_key"}:
        column = constraint.removeprefix("uq_config_objects_")
        holder = await repository.holder_of(uow.session, org_id, column, str(getattr(fields, column)()))
        owner = f"the {Kind(holder.kind).words} {holder.name!r}" if holder else "another object"
        return Taken("number", f"belongs to {owner} already")
    if constraint == "fk_config_refs_target_id_config_objects":
        return Invalid("Something that this names was deleted just now.", hint="Look at it again and choose another.")
    return err


async def _refuse_if_used(uow: UnitOfWork, principal: Principal, object_id: UUID) -> None:
    shown, hidden = await repository.users_of(uow.session, principal, object_id)
    if shown or hidden:
        users = [FieldError(f"{use.kind}.{use.id}.{use.field}", f"the {use.kind.words} {use.name!r}") for use in shown]
        raise InUse(users, hidden)


async def _audit(
    uow: UnitOfWork, principal: Principal, verb: str, row: ConfigObject, *,
    before: dict[str, Any] | None, after: dict[str, Any] | None,
) -> None:  # fmt: skip
    await identity.audit(
        uow, principal, action=f"{row.kind}.{verb}", kind=row.kind, object_id=row.id, name=row.name,
        location_id=row.location_id, before=before, after=after,
    )  # fmt: skip
