r"""Objects of one kind as a table (CSV): one row an object, columns by the names of the fields that fit into a cell.

Cells are text and nothing else: what a spreadsheet would take for a formula is written with an apostrophe in front, and
read without it. An empty cell leaves a field as it is, or at its default for a new object. Lists have ``|`` between
their entries (``\|`` is one in a name), destinations are written ``queue:Sales``.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from functools import cache

from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.export import Source
from controlplane.ascode.here import Keys
from controlplane.ascode.schemas import ImportProblem
from controlplane.ascode.shape import Field, Goal, Link, Many, Plain
from controlplane.ascode.text import Mapping, Node, Scalar, Sequence
from controlplane.ascode.tree import SECTIONS, Item, Tree, extra_fields, key_of, keyed_by_number, shape_of_kind
from controlplane.kit.destination import Kind
from controlplane.kit.text import FORMULA, table_cell
from controlplane.objects.door import document_of
from controlplane.telephony.configuration import FIELDS

_NOT_FLAT = {Kind.HOLIDAY_CALENDAR, Kind.ROUTING_TEMPLATE, Kind.LOCATION_ROUTING, Kind.FLOW_TEST}
"""Nearly all that these are is lists and parts."""
TABLES = tuple(table for table, kind in SECTIONS.items() if kind not in _NOT_FLAT)
PHONES = "devices"
MAX_ROWS = 100_000
MAX_BYTES = 20_000_000
LIST = "|"
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
        content: The CSV file: UTF-8, UTF-16 with its mark, or Windows-1252; comma, semicolon or tab.
        skip: Leave objects alone that are here already.

    Raises:
        ImportRefused: It isn't such a table.
    """
    rows = _rows(file, content)
    head = next(rows, [])
    names = [name.strip().lower().replace(" ", "_") for name in head]
    _check_head(table, file, names)
    items: list[Item] = []
    extensions: dict[str, Item] = {}
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(names):
            raise _wrong(
                file, number, f"has {len(row)} cells, and the head only {len(names)}", "Quote cells with commas."
            )
        if len(items) == MAX_ROWS:
            raise _wrong(file, number, f"is more than {MAX_ROWS} rows", "Split the file.")
        cells = {name: _bare(cell) for name, cell in zip(names, row, strict=False) if _bare(cell)}
        items.append(_item(table, file, number, cells))
        if table == PHONES:
            _extension(extensions, file, number, cells)
    return Tree([*extensions.values(), *items], skip=skip)


def _check_head(table: str, file: str, names: list[str]) -> None:
    known = {*columns(table), *FIELDS[SECTIONS[table]].secret_fields, *([EXTENSION_NAME] if table == PHONES else [])}
    key = next(iter(columns(table)))
    if key not in names:
        raise _wrong(file, 1, f"has no column {key}", f"The first row names the columns: {', '.join(sorted(known))}.")
    for name in names:
        if name not in known or names.count(name) > 1:
            message = f"the column {name[:60]!r} is {'there twice' if name in known else 'unknown'}"
            raise _wrong(file, 1, message, f"The columns are {', '.join(sorted(known))}.")


def _wrong(file: str, row: int, message: str, hint: str = "") -> ImportRefused:
    return ImportRefused([ImportProblem(file=file, line=row, object="", field="", message=message, hint=hint)])


def _rows(file: str, content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            raise _wrong(file, row, f"is no row of a table: {err}", "Is a quotation mark left open?") from err


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _bare(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from reading a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


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
        return Sequence([_scalar(one, row) for one in _entries(cell)], row)
    if isinstance(field.shape, Goal) and ":" in cell:
        kind, _, target = cell.partition(":")
        return Mapping({kind.strip(): _scalar(target.strip(), row)}, row)
    return _scalar(cell, row)


_ENTRY = re.compile(r"(?:\\[\\|]|[^|])+")
_ESCAPED = re.compile(r"\\([\\|])")


def _entries(cell: str) -> list[str]:
    r"""A list's entries; ``\|`` and ``\\`` stand for themselves in one."""
    return [text for part in _ENTRY.findall(cell) if (text := _ESCAPED.sub(r"\1", part).strip())]


def _joined(entries: Iterable[object]) -> str:
    return LIST.join(str(one).replace("\\", "\\\\").replace(LIST, f"\\{LIST}") for one in entries)


def _scalar(text: str, row: int) -> Scalar:
    return Scalar(text, plain=False, line=row)


def write_table(table: str, sources: Iterable[Source], keys: Keys) -> str:
    """The same columns out: what comes in again changes nothing."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns(table))
    rows = [one for one in sources if one.fields.kind == SECTIONS[table]]
    for one in sorted(rows, key=lambda one: (key_of(one.fields).casefold(), str(one.id))):
        document = document_of(one.fields)
        writer.writerow(_cell(field, document[field.name], keys) for field in columns(table).values())
    return buffer.getvalue()


def _cell(field: Field, value: object, keys: Keys) -> str:
    if value is None:
        return ""
    encoded = field.shape.encode(value, keys.label)
    if isinstance(encoded, dict):
        [(kind, target)] = encoded.items()
        return f"{kind}:{target}"
    text = _joined(encoded) if isinstance(encoded, list) else str(encoded)
    text = text.lower() if isinstance(encoded, bool) else text
    return table_cell(text)
