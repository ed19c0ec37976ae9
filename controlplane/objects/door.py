"""What other slices may use of configuration objects."""

from controlplane.objects.bulk import Before, Write, Writes, document_of, write_many
from controlplane.objects.models import ConfigObject
from controlplane.objects.references import Reference, references, texts
from controlplane.objects.repository import names_of, owners_of, rows_of, texts_of
from controlplane.objects.routing import object_router
from controlplane.objects.service import change, get, sealed_where
from controlplane.objects.shapes import shapes_of

__all__ = [
    "Before",
    "ConfigObject",
    "Reference",
    "Write",
    "Writes",
    "change",
    "document_of",
    "get",
    "names_of",
    "object_router",
    "owners_of",
    "references",
    "rows_of",
    "sealed_where",
    "shapes_of",
    "texts",
    "texts_of",
    "write_many",
]
