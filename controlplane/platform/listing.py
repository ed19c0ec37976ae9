"""Lists: cursor paging, sorting and filters, the same for every resource."""

import base64
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, Protocol, TypeVar

from fastapi import Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.kit.text import free_text, one_line
from controlplane.platform.problem import FieldError, Invalid

Item = TypeVar("Item")
Key = TypeVar("Key")


class Page(BaseModel, Generic[Item]):
    """One page of a list. ``next_cursor`` is None on the last; ``total`` only where asked for."""

    items: list[Item]
    next_cursor: str | None
    total: int | None = None


FilterText = Annotated[str, Field(max_length=254), AfterValidator(one_line)]
"""What a list is filtered by: any one line of text."""


def _parameters(dependant: Dependant) -> Iterator[str]:
    """The query parameters of a route and of all that it depends on."""
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _parameters(inner)


@dataclass(frozen=True)
class ListQuery:
    """The query parameters every list understands."""

    limit: int
    cursor: str | None
    sort: str | None
    with_total: bool


async def list_query(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500, description="Rows per page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
    sort: Annotated[str | None, Query(max_length=40, description="Field name; a leading `-` turns it round.")] = None,
    with_total: Annotated[bool, Query(description="Also count all rows.")] = False,
) -> ListQuery:
    """FastAPI dependency for a list's parameters.

    Raises:
        Invalid: The query has a parameter that the list doesn't know: a filter that is passed over shows too much.
    """
    route: APIRoute = request.scope["route"]
    known = sorted({*_parameters(route.dependant)})
    if unknown := [name for name in request.query_params if name not in known]:
        words = f"is not a parameter of this list; it has {', '.join(known)}"
        raise Invalid.fields([FieldError(name, words) for name in unknown])
    return ListQuery(limit, cursor, sort, with_total)


_BIGGEST = 2**63 - 1
"""What a column of whole numbers can hold."""


def _pack(values: Sequence[Any]) -> str:
    plain = [v.isoformat() if isinstance(v, datetime) else str(v) if isinstance(v, uuid.UUID) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


def _unpack(cursor: str, kind: type) -> tuple[Any, uuid.UUID]:
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if issubclass(kind, datetime):
            value = datetime.fromisoformat(value)
        elif issubclass(kind, uuid.UUID):
            value = uuid.UUID(value)
        elif type(value) is not kind or (type(value) is int and abs(value) > _BIGGEST):
            raise ValueError(cursor)
        elif type(value) is str:
            free_text(value)
        return value, uuid.UUID(row_id)
    except (ValueError, TypeError) as err:
        raise Invalid.field("cursor", "not a cursor of this list", hint="Use next_cursor as it came.") from err


async def fetch_page(
    session: AsyncSession,
    statement: Select[Any],
    model: Any,
    query: ListQuery,
    *,
    sortable: Mapping[str, Any],
    default_sort: str,
    parts: Sequence[ColumnElement[bool]] = (),
) -> tuple[list[Any], str | None, int | None]:
    """Runs a list query: rows, cursor of the next page, total if asked for.

    Pages by value and id, so that rows added meanwhile neither repeat nor vanish. ``sortable`` columns are never null.
    Where ``parts`` cover all rows and each has an index in the list's order, the first rows of each are merged:
    PostgreSQL would walk through everything for the few rows of a small part.

    Raises:
        Invalid: Unknown sort field or a foreign cursor.
    """
    column, descending = _sorting(query, sortable, default_sort)
    total = None
    if query.with_total:
        total = await session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    if query.cursor:
        value, row_id = _unpack(query.cursor, column.type.python_type)
        after = column < value if descending else column > value
        tie = model.id < row_id if descending else model.id > row_id
        statement = statement.where(or_(after, and_(column == value, tie)))
    order = (column.desc(), model.id.desc()) if descending else (column.asc(), model.id.asc())
    if parts:
        firsts = [
            statement.with_only_columns(model.id).where(part).order_by(*order).limit(query.limit + 1) for part in parts
        ]
        statement = select(model).where(model.id.in_(union_all(*(first.subquery().select() for first in firsts))))
    rows = list((await session.scalars(statement.order_by(*order).limit(query.limit + 1))).all())
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    cursor = _pack([getattr(rows[-1], column.key), rows[-1].id]) if more else None
    return rows, cursor, total


class HasId(Protocol):
    """What lists in memory are made of."""

    @property
    def id(self) -> uuid.UUID:
        """Settles the order where two are sorted by the same."""


Thing = TypeVar("Thing", bound=HasId)


def cut_page(
    things: Iterable[Thing], query: ListQuery, *, sortable: Mapping[str, Callable[[Thing], str]], default_sort: str
) -> tuple[list[Thing], str | None, int | None]:
    """The same as `fetch_page` for what is no table: objects of a release.

    Raises:
        Invalid: Unknown sort field or a foreign cursor.
    """
    value_of, descending = _sorting(query, sortable, default_sort)

    def place(thing: Thing) -> tuple[str, uuid.UUID]:
        return value_of(thing), thing.id

    found = sorted(things, key=place, reverse=descending)
    total = len(found) if query.with_total else None
    if query.cursor:
        last = _unpack(query.cursor, str)
        found = [thing for thing in found if (place(thing) < last if descending else place(thing) > last)]
    rows = found[: query.limit]
    return rows, _pack(place(rows[-1])) if len(found) > query.limit else None, total


def _sorting(query: ListQuery, sortable: Mapping[str, Key], default_sort: str) -> tuple[Key, bool]:
    """By what a list is sorted, and whether it is turned round."""
    sort = query.sort or default_sort
    key = sortable.get(sort.removeprefix("-"))
    if key is None:
        raise Invalid.field("sort", f"can't sort by this; try one of {', '.join(sorted(sortable))}")
    return key, sort.startswith("-")
