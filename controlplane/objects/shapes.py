"""The shapes of a kind on the wire, derived from its ``Fields`` class: what is read, created and patched."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

from controlplane.objects.models import ConfigObject
from controlplane.objects.schemas import ObjectFields, ObjectMeta


@dataclass(frozen=True)
class Shapes:
    """Models of one kind, named for the OpenAPI document: ``Queue``, ``QueueCreate``, ``QueuePatch``.

    ``created`` is ``read`` plus the secrets that were made up, for the one answer that shows them.
    ``filters`` are the plain fields of the document that a list can be filtered by.
    """

    read: type[BaseModel]
    created: type[BaseModel]
    create: type[ObjectFields]
    patch: type[BaseModel]
    filters: dict[str, Any]

    def show(self, row: ConfigObject) -> BaseModel:
        """An object as it is read."""
        return self.read.model_validate(_document(row))

    def show_once(self, row: ConfigObject, secrets: dict[str, str]) -> BaseModel:
        """An object with secrets that were just made up."""
        return self.created.model_validate({**_document(row), **secrets})


def changes_in(patch: BaseModel, secret_fields: Collection[str]) -> dict[str, Any]:
    """What a patch sets: JSON values, secrets as they are."""
    changes = patch.model_dump(mode="json", exclude_unset=True, exclude=set(secret_fields))
    secrets = {field: getattr(patch, field) for field in secret_fields if field in patch.model_fields_set}
    return {**changes, **secrets}


def _document(row: ConfigObject) -> dict[str, Any]:
    meta = {name: getattr(row, name) for name in ObjectMeta.model_fields}
    return {**row.fields, **meta}


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _optional(info: FieldInfo) -> tuple[Any, Any]:
    """The field as it is, but it may be left out; null only where null means something."""
    annotation = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    return annotation, Field(None, description=info.description, json_schema_extra=_without_default)


def _plain(info: FieldInfo) -> Any | None:
    """The type to filter a field by; None for lists, parts and secrets."""
    options = [info.annotation]
    if get_origin(info.annotation) in {Union, UnionType}:
        options = [part for part in get_args(info.annotation) if part is not type(None)]
    option = options[0]
    if get_origin(option) is Annotated:
        option = get_args(option)[0]
    if get_origin(option) is Literal:
        return option
    if isinstance(option, type) and issubclass(option, (str, int, UUID, Enum)):
        return option
    return None


@cache
def shapes_of(fields: type[ObjectFields]) -> Shapes:
    """Derives the models of a kind."""
    name = fields.__name__.removesuffix("Fields")
    open_fields = {key: info for key, info in fields.model_fields.items() if key not in fields.secret_fields}
    doc = fields.__doc__
    read = create_model(
        name,
        __base__=ObjectMeta,
        __doc__=doc,
        **{key: (info.annotation, info) for key, info in open_fields.items()},
    )  # type: ignore[call-overload] # fields made at run time
    created = read
    if fields.generated:
        once = Field(description="Shown in this answer only.")
        created = create_model(f"{name}Created", __base__=read, **dict.fromkeys(fields.generated, (str, once)))  # type: ignore[call-overload] # as above
    patch = create_model(
        f"{name}Patch",
        __config__=ConfigDict(extra="forbid"),
        __doc__=f"Only what is to change. {doc}",
        **{key: _optional(info) for key, info in fields.model_fields.items()},
    )  # type: ignore[call-overload] # as above
    filters = {key: kind for key, info in open_fields.items() if (kind := _plain(info)) is not None}
    create = create_model(f"{name}Create", __base__=fields, __doc__=doc)
    return Shapes(read, created, create, patch, filters)
