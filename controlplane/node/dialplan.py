"""Brings single lines of Asterisk's dialplan in line with a release, where a reload would read all of it.

A `dialplan reload` reads every file and every extension anew: 0.3 to 2.8 s for 148,000 lines. A line set by AMI is in
force after 0.1 ms. Asterisk reads the files again at its next start or reload, and they say the same: see
``docs/adr/0008-dialplan-line-by-line.md``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from controlplane.node.ami import Ami, AmiError

RELEASE_VARIABLE = "CP_RELEASE"
"""Global dialplan variable that names the release in force; each call record carries it."""

Place = tuple[str, str]
"""Extension and priority within a context; the priority is a number or ``hint``."""

_MOST_STEPS = 2000  # 0.2 s; beyond that a reload is as quick and simpler
_LONGEST = 900  # bytes; Asterisk's manager drops a message with a line of 1,024
_MOST_WORDS = 50
_SECTION = re.compile(r"\[([A-Za-z0-9_-]{1,79})\]$")
_PRIORITY = re.compile(r"(\d+|n|hint)(?:\(([A-Za-z0-9_-]+)\))?$")
_COMMENT = re.compile(r"(?<!\\);")
# A line of `dialplan show`; Asterisk 22, main/pbx.c, show_dialplan_helper.
_LISTED_CONTEXT = re.compile(r"\[ Context '([^']+)' created by '(pbx_config)?")
_LISTED = re.compile(
    r"  (?:(?:'(?P<exten>[^']+)' =>| +\[[^\]]+\])? +"
    r"(?:(?P<priority>\d+)\. (?P<app>\w+)\((?P<data>.*)\)|hint: (?P<hint>\S+))"
    r"|Include => +'(?P<include>[^']+)') +\[[^\]]*\]$"
)


class Unreadable(Exception):
    """A dialplan file with something in it that our templates do not write."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is done at one place: an application and its argument; for a hint, the devices it follows."""

    app: str
    data: str = ""
    label: str = ""


@dataclass(slots=True)
class Context:
    """One context as a file or Asterisk has it."""

    lines: dict[Place, Line] = field(default_factory=dict)
    includes: list[str] = field(default_factory=list)


@dataclass
class Dialplan:
    """Contexts by name, and the global variables but for the release's own."""

    contexts: dict[str, Context] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


def read_dialplan(text: str) -> Dialplan:
    """What an ``extensions/*.conf`` of ours holds.

    Raises:
        Unreadable: it holds something else, too.
    """
    reader = _Reader()
    for raw in text.splitlines():
        if line := (_uncommented(raw) if ";" in raw else raw).strip():
            reader.take(line)
    return reader.found


def _uncommented(line: str) -> str:
    return _COMMENT.split(line, maxsplit=1)[0].replace("\\;", ";")


class _Reader:
    def __init__(self) -> None:
        self.found = Dialplan()
        self._section = self._exten = ""
        self._priority = 0

    def take(self, line: str) -> None:
        if line.startswith("[") and (match := _SECTION.match(line)):
            self._section, self._exten, self._priority = match[1], "", 0
            if self._section != "globals":
                self.found.contexts.setdefault(self._section, Context())
            return
        key, equals, value = line.partition("=")
        if not (self._section and equals):
            raise Unreadable(line)
        self._assign(key.strip(), value.removeprefix(">").strip())

    def _assign(self, key: str, value: str) -> None:
        if self._section == "globals":
            if key != RELEASE_VARIABLE:
                self.found.variables[key] = value
            return
        context = self.found.contexts[self._section]
        if key == "include":
            context.includes.append(value)
            return
        if key == "exten":
            exten, _, value = value.partition(",")
            self._exten = exten.strip()
        elif key != "same":
            raise Unreadable(f"{key}={value}")
        place, line = _step(self._exten, self._priority, value)
        if place[1] != "hint":
            self._priority = int(place[1])
        if place in context.lines:
            raise Unreadable(f"{place} is there twice")
        context.lines[place] = line


def _step(exten: str, last: int, text: str) -> tuple[Place, Line]:
    """The place and content of ``priority(label),App(data)`` after priority ``last``."""
    head, comma, action = text.partition(",")
    if head == "n":
        priority, label = str(last + 1), ""
    elif match := _PRIORITY.match(head.strip()):
        priority, label = str(last + 1) if match[1] == "n" else match[1], match[2] or ""
    else:
        raise Unreadable(text)
    if not (exten and comma) or "/" in exten:
        raise Unreadable(text)
    if priority == "hint":
        return (exten, priority), Line(action.strip())
    app, bracket, rest = action.strip().partition("(")
    if bracket and not rest.endswith(")"):
        raise Unreadable(text)
    return (exten, priority), Line(app.strip(), rest.removesuffix(")"), label)


