"""Writes docs/reference/{events,commands}.md from the code: ``python -m controlplane.entrypoints.reference_pages``."""

import inspect
import types
import typing
from collections.abc import Iterable
from enum import Enum
from typing import Any

import typer.main
from typer.core import TyperArgument, TyperGroup, TyperOption

from controlplane.agents import events as agents
from controlplane.calls import events as calls
from controlplane.entrypoints.cli import app
from controlplane.nodes import events as nodes
from controlplane.platform.events import Event
from controlplane.platform.settings import REPOSITORY
from controlplane.release import events as release

FOLDER = REPOSITORY / "docs" / "reference"
WORDS = {
    "str": "text", "int": "whole number", "float": "number", "bool": "true or false", "NoneType": "null",
    "AwareDatetime": "time",
}  # fmt: skip
EVENTS_HEAD = """# Events

What happened, in the past tense, written in the same transaction as the change itself. Every event has `org_id` (null
for what belongs to a node), `subject` (id of the thing it is about), `location_id` and `occurred_at` (UTC); its payload
is below. Payloads only grow. Times are UTC, `_s` is seconds. Generated from the `Event` classes in
`controlplane/*/events.py`; edit them there.

## Following them

The WebSocket `/api/v1/events` sends JSON texts: first a `snapshot` (`as_of`, `live_calls`), then each `event` that the
listener may see (`id`, `name`, `subject`, `location_id`, `occurred_at`, and the payload in `data`), and a `ping` when
nothing happens. `?after=ID` leaves the snapshot out and goes on behind that event: so nothing is missed between two
connections. The token comes as `Authorization: Bearer`, from browsers as `new WebSocket(url, ["bearer", token])`.

Closed with 4401: log in again; 4404: `after` is unknown, begin with a snapshot; 4408: the listener reads too slowly;
1012: the server stops, come back with `after`.
"""
COMMANDS_HEAD = """# Commands

`.venv/bin/controlplane COMMAND`; `--help` says the same. Exit code 0: done, 1: failed, with one sentence on standard
error, 2: wrong usage. `--json` prints data for programs on standard output; logs go to standard error. Settings come
from the [environment](settings.md), as for the running system. Generated from the commands; edit them there.

| Command | What it does | Options |
|---|---|---|
"""


def events_page() -> str:
    """The whole page, events by name."""
    found = sorted(_events(agents, calls, nodes, release), key=lambda event: event.name)
    return EVENTS_HEAD + "".join(_event(event) for event in found)


def _events(*modules: types.ModuleType) -> Iterable[type[Event]]:
    for module in modules:
        for _, one in inspect.getmembers(module, inspect.isclass):
            if issubclass(one, Event) and "name" in vars(one):
                yield one


def _event(event: type[Event]) -> str:
    says = inspect.cleandoc(event.__doc__ or "")
    fields = [name for name in event.model_fields if name not in Event.model_fields]
    rows = "".join(f"| `{name}` | {_type(event.model_fields[name].annotation)} |\n" for name in fields)
    payload = f"| Field | Type |\n|---|---|\n{rows}" if rows else "No payload.\n"
    return f"\n## `{event.name}`\n\n{says}\n\n{payload}"


def _type(annotation: object) -> str:
    """A type in the words of JSON."""
    if isinstance(annotation, types.UnionType):
        return " or ".join(_type(one) for one in typing.get_args(annotation))
    if typing.get_origin(annotation) is list:
        return f"list of {_type(typing.get_args(annotation)[0])}"
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        return ", ".join(f"`{one.value}`" for one in annotation)
    name = getattr(annotation, "__name__", str(annotation))
    return WORDS.get(name, name)


def commands_page() -> str:
    """The whole page, one row a command."""
    return COMMANDS_HEAD + "".join(_command(words, one) for words, one in _commands("", typer.main.get_command(app)))


def _commands(path: str, command: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(command, TyperGroup):
        for name, one in command.commands.items():
            yield from _commands(f"{path} {name}".strip(), one)
    elif not command.hidden:
        yield path, command


def _command(words: str, command: Any) -> str:
    arguments = [f" {str(one.name).upper()}" for one in command.params if isinstance(one, TyperArgument)]
    options = [f"`{one.opts[0]}`" for one in command.params if isinstance(one, TyperOption)]
    return f"| `{words}{''.join(arguments)}` | {inspect.cleandoc(command.help)} | {' '.join(options)} |\n"


if __name__ == "__main__":
    (FOLDER / "events.md").write_text(events_page())
    (FOLDER / "commands.md").write_text(commands_page())
