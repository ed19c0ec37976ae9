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


TABLE_SIZE = 200


def table_digits(count: int) -> int:
    """By how many last digits a table of so many numbers is cut into contexts.

    A dialplan reload is quadratic in the numbers of one context: 10,000 take 0.26 s, 50,000 take 7 s. One of a thousand
    takes nothing, and numbers spread evenly over their last digits.
    """
    digits = 0
    while count > TABLE_SIZE * 10**digits:
        digits += 1
    return digits


def tables(kind: str, tag: str, digits: int) -> list[str]:
    """All contexts of a table, those without a number as well: Asterisk logs a look-up in one that is not there."""
    return [f"{kind}-{tag}-{ending:0{digits}}" for ending in range(10**digits)] if digits else [f"{kind}-{tag}"]


def table_of(kind: str, tag: str, digits: int, number: str) -> str:
    """The context that holds a number."""
    return f"{kind}-{tag}-{number[-digits:]}" if digits else f"{kind}-{tag}"


def peer_endpoint(node: str) -> str:
    """The PJSIP endpoint of another node of ours. No device's name begins so."""
    return f"trunk-node-{node}"


def calls_to_node(node: str) -> str:
    """Where calls leave for another node."""
    return f"xn-{node}"


def calls_from_node(node: str) -> str:
    """Where calls of another node come in."""
    return f"xp-{node}"


FAR_MEMBERS = "xm"
"""Where queues ring phones of other nodes."""


def pass_digits(count: int) -> int:
    """By how many last hex digits a table of so many passes is cut into contexts; see `table_digits`."""
    digits = 1
    while count > TABLE_SIZE * 16**digits:
        digits += 1
    return digits


def pass_tables(tag: str, digits: int) -> list[str]:
    """All contexts of an organisation's passes."""
    return [f"xt-{tag}-{ending:0{digits}x}" for ending in range(16**digits)]