class DialplanPush:
    """The way from one dialplan to another, line by line.

    Attributes:
        contexts: what each context that differs shall hold afterwards; None for one that goes.
        has_hints: hints are among the changes.
    """

    def __init__(self) -> None:
        self.contexts: dict[str, Context | None] = {}
        self.has_hints = False
        self._sets: list[tuple[str, Place, Line]] = []
        self._removes: list[tuple[str, Place]] = []

    @classmethod
    def between(cls, before: Dialplan, after: Dialplan) -> Self | None:
        """The lines to set and to remove; None if only a reload can do it.

        AMI can't set labels, includes, global variables or empty contexts.
        """
        push = cls()
        if before.variables != after.variables:
            return None
        for name in before.contexts.keys() | after.contexts.keys():
            old, new = before.contexts.get(name), after.contexts.get(name)
            if old == new:
                continue
            push.contexts[name] = new
            if new is not None and not push._add_context(name, old or Context(), new):
                return None
        return push if len(push._sets) + len(push._removes) + len(push.contexts) <= _MOST_STEPS else None

    def _add_context(self, name: str, old: Context, new: Context) -> bool:
        if old.includes != new.includes or not new.lines:
            return False
        gone = old.lines.keys() - new.lines.keys()
        changed = [place for place, line in new.lines.items() if old.lines.get(place) != line]
        lines = [new.lines[place] for place in changed] + [old.lines[place] for place in old.lines if place in gone]
        lines += [old.lines[place] for place in changed if place in old.lines]
        if any(line.label or len(line.data.encode()) > _LONGEST for line in lines):
            return False
        # Last line first: a call never finds a beginning whose end is not there yet.
        self._sets += [(name, place, new.lines[place]) for place in reversed(changed)]
        self._removes += [(name, place) for place in sorted(gone, key=_first_priority_first)]
        self.has_hints = self.has_hints or any(place[1] == "hint" for place in (*changed, *gone))
        return True

    async def run(self, ami: Ami) -> list[str]:
        """Sets and removes; gives what was done, in words.

        Raises:
            AmiError: Asterisk refused or went away; some may have been changed.
        """
        for name, (exten, priority), line in self._sets:
            await ami.action(
                "DialplanExtensionAdd",
                Context=name,
                Extension=exten,
                Priority=priority,
                Application=line.app,
                ApplicationData=line.data,
                Replace="yes",
            )
        for name, (exten, priority) in self._removes:
            await ami.action("DialplanExtensionRemove", Context=name, Extension=exten, Priority=priority)
        gone = sorted(name for name, context in self.contexts.items() if context is None)
        for name in gone:
            output = await ami.command(f"dialplan remove context {name}")
            if not output.startswith("Removed"):
                raise AmiError(f"dialplan remove context {name}: {output.strip()}")
        words = [f"set {place[0]}@{name}" for name, place, _ in self._sets]
        words += [f"remove {place[0]}@{name}" for name, place in self._removes]
        return list(dict.fromkeys([*words, *(f"remove context {name}" for name in gone)]))[:_MOST_WORDS]


async def context_in_asterisk(ami: Ami, name: str) -> Context | None:
    """A context as Asterisk has it now; None if it has none of that name.

    Raises:
        AmiError: Asterisk went away.
    """
    try:
        items = await ami.list_action("ShowDialPlan", timeout_s=30, Context=name)
    except AmiError as err:
        if "Did not find" in str(err):
            return None
        raise
    return context_of(items)


def context_of(items: Iterable[Mapping[str, str]]) -> Context:
    """The context that events ``ListDialplan`` tell of."""
    found = Context()
    for item in items:
        if include := item.get("includecontext"):
            found.includes.append(include)
        elif exten := item.get("extension"):
            line = Line(item["application"], item.get("appdata", ""), item.get("extensionlabel", ""))
            found.lines[exten, item["priority"]] = line
    return found


def read_listing(text: str) -> dict[str, Context]:
    """What ``dialplan show`` tells of the dialplan that came from files or AMI.

    Without labels: of first priorities it shows none.

    Asterisk writes 110,000 lines in half a second so; by AMI they take eight.
    """
    found: dict[str, Context] = {}
    context, exten = Context(), ""
    for line in text.splitlines():
        if match := _LISTED.match(line):
            exten = match["exten"] or exten
            if match["include"]:
                context.includes.append(match["include"])
            elif match["hint"]:
                context.lines[exten, "hint"] = Line(match["hint"])
            else:
                context.lines[exten, match["priority"]] = Line(match["app"], match["data"])
        elif match := _LISTED_CONTEXT.match(line):
            context = found.setdefault(match[1], Context()) if match[2] else Context()  # a module's own
    return found


def without_labels(context: Context) -> Context:
    """The same as :func:`read_listing` shows it."""
    lines = {place: Line(line.app, line.data) if line.label else line for place, line in context.lines.items()}
    return Context(lines, context.includes)


def differences(name: str, wanted: Context | None, actual: Context | None) -> Iterator[str]:
    """What is not as it shall be in one context, in sentences."""
    if wanted is None or actual is None:
        if wanted is not actual:
            what = "is missing in Asterisk" if actual is None else "is in Asterisk, but not in the release"
            yield f"Dialplan context {name} {what}."
        return
    if wanted.includes != actual.includes:
        yield f"Dialplan context {name} includes {_list(actual.includes)} in Asterisk, not {_list(wanted.includes)}."
    for place in wanted.lines.keys() | actual.lines.keys():
        expected, found = wanted.lines.get(place), actual.lines.get(place)
        if expected != found:
            yield (
                f"Dialplan line {place[0]},{place[1]} of context {name} is {_words(found)} in Asterisk, "
                f"{_words(expected)} was expected."
            )


def _first_priority_first(place: Place) -> tuple[str, int]:
    return place[0], 0 if place[1] == "hint" else int(place[1])


def _list(names: list[str]) -> str:
    return ", ".join(names) or "nothing"


def _words(line: Line | None) -> str:
    return f"{line.app}({line.data})" if line else "missing"
