"""Reads queues, from a release's file and from Asterisk, to compare them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from controlplane.node.ami import Ami

_ONE_BY_ONE = 50


@dataclass(frozen=True)
class Queue:
    """What Asterisk tells of a queue; its other settings it tells nobody.

    Attributes:
        members: penalty, name and followed device of each member of the file, by interface; not who logged in by phone.
    """

    strategy: str
    max_waiting: str
    members: Mapping[str, tuple[str, str, str]]


def read_queue(body: str) -> Queue:
    """A queue from the lines below its ``[name]`` in queues.conf."""
    options: dict[str, str] = {}
    members: dict[str, tuple[str, str, str]] = {}
    for raw in body.splitlines():
        key, equals, value = (part.strip() for part in raw.partition("="))
        if not equals or raw.startswith(";"):
            continue
        if key != "member":
            options[key] = value
            continue
        interface, penalty, name, state, *_ = [*value.removeprefix(">").strip().split(","), "", "", ""]
        members[interface] = (penalty or "0", name or interface, state or interface)
    return Queue(options.get("strategy", "ringall"), options.get("maxlen", "0"), members)


async def queues_in_asterisk(ami: Ami, names: Iterable[str] | None = None) -> dict[str, Queue]:
    """Those of these queues that Asterisk has; None: all that it has.

    Raises:
        AmiError: it went away.
    """
    wanted = None if names is None else set(names)
    if wanted is None or len(wanted) > _ONE_BY_ONE:
        items = await ami.list_action("QueueStatus", timeout_s=60)
    else:
        items = [item for name in sorted(wanted) for item in await ami.list_action("QueueStatus", Queue=name)]
    parameters = {
        item["queue"]: item
        for item in items
        if item["event"] == "QueueParams" and (wanted is None or item["queue"] in wanted)
    }
    members: dict[str, dict[str, tuple[str, str, str]]] = {name: {} for name in parameters}
    for item in items:
        if item["event"] == "QueueMember" and item["membership"] == "static" and item["queue"] in members:
            told = (item["penalty"], item["name"], item["stateinterface"])
            members[item["queue"]][item["location"]] = told
    return {name: Queue(item["strategy"], item["max"], members[name]) for name, item in parameters.items()}


def queue_differences(name: str, wanted: Queue | None, actual: Queue | None) -> Iterator[str]:
    """What is not as it shall be in one queue, in sentences."""
    if wanted is None or actual is None:
        if actual is not None:
            yield f"Asterisk has a queue {name} that the release does not know."
        elif wanted is not None:
            yield f"Asterisk does not know queue {name}."
        return
    if wanted.strategy != actual.strategy:
        yield f"Queue {name} rings by {actual.strategy} in Asterisk, not by {wanted.strategy}."
    if wanted.max_waiting != actual.max_waiting:
        yield f"Queue {name} takes {actual.max_waiting} callers in Asterisk, not {wanted.max_waiting}."
    for interface in sorted(wanted.members.keys() | actual.members.keys()):
        expected, found = wanted.members.get(interface), actual.members.get(interface)
        if expected and not found:
            yield f"Queue {name} lacks its member {interface} in Asterisk."
        elif found and not expected:
            yield f"Queue {name} has a member {interface} in Asterisk that the release does not know."
        elif expected != found:
            yield f"The member {interface} of queue {name} has other settings in Asterisk than in the release."
