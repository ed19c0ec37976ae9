"""YAML in and out, as text only: no tags, no aliases, no guessing of types.

A plain scalar stays the text that was written (``0201``, ``no``, ``10:30``), and the field it is for decides what it
is. Only ``null`` and ``~`` mean nothing. So none of YAML 1.1's surprises reaches a phone number or an opening hour.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.schemas import ImportProblem

MAX_BYTES = 50_000_000
"""Of all files together; 500 locations with 10,000 phones are 8 MB."""
MAX_DEPTH = 20
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+([eE][+-][0-9]+)?)?")
"""What the writer leaves without quotes only if it is a number."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word or number as it was written. ``plain``: without quotes."""

    text: str
    plain: bool
    line: int

    @property
    def value(self) -> str | None:
        """The text; None for a plain ``null``."""
        return None if self.plain and self.text in NOTHING else self.text

    def guessed(self) -> Any:
        """What JSON would make of it, for the few fields that take anything."""
        if not self.plain:
            return self.text
        if self.text in {"true", "false"}:
            return self.text == "true"
        return json.loads(self.text) if _NUMBER.fullmatch(self.text) else self.value


@dataclass(frozen=True, slots=True)
class Mapping:
    """Fields by name, in the order of the file."""

    entries: "dict[str, Node]"
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "list[Node]"
    line: int


Node = Scalar | Mapping | Sequence


def read(file: str, content: bytes) -> Node:
    """One YAML document.

    Raises:
        ImportRefused: Not UTF-8, not YAML, or more than this reader takes.
    """
    try:
        text = content.decode("utf-8-sig")
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        return _Reader(file, events).document()
    except UnicodeDecodeError as err:
        raise _refused(file, 1, "is not UTF-8 text", "Save it as UTF-8.") from err
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else 1
        raise _refused(file, line, f"is not YAML: {err.problem or err.context}") from err
    except yaml.reader.ReaderError as err:
        line = text.count("\n", 0, err.position) + 1
        raise _refused(file, line, "has a control character, which YAML doesn't allow") from err
    except yaml.YAMLError as err:
        raise _refused(file, 1, "is not YAML") from err


def _refused(file: str, line: int, message: str, hint: str = "") -> ImportRefused:
    return ImportRefused([ImportProblem(file=file, line=line, object="", field="", message=message, hint=hint)])


class _Reader:
    """Builds nodes from the parser's events, so that nothing is expanded or constructed on the way."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self._file = file
        self._events = events

    def document(self) -> Node:
        next(self._events)  # the stream begins
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            raise _refused(self._file, 1, "is empty")
        node = self._node(next(self._events), 0)
        next(self._events)  # the document ends
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            raise _refused(self._file, _line(event), "has a second document", "Write each into a file of its own.")
        return node

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            raise _refused(self._file, _line(event), f"uses the alias *{event.anchor}", "Write it out instead.")
        if event.anchor is not None:
            raise _refused(self._file, _line(event), f"defines the anchor &{event.anchor}", "Write it out instead.")
        if event.tag is not None:
            raise _refused(self._file, _line(event), f"uses the tag {event.tag[:60]}", "Only plain YAML is read.")
        if depth > MAX_DEPTH:
            raise _refused(self._file, _line(event), f"is nested more than {MAX_DEPTH} deep")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, event.style in {None, ""}, _line(event))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth)
        return self._mapping(event, depth)

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Sequence(items, _line(start))

    def _mapping(self, start: Any, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise _refused(self._file, _line(event), "has a list or mapping as a field's name")
            if key.text in entries:
                raise _refused(self._file, key.line, f"names {key.text[:60]!r} twice")
            entries[key.text] = self._node(next(self._events), depth + 1)
        return Mapping(entries, _line(start))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class Inline(dict[str, Any]):
    """A mapping that is written on one line: ``{queue: Sales}``."""


class InlineList(list[Any]):
    """A list that is written on one line: ``[ulaw, alaw]``."""


class _Writer(yaml.CSafeDumper):
    """Block style but for what is marked as inline."""

    def ignore_aliases(self, _: Any) -> bool:
        """Everything is written out."""
        return True


_Writer.add_representer(
    Inline, lambda writer, value: writer.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)
)
_Writer.add_representer(
    InlineList, lambda writer, value: writer.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)


def write(document: dict[str, Any]) -> str:
    """A document as YAML: fields in their given order, one line a value, no aliases."""
    text: str = yaml.dump(
        document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=1_000_000, default_flow_style=False
    )
    return text
