"""Organisations on one node keep out of each other's way: what both would claim is refused, whoever comes second.

Drafts can't clash, the database sees to that. What is live may be older than the drafts: a name that one organisation
gave up in its draft can be taken by another, though the phone of that name still rings.
"""

import ipaddress
from collections.abc import Iterable, Iterator

from controlplane.numbering.schemas import TrunkFields
from controlplane.platform.problem import Conflict
from controlplane.release.index import Index

_HINT = "Another organisation on this installation has it in its live release."


def refuse_clashes(own: Index, others: Iterable[Index]) -> None:
    """Looks for names, numbers and sources of calls that can lead to one organisation only.

    Raises:
        Conflict: Names ours, never the other organisation's.
    """
    for other in others:
        _refuse_shared_keys(own, other)
        _refuse_shared_sources(own, other)


def _refuse_shared_keys(own: Index, other: Index) -> None:
    for key in own.readers.keys() & other.readers.keys():  # sounds, which may be shared, are among them
        for id_ in own.readers[key]:
            item = own.items[id_]
            if item.fields.global_key() == key:
                raise Conflict(f"The {item.fields.kind.words} {item.fields.name!r} is in use already.", hint=_HINT)


def _refuse_shared_sources(own: Index, other: Index) -> None:
    for mine in _trunks(own):
        for theirs in _trunks(other):
            if same_sources(mine, theirs):
                raise Conflict(f"Calls from the addresses of the trunk {mine.name!r} are taken already.", hint=_HINT)


def _trunks(index: Index) -> Iterator[TrunkFields]:
    return (item.fields for item in index.each(TrunkFields) if item.fields.enabled)


def same_sources(one: TrunkFields, other: TrunkFields) -> bool:
    """Whether a call could come by either; only logins at a carrier are told apart by more than addresses."""
    if one.identity == other.identity == "registration":
        return False
    return any(_overlap(a, b) for a in one.sources for b in other.sources)


def _overlap(one: str, other: str) -> bool:
    try:
        return ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other))
    except ValueError:  # a host name
        return one == other
