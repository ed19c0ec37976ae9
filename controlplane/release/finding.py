"""Looking around in a configuration, and saying what was found."""

from typing import Literal
from uuid import UUID

from controlplane.kit.destination import Kind
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.index import Index
from controlplane.release.schemas import ProblemRead
from controlplane.telephony.schemas import DeviceFields


def collection(kind: Kind) -> str:
    """A kind's name in paths: ``ivr_menus``, ``voicemail_boxes``."""
    return f"{kind}es" if kind.endswith("x") else f"{kind}s"


class Finder:
    """A configuration with the look-ups that checks need."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.configuration = index.configuration

    def phones(self, extension: UUID) -> list[Stored[DeviceFields]]:
        """An extension's devices that are enabled."""
        return [device for device in self.index.naming(extension, DeviceFields) if device.fields.enabled]

    def fields(self, id_: UUID | None) -> ObjectFields | None:
        """An object's fields, if it is there."""
        item = self.index.items.get(id_) if id_ else None
        return item.fields if item else None

    def is_on(self, id_: UUID | None) -> bool:
        """Whether an object is there and not disabled."""
        fields = self.fields(id_)
        return fields is not None and bool(getattr(fields, "enabled", True))

    @staticmethod
    def words(item: Stored[ObjectFields]) -> str:
        """Kind and name as people say it."""
        return f"{item.fields.kind.replace('_', ' ')} {item.fields.name}"

    def error(self, item: Stored[ObjectFields], path: str, slug: str, message: str, hint: str) -> ProblemRead:
        """Something that can't work."""
        return self._problem("error", item, path, slug, message, hint)

    def warning(self, item: Stored[ObjectFields], path: str, slug: str, message: str, hint: str = "") -> ProblemRead:
        """Something that works, but hardly as meant."""
        return self._problem("warning", item, path, slug, message, hint)

    def _problem(
        self, severity: Literal["error", "warning"], item: Stored[ObjectFields], path: str, slug: str, message: str,
        hint: str,
    ) -> ProblemRead:  # fmt: skip
        place = f"{collection(item.fields.kind)}/{item.fields.name}"
        words = self.words(item)
        if item.origin:
            hint = f"{hint} It comes from routing template {item.origin.template}, part {item.origin.part}.".lstrip()
        return ProblemRead(
            severity=severity,
            slug=slug,
            path=f"{place}/{path}" if path else place,
            kind=item.fields.kind,
            id=item.id,
            message=f"{words[0].upper()}{words[1:]}: {message}.",
            hint=hint,
        )
