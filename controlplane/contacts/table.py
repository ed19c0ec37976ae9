r"""Contacts as a table (CSV): one row a person.

Numbers stand in one cell with ``|`` between them, each with its label before it: ``mobile:+12025550101|+12025550102``.
What goes out comes in again and changes nothing.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from controlplane.ascode import door as ascode
from controlplane.ascode.schemas import ImportProblem
from controlplane.contacts import queries, service
from controlplane.contacts.queries import ContactFilter
from controlplane.contacts.schemas import Contact, ContactWrite
from controlplane.contacts.service import Document
from controlplane.kit.text import table_lines
from controlplane.platform.auth import Principal
from controlplane.platform.listing import ListQuery
from controlplane.platform.problem import field_errors
from controlplane.platform.services import Services

NAME = "contacts"
FILE = f"{NAME}.csv"
COLUMNS = ("name", "company", "numbers", "email", "tags", "notes", "id")
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what its cells say. A column that is not there, and an empty cell, say nothing."""

    line: int
    id: str | None
    said: Document

    def problem(self, field: str, message: str, hint: str = "") -> ImportProblem:
        """Something about it."""
        about = f"{NAME}/{self.said.get('name', '')}"
        return ImportProblem(file=FILE, line=self.line, object=about, field=field, message=message, hint=hint)


def read(content: bytes) -> Iterator[Row]:
    """The rows of a table.

    Raises:
        ImportRefused: It is no table of contacts.
    """
    for line, cells in ascode.read_rows(FILE, content, key="name", known=COLUMNS):
        id_ = cells.pop("id", None)
        said: Document = dict(cells)
        if "tags" in said:
            said["tags"] = ascode.entries(said["tags"])
        if "numbers" in said:
            said["numbers"] = [_number(one) for one in ascode.entries(said["numbers"])]
        yield Row(line, id_, said)


def _number(entry: str) -> dict[str, str]:
    label, _, number = entry.rpartition(":")
    return {"number": number.strip(), "label": label.strip()}


def checked(row: Row, before: Document | None) -> Document | list[ImportProblem]:
    """What a contact is after a row, or what is wrong with it."""
    try:
        return service.document_of(ContactWrite.model_validate({**(before or {}), **row.said}))
    except ValidationError as err:
        return [row.problem(one.field.partition(".")[0], one.message) for one in field_errors(err.errors())]


async def lines(services: Services, principal: Principal, wanted: ContactFilter) -> AsyncIterator[str]:
    """The contacts of a filter as lines of a table, head first, by name; a transaction for each page."""
    yield "\ufeff" + table_lines([COLUMNS])
    cursor = None
    while True:
        async with services.uow() as uow:
            query = ListQuery(_PAGE, cursor, None, with_total=False)
            rows, cursor, _ = await queries.contacts_page(uow.session, principal, wanted, query)
            found = await service.reads(uow, rows)
        yield table_lines(_cells(one) for one in found)
        if cursor is None:
            return


def _cells(contact: Contact) -> Iterable[str]:
    numbers = [f"{one.label}:{one.number}" if one.label else one.number for one in contact.numbers]
    cells: Mapping[str, Any] = {
        **service.document_of(contact), "id": contact.id, "numbers": ascode.joined(numbers),
        "tags": ascode.joined(contact.tags),
    }  # fmt: skip
    return [str(cells[name]) for name in COLUMNS]


def id_of(text: str) -> UUID | None:
    """The id in a cell; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
