"""Errors of configuration objects.

Conflict
├── Taken    a name or number that something else has
└── InUse    others name this object
"""

from collections.abc import Sequence

from controlplane.platform.problem import Conflict, FieldError


class Taken(Conflict):
    """Something else has this name or number."""

    slug = "taken"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(
            f"{field}: {message}", hint="Choose another, or change the one that has it.",
            errors=[FieldError(field, message)],
        )  # fmt: skip


class InUse(Conflict):
    """Other objects name this one, so it can't go."""

    slug = "in-use"

    def __init__(self, users: Sequence[FieldError], hidden: int) -> None:
        named = [user.message for user in users]
        if hidden:
            named.append(f"{hidden} of locations you can't see")
        more = f" and {len(named) - 5} more" if len(named) > 5 else ""
        super().__init__(
            f"This is still used by {', '.join(named[:5])}{more}.",
            hint="Change those first, then delete it.",
            errors=users,
        )
