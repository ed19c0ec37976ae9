"""Writes docs/reference/configuration-format.md: ``python -m controlplane.entrypoints.format_page``."""

import inspect
import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from controlplane.ascode.shape import LOCATION, Field, Goal, Link, Many, Named, Part, Raw, Shape
from controlplane.ascode.text import write
from controlplane.ascode.tree import FORMAT, LOCATIONS, SECTIONS, extra_fields, shape_of_kind
from controlplane.platform.settings import REPOSITORY

PAGE = REPOSITORY / "docs" / "reference" / "configuration-format.md"
WORDS = {"str": "text", "int": "whole number", "float": "number", "bool": "`true` or `false`", "date": "date",
         "time": "time such as 09:00", "AwareDatetime": "moment with its zone"}  # fmt: skip
HEAD = f"""# Format of configuration files

What `controlplane config export` writes and `import` reads, format {FORMAT}. How to use it, secrets, references and
destinations: [configuration as code](../howto/configuration-as-code.md). Every object may also have an `id`. Fields
without a default must be there. Generated from the kinds' classes; edit them there.
"""


def format_page() -> str:
    """The whole page, a section a kind; parts of objects stand behind the kinds."""
    parts: dict[type[BaseModel], None] = {}
    kinds = {LOCATIONS: LOCATION} | {heading: str(kind) for heading, kind in SECTIONS.items()}
    pages = [
        _section(f"`{heading}`", shape_of_kind(kind), extra_fields(kind), parts) for heading, kind in kinds.items()
    ]
    done = 0
    while done < len(parts):
        model = list(parts)[done]
        pages.append(_section(_title(model), Part((model,)), (), parts))
        done += 1
    return HEAD + "".join(pages)


def _title(model: type[BaseModel]) -> str:
    return f"Part: {model.__name__}"


def _section(title: str, shape: Part, extras: tuple[str, ...], parts: dict[type[BaseModel], None]) -> str:
    [model] = shape.models
    rows = [_row(model, one, parts) for one in shape.fields() if one.name not in extras]
    rows += [f"| `{name}` | {'sound' if name == 'audio' else 'secret'} | | |\n" for name in extras]
    says = inspect.cleandoc(model.__doc__ or "").partition("\n\n")[0].replace("``", "`")
    return f"\n## {title}\n\n{says}\n\n| Field | Type | Default | |\n|---|---|---|---|\n{''.join(rows)}"


def _row(model: type[BaseModel], one: Field, parts: dict[type[BaseModel], None]) -> str:
    info = model.model_fields[one.name]
    default = "" if one.default is PydanticUndefined else f"`{_default(one)}`"
    said = " ".join((info.description or "").replace("|", "\\|").split())
    return f"| `{one.written}` | {_type(one.shape, info.annotation, parts)} | {default} | {said} |\n"


def _default(one: Field) -> str:
    value = None if one.default is None else one.shape.encode(one.default, str)
    text = write({"x": value}).removeprefix("x:").strip()
    return "none" if value is None else " ".join(text.split()).replace("|", "\\|")


def _type(shape: Shape, annotation: Any, parts: dict[type[BaseModel], None]) -> str:
    match shape:
        case Link():
            return f"key of {'an' if shape.kind[0] in 'aeiou' else 'a'} {shape.kind.replace('_', ' ')}"
        case Goal():
            return "destination"
        case Many():
            return f"list of {_type(shape.of, _inner(annotation), parts)}"
        case Named():
            return "mapping"
        case Raw():
            return "JSON"
        case Part():
            parts.update(dict.fromkeys(shape.models))
            return " or ".join(f"[{one.__name__}](#part-{one.__name__.lower()})" for one in shape.models)
    return " or ".join(dict.fromkeys(_plain(annotation)))


def _inner(annotation: Any) -> Any:
    """What a list holds."""
    for one in _options(annotation):
        if typing.get_origin(one) in {tuple, list}:
            return typing.get_args(one)[0]
    return annotation


def _options(annotation: Any) -> Iterator[Any]:
    """The types that a field may have, without annotations and None."""
    if typing.get_origin(annotation) is typing.Annotated:
        yield from _options(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        for one in typing.get_args(annotation):
            yield from _options(one)
    elif annotation is not type(None):
        yield annotation


def _plain(annotation: Any) -> Iterator[str]:
    for one in _options(annotation):
        if typing.get_origin(one) is typing.Literal:
            yield ", ".join(f"`{value}`" for value in typing.get_args(one))
        elif inspect.isclass(one) and issubclass(one, Enum):
            yield ", ".join(f"`{value.value}`" for value in one)
        else:
            yield WORDS.get(getattr(one, "__name__", ""), "text")


if __name__ == "__main__":
    PAGE.write_text(format_page())
