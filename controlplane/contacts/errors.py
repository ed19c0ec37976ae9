"""Errors of contacts.

Conflict
└── NumberTaken    another contact has the number
"""

from typing import Any
from uuid import UUID

from controlplane.platform.problem import Conflict, FieldError


class NumberTaken(Conflict):
    """Another contact has this number: it would mean two people."""

    slug = "taken"

    def __init__(self, field: str, number: str, owner_id: UUID, owner: str) -> None:
        message = f"{number} belongs to the contact {owner!r} already"
        super().__init__(
            message, hint="Take it off there first, or add to that contact what you know.",
            errors=[FieldError(field, message)],
        )  # fmt: skip
        self._owner = {"id": str(owner_id), "name": owner}

    def document(self) -> dict[str, Any]:
        """The JSON body, with whose number it is."""
        return {**super().document(), "contact": self._owner}
