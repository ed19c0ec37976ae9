"""Looking around in a configuration, and saying what was found."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Literal
from uuid import UUID

from controlplane.kit.destination import Kind
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.graph import Way, ways
from controlplane.release.schemas import ProblemRead
from controlplane.telephony.configuration import Configuration
from controlplane.telephony.schemas import DeviceFields


def collection(kind: Kind) -> str:
    """A kind's name in paths: ``ivr_menus``, ``voicemail_boxes``."""
    return f"{kind}es" if kind.endswith("x") else f"{kind}s"


class Finder:
    """A configuration with the look-ups that checks need."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.items = {item.id: item for item in configuration.objects}
        self.fields = {item.id: item.fields for item in configuration.objects}

    @cached_property
    def devices(self) -> dict[UUID, list[Stored[DeviceFields]]]:
        """Enabled devices by extension."""
        found: dict[UUID, list[Stored[DeviceFields]]] = defaultdict(list)
        for device in self.configuration.of(DeviceFields):
            if device.fields.enabled:
                found[device.fields.extension_id].append(device)
        return found

    def ways(self) -> Iterator[tuple[Stored[ObjectFields], Way]]:
        """Every way on from every object."""
        for item in self.configuration.objects:
            for way in ways(item.fields):
                yield item, way

    def is_on(self, id_: UUID) -> bool:
        """Whether an object is there and not disabled."""
        fields = self.fields.get(id_)
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
        return ProblemRead(
            severity=severity,
            slug=slug,
            path=f"{place}/{path}" if path else place,
            kind=item.fields.kind,
            id=item.id,
            message=f"{words[0].upper()}{words[1:]}: {message}.",
            hint=hint,
        )
