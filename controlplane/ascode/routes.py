"""Configuration as files: export and import, and a table of each kind that fits into one."""

import asyncio
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from controlplane.ascode import background, service
from controlplane.ascode.archive import pack
from controlplane.ascode.background import CONFIGURATION, LONG, tree_of
from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.rows import MAX_BYTES as MAX_TABLE
from controlplane.ascode.schemas import SHOWN, ImportJobRead, ImportRead, OnExisting
from controlplane.ascode.service import ExportOptions
from controlplane.ascode.table import TABLES
from controlplane.ascode.text import MAX_BYTES
from controlplane.identity.door import LoggedIn, requires
from controlplane.platform.auth import Principal
from controlplane.platform.body_limit import read_body
from controlplane.platform.problem import Invalid
from controlplane.platform.services import Services, ServicesDep, Uow

router = APIRouter(tags=["configuration"])
MayRead = Annotated[Principal, Depends(requires("config:read"))]
MayPlan = Annotated[Principal, Depends(requires("config:plan"))]
DryRun = Annotated[bool, Query(description="Check everything and change nothing.")]


class Format(StrEnum):
    """What an export is sent as."""

    YAML = "yaml"  # one file
    ZIP = "zip"  # YAML files and the sounds of uploaded prompts


def _body_of(*kinds: str) -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {"requestBody": {"required": True, "content": content}}


_LATER: dict[int | str, dict[str, Any]] = {
    202: {"model": ImportJobRead, "description": "Large: it is imported in the background."}
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/yaml": {}, "application/zip": {}}, "description": "The configuration."}
}


@router.get("/config/export", summary="Export the configuration", response_class=Response, responses=_FILES)
async def export_configuration(
    services: ServicesDep,
    uow: Uow,
    principal: MayRead,
    form: Annotated[Format, Query(alias="format")] = Format.YAML,
    per_location: Annotated[bool, Query(description="A file for each location; needs `format=zip`.")] = False,
    ids: Annotated[bool, Query(description="With ids, so that an import makes the same objects.")] = True,
    with_secrets: Annotated[
        bool, Query(description="With secrets, sealed by this installation's key. Admins only.")
    ] = False,
    release: Annotated[int | None, Query(ge=1, description="As of the release of this number.")] = None,
) -> Response:
    """The draft of one's locations as YAML. The same configuration always gives the same bytes."""
    if per_location and form is Format.YAML:
        raise Invalid.field("per_location", "gives several files", hint="Ask for format=zip.")
    options = ExportOptions(per_location=per_location, ids=ids, with_secrets=with_secrets, release=release)
    exported = await service.export_tree(services, uow, principal, options)
    if form is Format.YAML:
        [text] = exported.files.values()
        return _file(text.encode(), "application/yaml", "configuration.yaml")
    content = await asyncio.to_thread(pack, exported.files, exported.sounds)
    return _file(content, "application/zip", "configuration.zip")


@router.post(
    "/config/import", summary="Import the configuration", responses=_LATER,
    openapi_extra=_body_of("application/yaml", "application/zip"),
)  # fmt: skip
async def import_configuration(
    services: ServicesDep,
    principal: MayPlan,
    request: Request,
    response: Response,
    dry_run: DryRun = False,
    prune: Annotated[bool, Query(description="Also delete what the files don't name.")] = False,
    content_type: Annotated[str, Header()] = "application/yaml",
) -> ImportRead | ImportJobRead:
    """Makes the draft what a YAML file or a zip of such files says, at once or not at all, and plans it.

    Left-out fields get their defaults, left-out objects stay unless `prune` is set. Nothing is live before the next
    `POST config/releases`. Everything that is wrong is told in one answer, by file and line: with 422, or in `problems`
    of a dry run. A large file is answered with 202 and imported in the background: `GET config/imports/{id}`.
    """
    content = await read_body(request, 2 * MAX_BYTES)
    options: dict[str, Any] = {"dry_run": dry_run, "prune": prune, "content_type": content_type}
    if len(content) > LONG:
        return await _later(services, principal, response, CONFIGURATION, content, options)
    try:
        tree = await asyncio.to_thread(tree_of, CONFIGURATION, content, content_type=content_type)
        return await service.import_tree(services, principal, tree, dry_run=dry_run, prune=prune)
    except ImportRefused as err:
        return _told(err, dry_run=dry_run)


async def _later(
    services: Services, principal: Principal, response: Response, what: str, content: bytes, options: dict[str, Any]
) -> ImportJobRead:
    async with services.uow() as uow:
        started = await background.start(services, uow, principal, what, content, **options)
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/config/imports/{started.id}"
    return started


def _told(err: ImportRefused, *, dry_run: bool) -> ImportRead:
    if not dry_run:
        raise err
    return ImportRead(ok=False, dry_run=True, problems=err.problems[:SHOWN])


@router.get("/config/imports/{import_id}", summary="How far an import in the background is")
async def read_import(
    services: ServicesDep,
    principal: LoggedIn,
    import_id: UUID,
    wait_s: Annotated[float, Query(ge=0, le=30, description="Answer when it is done, at the latest after.")] = 0,
) -> ImportJobRead:
    """State and progress, and the result once it is there. One's own imports; everybody's for those with all places."""
    return await background.progress(services, principal, import_id, wait_s)


@router.get(
    "/config/export/{table}.csv", summary="Export the objects of a kind as a table", response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "The table."}},
)  # fmt: skip
async def export_table(
    uow: Uow, principal: MayRead, table: Annotated[str, Path(pattern=f"^({'|'.join(TABLES)})$")]
) -> Response:
    """The objects of one's locations as CSV, such as `devices`, in the columns that an import reads.

    Cells that a spreadsheet would take for a formula begin with an apostrophe; an import takes it off again.
    """
    text = await service.export_table(uow, principal, table)
    return _file(b"\xef\xbb\xbf" + text.encode(), "text/csv", f"{table}.csv")


def _add_table(table: str) -> None:
    path, words = table.replace("_", "-"), table.replace("_", " ")

    async def import_table(
        services: ServicesDep,
        principal: Annotated[Principal, Depends(requires(f"{path}:write"))],
        request: Request,
        response: Response,
        dry_run: DryRun = False,
        on_existing: Annotated[OnExisting, Query(description="What is done to what is here.")] = OnExisting.UPDATE,
    ) -> ImportRead | ImportJobRead:
        content = await read_body(request, MAX_TABLE)
        skip = on_existing is OnExisting.SKIP
        if len(content) > LONG:
            return await _later(services, principal, response, table, content, {"dry_run": dry_run, "skip": skip})
        try:
            tree = await asyncio.to_thread(tree_of, table, content, skip=skip)
            return await service.import_tree(services, principal, tree, dry_run=dry_run, plan=False)
        except ImportRefused as err:
            return _told(err, dry_run=dry_run)

    router.post(
        f"/{path}/import",
        tags=[path],
        operation_id=f"import_{table}",
        responses=_LATER,
        summary=f"Import {words} from a table",
        description="CSV as the body, columns by the names of the fields. Objects are found by their name or number; "
        "empty cells leave fields as they are. All rows are taken in or none; wrong ones are told by row and column. "
        "A large file is answered with 202 and imported in the background: `GET config/imports/{id}`.",
        openapi_extra=_body_of("text/csv"),
    )(import_table)


for _table in TABLES:
    _add_table(_table)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
