"""Long imports: a job does them, and tells how far it is."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from controlplane.ascode import repository, service
from controlplane.ascode.archive import unpack
from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.models import ImportRow
from controlplane.ascode.schemas import SHOWN, ImportJobRead, ImportRead, ImportState
from controlplane.ascode.table import read_table
from controlplane.ascode.tree import Tree, parse
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.platform.auth import Principal
from controlplane.platform.problem import ControlPlaneError, NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork

JOB = "ascode.import"
CONFIGURATION = "configuration"
LONG = 100_000
"""Bytes from which on an import is done in the background: some 1,000 rows, 2 s."""
TELL_EVERY_S = 0.5
KEPT = timedelta(days=30)
_ENDED = frozenset({ImportState.DONE, ImportState.REFUSED, ImportState.FAILED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that a worker imports now, perhaps not for the first time. ``progress`` is told (done, of how many)."""

    id: UUID
    what: str
    content: bytes
    options: Mapping[str, Any]
    principal: Principal
    progress: Callable[[int, int], None]


Importer = Callable[[Services, Waiting], Awaitable[ImportRead]]


async def start(
    services: Services, uow: UnitOfWork, principal: Principal, what: str, content: bytes, *, job: str = JOB,
    **options: Any,
) -> ImportJobRead:  # fmt: skip
    """Keeps the file, sealed, and has a worker import it; ``job`` is the one that calls `run` for it."""
    row = ImportRow(
        id=new_id(), org_id=principal.org_id, what=what, options=options, asked_by=_packed(principal),
        state=ImportState.WAITING,
    )  # fmt: skip
    await asyncio.to_thread(_keep, services, row.id, content)
    uow.session.add(row)
    await uow.session.flush()
    await uow.session.refresh(row)
    await uow.defer(job, lock=f"config-import:{principal.org_id}", import_id=str(row.id))
    return _read(row)


async def progress(services: Services, principal: Principal, import_id: UUID, wait_s: float) -> ImportJobRead:
    """How far an import is; waits for its end for a while.

    Raises:
        NotFound: No such import, or somebody else's.
    """
    until = time.monotonic() + wait_s
    while True:
        async with services.uow() as uow:
            row = await repository.find_import(uow.session, principal, import_id)
            if row is None or not (_asked(row, principal) or principal.location_ids is None):
                raise NotFound("There is no such import.")
            found = _read(row)
        if found.state in _ENDED or time.monotonic() >= until:
            return found
        await asyncio.sleep(TELL_EVERY_S)


async def run(services: Services, import_id: UUID, importer: Importer) -> None:
    """Does an import. Safe to run twice: what was written is found again and left as it is."""
    async with services.uow() as uow:
        row = await repository.load_import(uow.session, import_id)
    if row is None or row.state in _ENDED:
        return
    counter = _Counter()
    telling = asyncio.create_task(_tell(services, import_id, counter))
    try:
        state, detail, result = await _outcome(_import(services, row, counter, importer))
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    async with services.uow() as uow:
        ended = await repository.load_import(uow.session, import_id)
        if ended is not None:
            ended.state, ended.detail, ended.finished_at = state, detail, clock.now()
            ended.done, ended.total = counter.done, counter.total
            ended.result = None if result is None else result.model_dump(mode="json")
    services.storage.delete(_key(import_id))


async def forget(services: Services) -> None:
    """Removes what is known of old imports, and files that no worker ever took."""
    async with services.uow() as uow:
        gone = await repository.forget_imports(uow.session, clock.now() - KEPT)
    for import_id in gone:
        services.storage.delete(_key(import_id))


async def _outcome(work: Awaitable[ImportRead]) -> tuple[ImportState, str, ImportRead | None]:
    try:
        return ImportState.DONE, "", await work
    except ImportRefused as err:
        return ImportState.REFUSED, err.detail, ImportRead(ok=False, dry_run=False, problems=err.problems[:SHOWN])
    except ControlPlaneError as err:
        return ImportState.FAILED, err.detail, None
    except FileNotFoundError:
        return ImportState.FAILED, "The file that was sent is no longer there. Send it again.", None


