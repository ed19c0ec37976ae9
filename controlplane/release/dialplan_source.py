"""Where in the dialplan of a release something was written: file, line, priority, and the object that it is made from.

A node's record of a call holds context, extension and the application with its values filled in; the file holds the
same application with expressions in it. Both are brought together here.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from controlplane.release.sourcemap import Owner

_LINE = re.compile(r"(?:exten => (?P<exten>[^,]+),(?P<first>\w+)| same => n(?:\([^)]*\))?),(?P<app>.*)")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a release's dialplan.

    Attributes:
        line: Counts from 1.
        priority: As Asterisk counts it.
        kind: Of the object that it was made from; ``system`` or ``organization`` for what belongs to none.
        id: The object's, ``-`` for the system.
    """

    file: str
    line: int
    context: str
    exten: str
    priority: int
    text: str
    kind: str
    id: str


class DialplanSource:
    """The dialplan of one release on one node.

    Args:
        sourcemap: Content of its ``sourcemap.json``.
        read: Gives the text of a file of the release; None when it is no longer kept.
    """

    def __init__(self, sourcemap: bytes, read: Callable[[str], str | None]) -> None:
        document = json.loads(sourcemap)
        self._marks: Mapping[str, list[tuple[int, str, str]]] = document["files"]
        self._contexts: dict[str, Owner] = {
            context: (kind, id_) for context, (kind, id_) in document["contexts"].items()
        }
        self._read = read
        self._files: dict[str, list[SourceLine]] = {}

    def find(self, context: str, exten: str, app: str) -> SourceLine | None:
        """The line that ran this application with these values; None if no line of the context can have."""
        owner = self._contexts.get(context)
        if owner is None:
            return None
        lines = [
            line for line in self._lines_of(owner) if line.context == context and _pattern(line.text).fullmatch(app)
        ]
        return next((line for line in lines if line.exten == exten), lines[0] if lines else None)

    def first(self, kind: str, id_: UUID, *apps: str) -> SourceLine | None:
        """The first line made from an object that runs one of these applications, such as its ``Dial``."""
        for line in self._lines_of((kind, str(id_))):
            if (line.kind, line.id) == (kind, str(id_)) and line.text.startswith(tuple(f"{app}(" for app in apps)):
                return line
        return None

    def _lines_of(self, owner: Owner) -> Iterator[SourceLine]:
        for path, marks in self._marks.items():
            if any((kind, id_) == owner for _, kind, id_ in marks):
                yield from self._lines(path)

    def _lines(self, path: str) -> list[SourceLine]:
        if path not in self._files:
            text = self._read(path)
            self._files[path] = list(_parse(path, text, self._marks[path])) if text is not None else []
        return self._files[path]


def _parse(path: str, text: str, marks: list[tuple[int, str, str]]) -> Iterator[SourceLine]:
    context, exten, priority, mark = "", "", 0, 0
    for number, line in enumerate(text.split("\n"), start=1):
        while mark + 1 < len(marks) and marks[mark + 1][0] <= number:
            mark += 1
        if line.startswith("["):
            context = line[1:-1]
        elif (match := _LINE.fullmatch(line)) and match["first"] != "hint":
            exten, priority = (match["exten"], 1) if match["exten"] else (exten, priority + 1)
            _, kind, id_ = marks[mark]
            yield SourceLine(path, number, context, exten, priority, match["app"], kind, id_)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """What an application may look like once its expressions have values."""
    pattern, index = "", 0
    while index < len(text):
        if text[index] == "$" and text[index + 1 : index + 2] in {"{", "["}:
            index = _end_of(text, index + 1)
            pattern += ".*"
        else:
            pattern += re.escape(text[index])
            index += 1
    return re.compile(pattern, re.DOTALL)


def _end_of(text: str, start: int) -> int:
    """Behind the bracket that closes the one at ``start``."""
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] in "{[") - (text[index] in "}]")
        if depth == 0:
            return index + 1
    return len(text)
