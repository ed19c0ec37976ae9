"""The REST resource of a kind, the same for all: list, create, read, patch, delete, and what uses it."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from controlplane.identity.door import requires
from controlplane.objects import repository, service
from controlplane.objects.models import ConfigObject
from controlplane.objects.schemas import ObjectFields, UseRead
from controlplane.objects.shapes import Shapes, changes_in, shapes_of
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch, etag
from controlplane.platform.listing import FilterText, ListQuery, Page, fetch_page, list_query
from controlplane.platform.services import ServicesDep, Uow

_SPECIAL = {"name", "location_id"}  # columns; the other filters look into the document
_DRAFT = "Changes the draft; calls notice with the next `POST config/releases`."
Endpoint = Callable[..., Any]


def object_router(kind: type[ObjectFields], path: str, *, with_uses: bool = True) -> APIRouter:
    """The routes of a kind under ``/<path>``; its rights are ``<path>:read`` and ``<path>:write``.

    Without uses for a kind that has more to say about who uses it.
    """
    router = APIRouter(prefix=f"/{path}", tags=[path])
    shapes = shapes_of(kind)
    many = path.replace("-", " ")
    reader, writer = Depends(requires(f"{path}:read")), Depends(requires(f"{path}:write"))
    _add_reading(router, kind, shapes, reader, many)
    if with_uses:
        _add_uses(router, kind, reader)
    _add_writing(router, kind, shapes, writer)
    for field in kind.generated:
        _add_rotation(router, kind, shapes, field, writer)
    return router


def _typed(endpoint: Endpoint, **types: Any) -> Endpoint:
    """The endpoint with annotations that are known only at run time."""
    endpoint.__annotations__.update(types)
    return endpoint


def _filters(shapes: Shapes) -> Callable[..., dict[str, Any]]:
    """A dependency with one optional query parameter for each plain field."""

    def read(**given: Any) -> dict[str, Any]:
        return {field: value for field, value in given.items() if value is not None}

    def parameter(field: str, kind: Any) -> inspect.Parameter:
        annotation: Any = FilterText | None if kind is str else kind | None
        return inspect.Parameter(field, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)

    parameters = [parameter(field, kind) for field, kind in shapes.filters.items()]
    read.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what FastAPI reads
    return read


def _add_reading(
    router: APIRouter, kind: type[ObjectFields], shapes: Shapes, reader: Any, many: str
) -> None:  # fmt: skip
    async def find_many(
        uow: Uow,
        principal: Annotated[Principal, reader],
        query: Annotated[ListQuery, Depends(list_query)],
        filters: Annotated[dict[str, Any], Depends(_filters(shapes))],
        q: Annotated[FilterText | None, Query(description="Part of name or number.")] = None,
        uses: Annotated[UUID | None, Query(description="Only those that name this object.")] = None,
        ids: Annotated[
            list[UUID] | None, Query(max_length=200, description="Only these, such as for their names.")
        ] = None,
    ) -> Page[Any]:
        statement = repository.narrowed(
            repository.visible_objects(principal, kind.kind),
            q=q, uses=uses, ids=ids, name=filters.get("name"), location_id=filters.get("location_id"),
            fields={key: value for key, value in filters.items() if key not in _SPECIAL},
        )  # fmt: skip
        rows, cursor, total = await fetch_page(
            uow.session, statement, ConfigObject, query, sortable=repository.SORTABLE, default_sort="name"
        )
        return page.model_construct(items=[shapes.show(row) for row in rows], next_cursor=cursor, total=total)

    async def read_one(object_id: UUID, uow: Uow, principal: Annotated[Principal, reader], response: Response) -> Any:
        row = await service.get(uow, principal, kind, object_id)
        response.headers["ETag"] = etag(row.version)
        return shapes.show(row)

    page: type[Page[Any]] = Page[shapes.read]  # type: ignore[name-defined] # made at run time
    router.get(
        "",
        operation_id=f"list_{kind.kind}",
        summary=f"List {many}",
        description="Those of one's locations and of the whole organisation, a page at a time, by name.",
        response_model=page,
    )(find_many)
    router.get(
        "/{object_id}",
        operation_id=f"read_{kind.kind}",
        summary=f"Read {kind.kind.article}",
        description="As it is in the draft; secrets are never read back. The header `ETag` is for `If-Match`.",
        response_model=shapes.read,
    )(read_one)


def _add_uses(router: APIRouter, kind: type[ObjectFields], reader: Any) -> None:
    async def read_uses(object_id: UUID, uow: Uow, principal: Annotated[Principal, reader]) -> list[UseRead]:
        return await service.uses(uow, principal, kind, object_id)

    router.get(
        "/{object_id}/uses",
        operation_id=f"read_{kind.kind}_uses",
        summary=f"What uses {kind.kind.article}",
        description="The objects that name it, and in which field: it can't be deleted before they let go of it.",
    )(read_uses)


def _add_writing(router: APIRouter, kind: type[ObjectFields], shapes: Shapes, writer: Any) -> None:
    async def create(
        body: ObjectFields, uow: Uow, services: ServicesDep, principal: Annotated[Principal, writer], response: Response
    ) -> BaseModel:
        row, secrets = await service.create(uow, services.crypto, principal, body)
        response.headers["ETag"] = etag(row.version)
        response.headers["Location"] = f"/api/v1{router.prefix}/{row.id}"
        return shapes.show_once(row, secrets)

    async def change(
        object_id: UUID,
        body: BaseModel,
        uow: Uow,
        services: ServicesDep,
        principal: Annotated[Principal, writer],
        if_match: IfMatch,
        response: Response,
    ) -> BaseModel:
        changes = changes_in(body, kind.secret_fields)
        row = await service.change(uow, services.crypto, principal, kind, object_id, changes, if_match)
        response.headers["ETag"] = etag(row.version)
        return shapes.show(row)

    async def delete(object_id: UUID, uow: Uow, principal: Annotated[Principal, writer], if_match: IfMatch) -> None:
        await service.delete(uow, principal, kind, object_id, if_match)

    create, change = _typed(create, body=shapes.create), _typed(change, body=shapes.patch)
    router.post(
        "",
        operation_id=f"create_{kind.kind}",
        summary=f"Create {kind.kind.article}",
        description=f"{_DRAFT} Secrets that were left out are made up, and shown in this answer only.",
        status_code=201,
        response_model=shapes.created,
    )(create)
    router.patch(
        "/{object_id}",
        operation_id=f"change_{kind.kind}",
        summary=f"Change {kind.kind.article}",
        description=f"{_DRAFT} Fields that are left out stay as they are; `If-Match` refuses older versions.",
        response_model=shapes.read,
    )(change)
    router.delete(
        "/{object_id}",
        operation_id=f"delete_{kind.kind}",
        summary=f"Delete {kind.kind.article}",
        description=f"{_DRAFT} What others still name is refused with 409, and `errors` says who they are.",
        status_code=204,
    )(delete)


def _add_rotation(
    router: APIRouter, kind: type[ObjectFields], shapes: Shapes, field: str, writer: Any
) -> None:  # fmt: skip
    async def rotate(
        object_id: UUID,
        uow: Uow,
        services: ServicesDep,
        principal: Annotated[Principal, writer],
        if_match: IfMatch,
        response: Response,
    ) -> BaseModel:
        row, value = await service.rotate(uow, services.crypto, principal, kind, object_id, field, if_match)
        response.headers["ETag"] = etag(row.version)
        return shapes.show_once(row, {field: value})

    router.post(
        f"/{{object_id}}/rotate-{field}",
        operation_id=f"rotate_{kind.kind}_{field}",
        summary=f"Make a new {field} for {kind.kind.article}, shown in this answer only",
        description=f"{_DRAFT} The old one is good until then.",
        response_model=shapes.created,
    )(rotate)
