"""Whether calls come in and go out: trunks, routes, emergency calls."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from controlplane.kit.destination import Kind
from controlplane.numbering.schemas import PhoneNumberFields, TrunkFields
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.finding import Finder
from controlplane.release.graph import ways
from controlplane.release.numbers import covers
from controlplane.release.outbound import dial_outside
from controlplane.release.schemas import ProblemRead
from controlplane.release.separation import same_sources
from controlplane.telephony.schemas import OutboundRouteFields

EMERGENCY_NUMBERS = {"911", "112", "999", "000", "110", "119"}
Route = Stored[OutboundRouteFields]

# One object


def incoming(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """A number's calls come from somewhere."""
    if not isinstance(item.fields, PhoneNumberFields) or not item.fields.enabled:
        return
    own = item.fields.trunk_id
    trunks = (one for one in finder.index.each(TrunkFields) if one.org_id == item.org_id and one.fields.enabled)
    if not (finder.is_on(own) if own else any(trunks)):
        yield finder.warning(item, "trunk_id", "number-without-trunk", "no enabled trunk can bring its calls")


def outside_numbers(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """A call that is sent to an outside number finds a route."""
    for way in ways(item.fields):
        number = way.destination.number
        if number is not None and dial_outside(finder.index, item.org_id, number) is None:
            yield finder.error(
                item, way.field, "no-route-for-number", f"no outbound route takes {number}",
                "Add a route such as +X. with a trunk.",
            )  # fmt: skip


# All together


def routes(finder: Finder) -> Iterator[ProblemRead]:
    """Each route leads somewhere, and its calls reach it."""
    for route in _enabled(finder):
        if not _has_trunk(finder, route):
            yield finder.warning(
                route, "trunk_ids", "route-without-trunk", "all its trunks are disabled: it is passed over"
            )
    for org in finder.configuration.organizations:
        own = [route for route in _enabled(finder) if route.org_id == org]
        for index, route in enumerate(own):
            yield from _hidden(finder, route, own[:index])


def _enabled(finder: Finder) -> list[Route]:
    """In the order in which they are tried."""
    enabled = (one for one in finder.index.each(OutboundRouteFields) if one.fields.enabled)
    return sorted(enabled, key=lambda one: (one.fields.position, one.id))


def _has_trunk(finder: Finder, route: Route) -> bool:
    return any(finder.is_on(trunk) for trunk in route.fields.trunk_ids)


def _hidden(finder: Finder, route: Route, before: Sequence[Route]) -> Iterator[ProblemRead]:
    for first in before:
        if _has_trunk(finder, first) and covers(first.fields.pattern, route.fields.pattern):
            same = re.sub(r"\[0-9\]", "X", first.fields.pattern) == re.sub(r"\[0-9\]", "X", route.fields.pattern)
            what = "has the same pattern" if same else "takes all its numbers"
            yield finder.warning(
                route, "pattern", "route-hidden", f"{finder.words(first)} {what} and comes first",
                "Give both trunks to one route, or put the narrower pattern first.",
            )  # fmt: skip
            return


def emergency(finder: Finder) -> Iterator[ProblemRead]:
    """Help can be called from every phone, and no desk has its number."""
    for org in finder.configuration.organizations:
        carrying = [one for one in _enabled(finder) if one.org_id == org and _has_trunk(finder, one)]
        helping = [one for one in carrying if one.fields.emergency or one.fields.pattern in EMERGENCY_NUMBERS]
        has_phones = any(one.org_id == org for one in finder.index.kinds.get(Kind.DEVICE, ()))
        if (carrying or has_phones) and not helping:
            yield ProblemRead(
                severity="warning",
                slug="no-emergency-route",
                path="outbound_routes",
                kind=Kind.OUTBOUND_ROUTE,
                id=None,
                message="No outbound route carries emergency calls.",
                hint="Add a route such as 911 with emergency on.",
            )
        for route in helping:
            for taken in finder.index.readers.get((org, route.fields.pattern), ()):
                yield finder.error(
                    finder.index.items[taken], "number", "emergency-hidden",
                    f"has the number {route.fields.pattern}: {finder.words(route)} can't be dialled",
                    "Give it another number.",
                )  # fmt: skip


def shared_sources(finder: Finder) -> Iterator[ProblemRead]:
    """A carrier's call is known by where it comes from, so it must come by one trunk only."""
    enabled = [one for one in finder.index.each(TrunkFields) if one.fields.enabled]
    for one, other in combinations(enabled, 2):
        if one.org_id == other.org_id and same_sources(one.fields, other.fields):
            yield finder.error(
                other, "source_networks", "same-source", f"its calls come from addresses of {finder.words(one)}, too",
                "Make one trunk of them, or name the addresses of each.",
            )  # fmt: skip