async def _import(services: Services, row: ImportRow, counter: "_Counter", importer: Importer) -> ImportRead:
    content = await asyncio.to_thread(_kept, services, row.id)
    return await importer(
        services, Waiting(row.id, row.what, content, row.options, _unpacked(row.asked_by), counter.set)
    )


async def import_configuration(services: Services, waiting: Waiting) -> ImportRead:
    """The importer of configuration, as files or as a table of one kind."""
    options = waiting.options
    tree = await asyncio.to_thread(
        tree_of, waiting.what, waiting.content, skip=options.get("skip", False),
        content_type=options.get("content_type", ""),
    )  # fmt: skip
    return await service.import_tree(
        services, waiting.principal, tree, dry_run=options.get("dry_run", False), prune=options.get("prune", False),
        plan=waiting.what == CONFIGURATION, progress=waiting.progress,
    )  # fmt: skip


def tree_of(what: str, content: bytes, *, skip: bool = False, content_type: str = "") -> Tree:
    """What a body says: a table, a YAML file, or an archive.

    Raises:
        ImportRefused: It is none of these.
    """
    if what != CONFIGURATION:
        return read_table(what, f"{what}.csv", content, skip=skip)
    if content_type.partition(";")[0].strip() == "application/zip" or content.startswith(b"PK\x03\x04"):
        return parse(*unpack(content))
    return parse({"configuration.yaml": content})


class _Counter:
    """Written by the thread that checks, read by the one that tells."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0

    def set(self, done: int, total: int) -> None:
        """So many of so many."""
        self.done, self.total = done, total


async def _tell(services: Services, import_id: UUID, counter: _Counter) -> None:
    while True:
        async with services.uow() as uow:
            row = await repository.load_import(uow.session, import_id)
            if row is not None:
                row.state, row.done, row.total = ImportState.RUNNING, counter.done, counter.total
        await asyncio.sleep(TELL_EVERY_S)


def _asked(row: ImportRow, principal: Principal) -> bool:
    mine = (_text(principal.user_id), _text(principal.api_key_id))
    return mine == (row.asked_by["user_id"], row.asked_by["api_key_id"])


def _read(row: ImportRow) -> ImportJobRead:
    return ImportJobRead.model_validate(row, from_attributes=True)


def _key(import_id: UUID) -> str:
    return f"imports/{import_id}"


def _where(import_id: UUID) -> str:
    return f"config_imports.file:{import_id}"


def _keep(services: Services, import_id: UUID, content: bytes) -> None:
    services.storage.put(_key(import_id), services.crypto.seal_bytes(content, _where(import_id)))


def _kept(services: Services, import_id: UUID) -> bytes:
    return services.crypto.open_bytes(services.storage.path(_key(import_id)).read_bytes(), _where(import_id))


def _packed(principal: Principal) -> dict[str, Any]:
    """Who asks, as JSON: only what rights and the audit log need."""
    places = principal.location_ids
    return {
        "org_id": str(principal.org_id),
        "scopes": sorted(principal.scopes),
        "label": principal.label,
        "user_id": _text(principal.user_id),
        "api_key_id": _text(principal.api_key_id),
        "location_ids": None if places is None else sorted(map(str, places)),
        "ip": principal.ip,
        "request_id": principal.request_id,
    }


def _unpacked(packed: dict[str, Any]) -> Principal:
    places = packed["location_ids"]
    return Principal(
        org_id=UUID(packed["org_id"]),
        scopes=frozenset(packed["scopes"]),
        label=packed["label"],
        user_id=_id(packed["user_id"]),
        api_key_id=_id(packed["api_key_id"]),
        location_ids=None if places is None else frozenset(map(UUID, places)),
        ip=packed["ip"],
        request_id=packed["request_id"],
    )


def _text(id_: UUID | None) -> str | None:
    return None if id_ is None else str(id_)


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
