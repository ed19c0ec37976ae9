"""Objects of one kind as a table (CSV): one row an object, columns by the names of the fields that fit into a cell.

An empty cell leaves a field as it is, or at its default for a new object. Destinations are written ``queue:Sales``;
`rows` has how cells and lists are written.
"""

from collections.abc import Iterable
from functools import cache

from controlplane.ascode.export import Source
from controlplane.ascode.here import Keys
from controlplane.ascode.rows import entries, joined, read_rows
from controlplane.ascode.shape import Field, Goal, Link, Many, Plain
from controlplane.ascode.text import Mapping, Node, Scalar, Sequence
from controlplane.ascode.tree import SECTIONS, Item, Tree, extra_fields, key_of, keyed_by_number, shape_of_kind
from controlplane.kit.destination import Kind
from controlplane.kit.text import table_lines
from controlplane.objects.door import document_of
from controlplane.telephony.configuration import FIELDS

_NOT_FLAT = {Kind.HOLIDAY_CALENDAR, Kind.ROUTING_TEMPLATE, Kind.LOCATION_ROUTING, Kind.FLOW_TEST}
"""Nearly all that these are is lists and parts."""
TABLES = tuple(table for table, kind in SECTIONS.items() if kind not in _NOT_FLAT)
PHONES = "devices"
EXTENSION_NAME = "extension_name"
"""Column of the phones' table: what an extension that isn't there yet is called."""


@cache
def columns(table: str) -> dict[str, Field]:
    """The columns of a table and the fields behind them: those that fit into a cell."""
    kind = SECTIONS[table]
    sealed = extra_fields(kind)
    fits = {one.written: one for one in shape_of_kind(kind).fields() if _fits(one.shape) and one.name not in sealed}
    first = ["number", "name"] if keyed_by_number(kind) else ["name"]
    return {name: fits[name] for name in [*first, *(name for name in fits if name not in first)]}


def _fits(shape: object) -> bool:
    return isinstance(shape, Plain | Link | Goal) or (isinstance(shape, Many) and isinstance(shape.of, Plain | Link))


def read_table(table: str, file: str, content: bytes, *, skip: bool = False) -> Tree:
    """Rows as objects that are found by name or number; what has no column stays as it is.

    Args:
        table: One of `TABLES`.
        file: Its name, for problems.
        content: The CSV file, see `read_rows`.
        skip: Leave objects alone that are here already.

    Raises:
        ImportRefused: It isn't such a table.
    """
    known = {*columns(table), *FIELDS[SECTIONS[table]].secret_fields, *([EXTENSION_NAME] if table == PHONES else [])}
    items: list[Item] = []
    extensions: dict[str, Item] = {}
    for number, cells in read_rows(file, content, key=next(iter(columns(table))), known=known):
        items.append(_item(table, file, number, cells))
        if table == PHONES:
            _extension(extensions, file, number, cells)
    return Tree([*extensions.values(), *items], skip=skip)


def _item(table: str, file: str, row: int, cells: dict[str, str]) -> Item:
    kind = SECTIONS[table]
    extras: dict[str, Node] = {name: _scalar(cells[name], row) for name in FIELDS[kind].secret_fields if name in cells}
    entries = {
        name: _node(one, cells[name], row) for name, one in columns(table).items() if name in cells
    }  # fmt: skip
    return Item(kind, file, Mapping(entries, row), extras=extras, merge=True)


def _extension(found: dict[str, Item], file: str, row: int, cells: dict[str, str]) -> None:
    """The extension of a phone: made, at the phone's location, if there is none."""
    number = cells.get("extension")
    if number is None or number in found or not number.isdecimal():
        return
    entries: dict[str, Node] = {"number": _scalar(number, row)}
    defaults: dict[str, Node] = {"name": _scalar(number, row)}
    if EXTENSION_NAME in cells:
        entries["name"] = _scalar(cells[EXTENSION_NAME], row)
    if "location" in cells:
        defaults["location"] = _scalar(cells["location"], row)
    found[number] = Item(Kind.EXTENSION, file, Mapping(entries, row), merge=True, defaults=defaults)


def _node(field: Field, cell: str, row: int) -> Node:
    if isinstance(field.shape, Many):
        return Sequence([_scalar(one, row) for one in entries(cell)], row)
    if isinstance(field.shape, Goal) and ":" in cell:
        kind, _, target = cell.partition(":")
        return Mapping({kind.strip(): _scalar(target.strip(), row)}, row)
    return _scalar(cell, row)


def _scalar(text: str, row: int) -> Scalar:
    return Scalar(text, plain=False, line=row)


def write_table(table: str, sources: Iterable[Source], keys: Keys) -> str:
    """The same columns out: what comes in again changes nothing."""
    rows: list[Iterable[str]] = [columns(table)]
    found = [one for one in sources if one.fields.kind == SECTIONS[table]]
    for one in sorted(found, key=lambda one: (key_of(one.fields).casefold(), str(one.id))):
        document = document_of(one.fields)
        rows.append([_cell(field, document[field.name], keys) for field in columns(table).values()])
    return table_lines(rows)


def _cell(field: Field, value: object, keys: Keys) -> str:
    if value is None:
        return ""
    encoded = field.shape.encode(value, keys.label)
    if isinstance(encoded, dict):
        [(kind, target)] = encoded.items()
        return f"{kind}:{target}"
    text = joined(encoded) if isinstance(encoded, list) else str(encoded)
    return text.lower() if isinstance(encoded, bool) else text
