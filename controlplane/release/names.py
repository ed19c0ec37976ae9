"""Names of our things on a node: contexts, queues, endpoints. Two organisations never share one."""

from uuid import UUID

from controlplane.kit.destination import Kind

_PREFIX: dict[Kind, str] = {
    Kind.TRUNK: "in",
    Kind.EXTENSION: "ext",
    Kind.RING_GROUP: "grp",
    Kind.QUEUE: "que",
    Kind.IVR_MENU: "ivr",
    Kind.TIME_CONDITION: "hrs",
    Kind.HOLIDAY_CALENDAR: "hol",
    Kind.VOICEMAIL_BOX: "box",
    Kind.PROMPT: "say",
    Kind.OUTBOUND_ROUTE: "rte",
}


def context_of(kind: Kind, id_: UUID) -> str:
    """The dialplan context in which calls arrive at an object."""
    return f"{_PREFIX[kind]}-{id_.hex}"


def trunk_endpoint(id_: UUID) -> str:
    """A trunk's PJSIP endpoint."""
    return f"trunk-{id_.hex}"


def queue_name(id_: UUID) -> str:
    """A queue's name in queues.conf."""
    return f"q-{id_.hex}"


def voicemail_context(org: UUID) -> str:
    """Where an organisation's boxes live."""
    return f"vm-{org.hex}"


def internal_context(org: UUID) -> str:
    """Where an organisation's phones dial."""
    return f"int-{org.hex}"


def routes_context(org: UUID) -> str:
    """Where numbers leave an organisation."""
    return f"out-{org.hex}"


def bucket(kind: str, org: UUID, number: str) -> str:
    """The context that holds a number: one for each pair of last digits, since a reload is quadratic in a context."""
    return f"{kind}-{org.hex}-{number[-2:]}"
