r"""Rows of a table (CSV) that people bring: in any of the ways in which spreadsheets write one.

Cells are text and nothing else: what a spreadsheet would take for a formula is written with an apostrophe in front, and
read without it. Lists have ``|`` between their entries (``\|`` is one in an entry).
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator

from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.schemas import ImportProblem
from controlplane.kit.text import FORMULA

MAX_ROWS = 100_000
MAX_BYTES = 20_000_000
LIST = "|"
_ENTRY = re.compile(r"(?:\\[\\|]|[^|])+")
_ESCAPED = re.compile(r"\\([\\|])")


def read_rows(file: str, content: bytes, *, key: str, known: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row's number and its cells by column; empty cells and empty rows are left out.

    Args:
        file: Its name, for problems.
        content: The CSV file: UTF-8, UTF-16 with its mark, or Windows-1252; comma, semicolon or tab.
        key: The column that has to be there.
        known: All columns that may be.

    Raises:
        ImportRefused: It isn't such a table.
    """
    rows = _rows(file, content)
    names = [name.strip().lower().replace(" ", "_") for name in next(rows, [])]
    _check_head(file, names, key, known)
    read = 0
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(names):
            raise _wrong(
                file, number, f"has {len(row)} cells, and the head only {len(names)}", "Quote cells with commas."
            )
        if read == MAX_ROWS:
            raise _wrong(file, number, f"is more than {MAX_ROWS} rows", "Split the file.")
        read += 1
        yield number, {name: _bare(cell) for name, cell in zip(names, row, strict=False) if _bare(cell)}


def _check_head(file: str, names: list[str], key: str, known: Collection[str]) -> None:
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


def entries(cell: str) -> list[str]:
    r"""A list's entries; ``\|`` and ``\\`` stand for themselves in one."""
    return [text for part in _ENTRY.findall(cell) if (text := _ESCAPED.sub(r"\1", part).strip())]


def joined(values: Iterable[object]) -> str:
    """A list as one cell."""
    return LIST.join(str(one).replace("\\", "\\\\").replace(LIST, f"\\{LIST}") for one in values)
