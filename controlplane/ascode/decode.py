"""From what people wrote to the JSON that a kind's model checks, with every problem told at its line."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from controlplane.ascode.schemas import ImportProblem
from controlplane.ascode.shape import TARGET_KINDS, Goal, Link, Many, Named, Part, Plain, Raw, Shape
from controlplane.ascode.text import Mapping, Node, Scalar, Sequence
from controlplane.kit.destination import DestinationKind
from controlplane.objects.door import RAW_KEYS

Find = Callable[[str, str], UUID | None]
"""The id behind a readable key of a kind."""
NOWHERE = str(UUID(int=0))
"""Stands for what was not found, so that the rest can still be checked."""


@dataclass
class Decoder:
    """Reads one object.

    Attributes:
        file: Where it stands.
        name: How problems call it, such as ``queues/Sales``.
        find: Resolves references.
        problems: What was found so far.
    """

    file: str
    name: str
    find: Find
    problems: list[ImportProblem] = field(default_factory=list)

    def complain(self, line: int, path: str, message: str, hint: str = "") -> None:
        """Notes a problem."""
        self.problems.append(
            ImportProblem(file=self.file, line=line, object=self.name, field=path, message=message, hint=hint)
        )

    def part(self, shape: Part, node: Node, path: str = "") -> dict[str, Any]:
        """A mapping of known fields, as JSON by the names of the model."""
        if not isinstance(node, Mapping):
            self.complain(node.line, path, "must be a mapping of fields")
            return {}
        found: dict[str, Any] = {}
        for written, value in node.entries.items():
            here = f"{path}.{written}" if path else written
            if (known := shape.field(written)) is None:
                self._unknown(shape, written, value.line, here)
            elif known.name in found:
                self.complain(value.line, here, f"is given twice: also as {known.written}")
            else:
                found[known.name] = self.value(known.shape, value, here)
        return found

    def value(self, shape: Shape, node: Node, path: str) -> Any:
        """A value of any shape."""
        if isinstance(node, Scalar) and node.value is None:
            return None
        match shape:
            case Link():
                return self._link(shape.kind, node, path)
            case Goal():
                return self._goal(node, path)
            case Part():
                return self.part(shape, node, path)
            case Many():
                return [self.value(shape.of, one, f"{path}[{at}]") for at, one in self._items(node, path)]
            case Named():
                return {name: self.value(shape.of, one, f"{path}.{name}") for name, one in self._entries(node, path)}
            case Raw():
                return self._raw(node, path)
            case Plain():
                return node.text if shape.text and isinstance(node, Scalar) else plain(node)

    def _raw(self, node: Node, path: str) -> Any:
        if isinstance(node, Sequence):
            return [self._raw(one, f"{path}[{at}]") for at, one in enumerate(node.items, 1)]
        if isinstance(node, Scalar):
            return node.guessed()
        if len(node.entries) == 1:
            [(kind, target)] = node.entries.items()
            if isinstance(target, Scalar) and kind in TARGET_KINDS:
                return {"kind": kind, "id": self._link(TARGET_KINDS[kind], target, f"{path}.{kind}")}
            if isinstance(target, Scalar) and kind == DestinationKind.EXTERNAL_NUMBER:
                return {"kind": kind, "number": target.text}
        kind = _kind_of(node)
        return {
            key: self._raw_link(
                RAW_KEYS.get(key) or (TARGET_KINDS.get(kind) if key == "id" else None), one, f"{path}.{key}"
            )
            for key, one in node.entries.items()
        }

    def _raw_link(self, kind: str | None, node: Node, path: str) -> Any:
        """A reference, or a list of some among other things, where the key says that there is one."""
        if kind is not None and isinstance(node, Sequence):
            return [self._raw_link(kind, one, f"{path}[{at}]") for at, one in enumerate(node.items, 1)]
        if kind is not None and isinstance(node, Scalar) and node.value is not None:
            return self._link(kind, node, path)
        return self._raw(node, path)

    def _unknown(self, shape: Part, written: str, line: int, path: str) -> None:
        close = difflib.get_close_matches(written, [one.written for one in shape.fields()], n=1)
        hint = f"Did you mean {close[0]}?" if close else ""
        self.complain(line, path, "is not a field here", hint)

    def _items(self, node: Node, path: str) -> Iterator[tuple[int, Node]]:
        if isinstance(node, Sequence):
            yield from enumerate(node.items, 1)
        else:
            self.complain(node.line, path, "must be a list")

    def _entries(self, node: Node, path: str) -> Iterator[tuple[str, Node]]:
        if isinstance(node, Mapping):
            yield from node.entries.items()
        else:
            self.complain(node.line, path, "must be a mapping")

    def _link(self, kind: str, node: Node, path: str) -> str:
        if not isinstance(node, Scalar):
            self.complain(node.line, path, f"must be the key of {_a(kind)}")
            return NOWHERE
        found = self.find(kind, node.text)
        if found is None:
            self.complain(node.line, path, f"there is no {_words(kind)} {node.text[:100]!r}",
                          "Name one that is in these files or here already.")  # fmt: skip
        return str(found) if found else NOWHERE

    def _goal(self, node: Node, path: str) -> dict[str, Any]:
        """``hangup``, ``{queue: Sales}``, ``{external_number: +1…}``, or as in the API with kind, id and number."""
        if isinstance(node, Scalar):
            if node.text not in {kind.value for kind in DestinationKind}:
                self.complain(node.line, path, f"{node.text[:60]!r} is no destination",
                              'Write hangup, {queue: Sales}, {extension: "201"} or the like.')  # fmt: skip
                return {"kind": DestinationKind.HANGUP.value}
            return {"kind": node.text}
        if isinstance(node, Mapping) and "kind" in node.entries:
            links = {"id": TARGET_KINDS.get(_kind_of(node))}
            return {name: self._raw_link(links.get(name), one, path) for name, one in node.entries.items()}
        if isinstance(node, Mapping) and len(node.entries) == 1:
            [(kind, target)] = node.entries.items()
            if kind in TARGET_KINDS:
                return {"kind": kind, "id": self._link(TARGET_KINDS[kind], target, f"{path}.{kind}")}
            if kind in {one.value for one in DestinationKind}:
                return {"kind": kind, "number": plain(target) if isinstance(target, Mapping) else _text(target)}
            self.complain(node.line, path, f"{kind[:60]!r} is no kind of destination",
                          f"It is one of {', '.join(one.value for one in DestinationKind)}.")  # fmt: skip
        else:
            self.complain(node.line, path, "must be a destination: one kind and its target, such as {queue: Sales}")
        return {"kind": DestinationKind.HANGUP.value}


def _kind_of(node: Mapping) -> str:
    kind = node.entries.get("kind")
    return kind.text if isinstance(kind, Scalar) else ""


def plain(node: Node) -> Any:
    """A value as JSON would have it."""
    if isinstance(node, Scalar):
        return node.guessed()
    if isinstance(node, Sequence):
        return [plain(one) for one in node.items]
    return {name: plain(one) for name, one in node.entries.items()}


def _text(node: Node) -> Any:
    return node.value if isinstance(node, Scalar) else plain(node)


def place(shape: Shape, node: Node, location: tuple[int | str, ...]) -> tuple[int, str]:
    """Line and written path of what a model complains about, as near as the file says it."""
    path = ""
    for step in location:
        following: Node | None = None
        if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            following, path = node.items[step], f"{path}[{step + 1}]"
            shape = shape.of if isinstance(shape, Many) else shape
        elif isinstance(node, Mapping):
            known = shape.field(str(step)) if isinstance(shape, Part) else None
            written = known.written if known else str(step)
            following = node.entries.get(written, node.entries.get(str(step)))
            if following is not None or known is not None:
                path = f"{path}.{written}" if path else written
            shape = known.shape if known else shape.of if isinstance(shape, Named) else shape
        if following is None:
            break
        node = following
    return node.line, path


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {_words(kind)}"


def steps(path: str) -> tuple[int | str, ...]:
    """A dotted path such as ``parts.menu.options.0`` as a model would say it."""
    return tuple(int(step) if step.isdecimal() else step for step in path.split("."))
