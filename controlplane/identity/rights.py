"""Scopes, the built-in roles, and the rule that nobody hands out more than they have.

A scope is ``<resource>:<verb>``; the resource is the plural name of the REST collection. The table for people is
docs/reference/rights.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from controlplane.platform.auth import Principal
from controlplane.platform.problem import Forbidden

_IDENTITY = ("organizations", "locations", "users", "roles", "api-keys", "sessions")
TELEPHONY = (
    "trunks", "phone-numbers", "extensions", "devices", "ring-groups", "queues", "ivr-menus", "time-conditions",
    "holiday-calendars", "voicemail-boxes", "prompts", "outbound-routes",
    "routing-templates", "location-routings", "flow-tests",
)  # fmt: skip


def read_write(resources: Iterable[str]) -> frozenset[str]:
    """Both scopes of each resource."""
    return frozenset(f"{resource}:{verb}" for resource in resources for verb in ("read", "write"))


SCOPES: frozenset[str] = read_write((*_IDENTITY, "nodes", *TELEPHONY, "contacts", "calls", "voicemails")) | {
    "audit-log:read",
    "config:read",  # releases: list and look
    "config:plan",  # check and compare, changes nothing
    "config:apply",  # apply and roll back
    "recordings:read",  # sound and transcript of calls
    "calls:control",  # start, hang up: what a caller notices
    "queues:control",  # members log in and out, and pause
}
"""Every scope there is."""

INSTALLATION_SCOPES = frozenset({"organizations:write", "nodes:read", "nodes:write"})
"""About the whole installation, over all organisations: also need the user's ``installation_admin`` flag."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role allows.

    Attributes:
        scopes: ``*`` is everything.
        all_locations: Everywhere in the organisation; else only in the user's locations.
        own_only: Of calls, recordings and voicemail only those of the user's own extensions.
    """

    scopes: frozenset[str]
    all_locations: bool = False
    own_only: bool = False


BUILT_IN: dict[str, Rights] = {
    "admin": Rights(frozenset({"*"}), all_locations=True),
    "manager": Rights(
        read_write((*TELEPHONY, "users", "contacts", "calls", "voicemails"))
        | {"locations:read", "roles:read", "recordings:read", "calls:control", "queues:control"}
        | {"config:read", "config:plan", "config:apply"}
    ),
    "executive": Rights(
        frozenset({"calls:read", "recordings:read", "contacts:read"})
        | {"locations:read", "phone-numbers:read", "extensions:read", "queues:read"},  # what calls are sorted by
        all_locations=True,
    ),
    "staff": Rights(
        frozenset({"extensions:read", "queues:read", "calls:read", "recordings:read", "calls:control"})
        | {"voicemails:read", "voicemails:write", "queues:control", "contacts:read"},
        own_only=True,
    ),
}


def expanded(scopes: Iterable[str]) -> frozenset[str]:
    """The same rights without wildcards."""
    granted = frozenset(scopes)
    return SCOPES if "*" in granted else granted & SCOPES


def require_no_more(principal: Principal, rights: Rights, location_ids: Iterable[object]) -> None:
    """Refuses to hand out, or to change somebody with, more rights than one has oneself.

    Raises:
        Forbidden: Says what is too much.
    """
    missing = sorted(scope for scope in expanded(rights.scopes) if not principal.may(scope))
    if missing:
        raise Forbidden(
            f"This needs rights you don't have yourself: {', '.join(missing[:5])}.",
            hint="Ask an admin to do it.",
        )
    if principal.own_extension_ids is not None and not rights.own_only:
        raise Forbidden("This reaches the calls of others, and you see only your own.", hint="Ask an admin to do it.")
    if principal.location_ids is None:
        return
    if rights.all_locations or not set(location_ids) <= principal.location_ids:
        raise Forbidden("This reaches locations that are not yours.", hint="Choose your own locations only.")
