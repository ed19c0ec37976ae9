"""Where in the dialplan of a release something was written: file, line, priority, and the object that it is made from.

A node's record of a call holds context, extension and the application with its values filled in; the file holds the
same application with expressions in it. Both are brought together here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

_LINE = re.compile(r"(?:exten => (?P<exten>[^,]+),(?P<first>\w+)| same => n)(?:\([^)]*\))?,(?P<app>.*)")


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
    """The dialplan of one release on one node. Of its many files only those that are asked for are taken apart.

    Args:
        paths: Its dialplan files.
        read: Gives the text of one; None when it is no longer kept.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str], str | None]) -> None:
        self._paths = sorted(paths)
        self._read = cache(read)
        self._lines = cache(self._parsed)

    def find(self, context: str, exten: str, app: str) -> SourceLine | None:
        """The line that ran this application with these values; None if no line of the context can have."""
        path = self._holding(f"[{context}]\n")
        lines = self._lines(path) if path else []
        found = [line for line in lines if line.context == context and _pattern(line.text).fullmatch(app)]
        return next((line for line in found if line.exten == exten), found[0] if found else None)

    def first(self, kind: str, id_: UUID, *apps: str) -> SourceLine | None:
        """The first line made from an object that runs one of these applications, such as its ``Dial``."""
        begins = tuple(f"{app}(" for app in apps)
        for path in self._paths:
            if f";@ {kind} {id_} " in (self._read(path) or ""):
                for line in self._lines(path):
                    if (line.kind, line.id) == (kind, str(id_)) and line.text.startswith(begins):
                        return line
        return None

    def _holding(self, text: str) -> str | None:
        """No context is in two files."""
        return next((path for path in self._paths if text in (self._read(path) or "")), None)

    def _parsed(self, path: str) -> list[SourceLine]:
        return list(_parse(path, self._read(path) or ""))


def _parse(path: str, text: str) -> Iterator[SourceLine]:
    context, exten, priority, kind, id_ = "", "", 0, "system", "-"
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(";@ "):
            _, kind, id_, *_ = line.split(" ", 3)
        elif line.startswith("["):
            context = line[1:-1]
        elif (match := _LINE.fullmatch(line)) and match["first"] != "hint":
            exten, priority = (match["exten"], 1) if match["exten"] else (exten, priority + 1)
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
