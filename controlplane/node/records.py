"""Cuts the bytes of Asterisk's record files into records, also after a torn write."""

import re
from dataclasses import dataclass, field

_FIELD = rb'"(?:[^"]++|"")*+"'
_CSV_FIELD = re.compile(_FIELD)
_CSV_RECORD = re.compile(_FIELD + rb"(?:," + _FIELD + rb")*+\r?\n")
_CSV_BEGUN = re.compile(rb"(?:" + _FIELD + rb",)*+(?:" + _FIELD + rb'\r?|"(?:[^"]++|"")*+)?')
# A channel event's start; inside a quoted text its quotes would be doubled, so no caller can forge it.
CEL_START = re.compile(rb'"[A-Z_]+","[0-9]+\.[0-9]{6}",')
_RECORD_MAX = 1024 * 1024


@dataclass
class Cut:
    """Records found at the start of some bytes.

    Attributes:
        records: column texts and the offset behind the record.
        used: bytes that are done with; what follows is the beginning of a record.
        dropped: bytes that are no record: the remains of a torn write.
    """

    records: list[tuple[list[str], int]] = field(default_factory=list)
    used: int = 0
    dropped: int = 0


def cut_csv(data: bytes, columns: int, start: re.Pattern[bytes] | None = None) -> Cut:
    """Cuts records of ``columns`` fields, each in double quotes, quotes inside doubled, line breaks allowed inside.

    A write torn by a crash or a full disk leaves a piece without an end, and the next record follows on the same
    line. The piece is passed over; with ``start`` the record behind it is still found.
    """
    cut = Cut()
    while cut.used < len(data):
        match = _CSV_RECORD.match(data, cut.used)
        if match and (start is None or start.match(data, cut.used)):
            fields = _CSV_FIELD.findall(match[0])
            if len(fields) == columns:
                cut.used = match.end()
                cut.records.append(([_unquoted(field) for field in fields], cut.used))
                continue
        elif not match and _CSV_BEGUN.fullmatch(data, cut.used) and len(data) - cut.used < _RECORD_MAX:
            break
        end = match.end() if match else data.find(b"\n", cut.used) + 1
        if not end:
            break
        found = start.search(data, cut.used + 1, end) if start else None
        resume = found.start() if found else end
        cut.dropped += resume - cut.used
        cut.used = resume
    return cut


def cut_lines(data: bytes, columns: int) -> Cut:
    """Cuts lines of fields separated by ``|``; missing columns at the end become empty."""
    cut = Cut()
    while line_end := data.find(b"\n", cut.used) + 1:
        line = data[cut.used : line_end].rstrip(b"\r\n")
        cut.used = line_end
        fields = _text(line).split("|", columns - 1)
        cut.records.append((fields + [""] * (columns - len(fields)), line_end))
    return cut


def _unquoted(field: bytes) -> str:
    return _text(field[1:-1].replace(b'""', b'"'))


def _text(raw: bytes) -> str:
    # NUL can't be stored by PostgreSQL; a caller's name in another encoding keeps its readable letters.
    return raw.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
