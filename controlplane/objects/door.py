"""What other slices may use of configuration objects."""

from controlplane.objects.bulk import Before, Write, Writes, document_of, write_many
from controlplane.objects.models import ConfigObject
from controlplane.objects.references import RAW_KEYS, Reference, references, texts
from controlplane.objects.repository import (
    Look,
    kinds_of,
    look_at,
    names_of,
    owners_of,
    rows_at,
    rows_of,
    rows_using,
    switches_of,
    taken_names,
    texts_of,
    users_of,
)
from controlplane.objects.routing import object_router
from controlplane.objects.service import change, create, get, require_match, sealed_where
from controlplane.objects.shapes import shapes_of

__all__ = [
    "RAW_KEYS",
    "Before",
    "ConfigObject",
    "Look",
    "Reference",
    "Write",
    "Writes",
    "change",
    "create",
    "document_of",
    "get",
    "kinds_of",
    "look_at",
    "names_of",
    "object_router",
    "owners_of",
    "references",
    "require_match",
    "rows_at",
    "rows_of",
    "rows_using",
    "sealed_where",
    "shapes_of",
    "switches_of",
    "taken_names",
    "texts",
    "texts_of",
    "users_of",
    "write_many",
]
