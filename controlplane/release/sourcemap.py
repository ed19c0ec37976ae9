"""Which object a line of generated dialplan came from.

A line ``;@ kind id name`` says to whom the lines below it belong, until the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from controlplane.release.escape import comment
from controlplane.release.model import Pass
from controlplane.release.pbx_objects import PbxObject

Owner = tuple[str, str]
"""Kind and id of an object; ``system`` and ``-`` for what belongs to none."""


class Ownerless(ValueError):
    """A template wrote dialplan without saying for which object."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where generated dialplan came from.

    Attributes:
        lines: file to ``(first line, kind, id)``, ascending; each holds until the next. Lines count from 1.
        contexts: context to the object that opens it.
        priorities: context to how many priorities Asterisk will have in it; a hint counts, too.
    """

    lines: Mapping[str, list[tuple[int, str, str]]]
    contexts: Mapping[str, Owner]
    priorities: dict[str, int]

    def owner(self, path: str, line: int) -> Owner | None:
        """The object that a line belongs to."""
        found: Owner | None = None
        for first, kind, id_ in self.lines.get(path, ()):
            if first > line:
                break
            found = (kind, id_)
        return found


def owned_by(item: PbxObject | Pass) -> str:
    """The line that says whose the lines below it are: the filter ``own`` of the templates."""
    return f";@ {item.kind} {item.id} {comment(item.name)}"


def map_sources(dialplan: Mapping[str, str]) -> SourceMap:
    """Reads the marks in dialplan files.

    Raises:
        Ownerless: A line comes before any mark of its file.
    """
    lines: dict[str, list[tuple[int, str, str]]] = {}
    contexts: dict[str, Owner] = {}
    priorities: dict[str, int] = {}
    for path in sorted(dialplan):
        marks: list[tuple[int, str, str]] = []
        context = ""
        for number, line in enumerate(dialplan[path].split("\n"), start=1):
            if line.startswith(";@ "):
                _, kind, id_, *_ = line.split(" ", 3)
                marks.append((number, kind, id_))
            elif line.startswith("["):
                context = line[1:-1]
                if context != "globals":
                    contexts.setdefault(context, _owner(marks, path, number))
                    priorities.setdefault(context, 0)
            elif line.startswith(("exten =>", " same =>")):
                _owner(marks, path, number)
                priorities[context] += 1
            elif line:
                _owner(marks, path, number)
        lines[path] = marks
    return SourceMap(lines, contexts, priorities)


def _owner(marks: list[tuple[int, str, str]], path: str, number: int) -> Owner:
    if not marks:
        raise Ownerless(f"{path}, line {number}: no line above says to which object it belongs.")
    return marks[-1][1], marks[-1][2]
