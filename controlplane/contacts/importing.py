"""Contacts out of a table: all rows or none, what is wrong told by row and column."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.exc import IntegrityError

from controlplane.ascode.door import ImportRefused, Waiting
from controlplane.ascode.schemas import SHOWN, Action, Changed, ImportProblem, ImportRead
from controlplane.contacts import repository, service
from controlplane.contacts.schemas import ContactRef
from controlplane.contacts.service import Document
from controlplane.contacts.table import Row, checked, id_of, read
from controlplane.identity.door import AuditEntry, audit, audit_many
from controlplane.kit.ids import new_id
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork

JOB = "contacts.import"
Progress = Callable[[int, int], None]
_TELL_EVERY = 500  # rows


@dataclass(frozen=True, slots=True)
class _Put:
    id: UUID
    before: Document | None
    after: Document

    def differs(self) -> list[str]:
        before = self.before or {}
        return [name for name, value in self.after.items() if before.get(name) != value]


@dataclass(slots=True)
class _Decision:
    puts: list[_Put] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    unchanged: int = 0
    lines: dict[UUID, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Here:
    documents: Mapping[UUID, Document]
    owners: Mapping[str, ContactRef]
    made: Mapping[int, UUID]
    """Who a row makes, if it is about nobody who is here."""


async def import_waiting(services: Services, waiting: Waiting) -> ImportRead:
    """An import in the background."""
    dry_run, skip = waiting.options["dry_run"], waiting.options["skip"]
    return await import_table(
        services, waiting.principal, waiting.content, dry_run=dry_run, skip=skip, progress=waiting.progress,
        name=waiting.id,
    )  # fmt: skip


async def import_table(
    services: Services,
    principal: Principal,
    content: bytes,
    *,
    dry_run: bool,
    skip: bool,
    progress: Progress = lambda _done, _total: None,
    name: UUID | None = None,
) -> ImportRead:
    """Makes and changes contacts as the rows say, in one transaction, or not at all.

    A row is about the contact of its id, else about the one that has a number of it; else it is a new one.

    Args:
        services: The process's ports.
        principal: Who imports.
        content: The table.
        dry_run: Check everything and write nothing.
        skip: Leave contacts alone that are here already.
        progress: Told (done, of how many): each row is checked, then written.
        name: Of the import, where it may be done twice: what it has made is found again, also who has no number.

    Raises:
        ImportRefused: Something is wrong; all of it, by row.
        Conflict: Somebody else changed the same contacts at this moment.
    """
    rows = await asyncio.to_thread(lambda: list(read(content)))
    made = {row.line: uuid5(name, str(row.line)) if name else new_id() for row in rows}
    async with services.uow() as uow:
        here = await _load(uow, principal, rows, made)
        decision = await asyncio.to_thread(_decide, rows, here, skip, progress)
        if decision.problems:
            raise ImportRefused(decision.problems)
        if not dry_run:
            await _write(uow, principal, decision)
            answer = _answer(decision, dry_run=False)
            told = {name: getattr(answer, name) for name in ("created", "updated", "unchanged")}
            await audit(uow, principal, action="contact.import", kind="contact", after=told)
            progress(2 * len(rows), 2 * len(rows))
    return _answer(decision, dry_run=dry_run)


async def _load(uow: UnitOfWork, principal: Principal, rows: Sequence[Row], made: Mapping[int, UUID]) -> _Here:
    """The contacts that the rows are about. Numbers that are not yet as we write them find nobody: see `_decide`."""
    told = [one["number"] for row in rows for one in row.said.get("numbers", ())]
    numbers = await asyncio.to_thread(lambda: list(filter(None, map(service.number_or_none, told))))
    owners = await repository.owners_of(uow.session, principal, numbers)
    ids = {one.id for one in owners.values()} | {id_ for row in rows if row.id and (id_ := id_of(row.id))}
    found = await repository.load(uow.session, principal, ids | set(made.values()))
    reads = await service.reads(uow, list(found.values()))
    return _Here({one.id: service.document_of(one) for one in reads}, owners, made)


def _decide(rows: Sequence[Row], here: _Here, skip: bool, progress: Progress) -> _Decision:
    decision = _Decision()
    for done, row in enumerate(rows):
        if done % _TELL_EVERY == 0:
            progress(done, 2 * len(rows))
        found = list(_decided(row, here, decision, skip))
        decision.problems += found
    return decision


def _decided(row: Row, here: _Here, decision: _Decision, skip: bool) -> Iterator[ImportProblem]:
    whose = _whose(row, here)
    if isinstance(whose, ImportProblem):
        yield whose
        return
    id_ = whose or here.made[row.line]
    before = here.documents.get(id_)
    after = checked(row, before)
    if isinstance(after, list):
        yield from after
        return
    if id_ in decision.lines:
        yield row.problem("", f"is the same contact as row {decision.lines[id_]}", "Put both into one row.")
        return
    decision.lines[id_] = row.line
    yield from _clashes(row, id_, after, here, decision)
    if before == after or (skip and before is not None):
        decision.unchanged += 1
    else:
        decision.puts.append(_Put(id_, before, after))


def _whose(row: Row, here: _Here) -> UUID | ImportProblem | None:
    if row.id is not None:
        id_ = id_of(row.id)
        if id_ in here.documents:
            return id_
        return row.problem("id", "there is no such contact", "Leave the cell empty to make a new one.")
    told = (service.number_or_none(one["number"]) for one in row.said.get("numbers", ()))
    owners = {owner.id: owner.name for number in told if number and (owner := here.owners.get(number))}
    if len(owners) > 1:
        names = " and ".join(repr(name) for name in sorted(owners.values()))
        return row.problem("numbers", f"belong to {names}", "Give each of them a row, with its id.")
    return next(iter(owners), None)


def _clashes(row: Row, id_: UUID, after: Document, here: _Here, decision: _Decision) -> Iterator[ImportProblem]:
    for one in after["numbers"]:
        number = one["number"]
        owner = here.owners.get(number)
        if owner is not None and owner.id != id_:
            yield row.problem("numbers", f"{number} belongs to the contact {owner.name!r} already")
        elif number in decision.numbers:
            yield row.problem("numbers", f"{number} stands in row {decision.numbers[number]}, too")
        decision.numbers.setdefault(number, row.line)


async def _write(uow: UnitOfWork, principal: Principal, decision: _Decision) -> None:
    made = [one for one in decision.puts if one.before is None]
    changed = [one for one in decision.puts if one.before is not None]
    try:
        async with uow.session.begin_nested():
            await repository.insert_many(uow.session, [_columns(one, principal) for one in made])
            await repository.update_many(uow.session, [_columns(one, principal) for one in changed])
            numbers = {one.id: one.after["numbers"] for one in decision.puts}
            await repository.put_numbers(uow.session, principal.org_id, numbers)
    except IntegrityError as err:
        raise Conflict(
            "Somebody else was given one of these numbers just now; nothing was imported.", hint="Import once more."
        ) from err
    await audit_many(uow, principal, map(_line, decision.puts))


def _columns(put: _Put, principal: Principal) -> dict[str, Any]:
    return {"id": put.id, "org_id": principal.org_id, **service.columns_of(put.after)}


def _line(put: _Put) -> AuditEntry:
    verb = "create" if put.before is None else "update"
    return AuditEntry(f"contact.{verb}", "contact", put.id, put.after["name"], put.before, put.after)


def _answer(decision: _Decision, *, dry_run: bool) -> ImportRead:
    changes = [
        Changed(action=Action.CREATE, kind="contact", name=one.after["name"])
        if one.before is None
        else Changed(action=Action.UPDATE, kind="contact", name=one.after["name"], fields=one.differs())
        for one in decision.puts
    ]
    created = sum(one.before is None for one in decision.puts)
    return ImportRead(
        ok=True, dry_run=dry_run, created=created, updated=len(decision.puts) - created,
        unchanged=decision.unchanged, changes=changes[:SHOWN],
    )  # fmt: skip
