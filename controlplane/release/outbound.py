"""What carriers are sent: which number, in which writing, with which caller."""

from collections.abc import Callable
from uuid import UUID

from controlplane.numbering.schemas import CallerIdMode, TrunkFields
from controlplane.release import names, numbers, pbx_objects
from controlplane.release.index import Index
from controlplane.telephony.schemas import OutboundRouteFields


def carry(route: OutboundRouteFields, trunk_id: UUID, trunk: TrunkFields) -> pbx_objects.Carry:
    """What one of a route's trunks is sent."""
    shape = numbers.shape_of(trunk.country)
    dialed = "${CP_NUMBER}"
    if _sends_plus(route):  # other numbers go as they were dialled: 911, or what a carrier wants besides
        dialed = numbers.written_for("CP_NUMBER", trunk.number_format, shape, foreign_prefix=True)
    return pbx_objects.Carry(
        trunk=trunk_id,
        endpoint=names.trunk_endpoint(trunk_id),
        dialed=dialed,
        shown=_shown(route, trunk, shape),
        max_calls=None if route.emergency else trunk.max_calls,  # the carrier may refuse it, we don't
    )


def _sends_plus(route: OutboundRouteFields) -> bool:
    """Whether what a route sends begins with a + and so is an E.164 number."""
    if route.prepend:
        return route.prepend.startswith("+")
    return route.strip == 0 and route.pattern.startswith("+")


def _shown(route: OutboundRouteFields, trunk: TrunkFields, shape: pbx_objects.NumberShape) -> str:
    """The expression for the caller number that the carrier gets; CP_SHOW holds the caller's own or nothing."""
    write: Callable[[str], str] = lambda variable: numbers.written_for(  # noqa: E731 - one expression, used at once
        variable, trunk.number_format, shape, foreign_prefix=False
    )
    if trunk.caller_id.mode == CallerIdMode.FIXED:
        return _written_literal(str(trunk.caller_id.number), trunk.number_format, shape)
    default = route.caller_number or trunk.caller_id.number
    if default is None:
        return write("CP_SHOW")
    literal = _written_literal(default, trunk.number_format, shape)
    return f'${{IF($["${{CP_SHOW}}" = ""]?{literal}:{write("CP_SHOW")})}}'


def _written_literal(number: str, number_format: str, shape: pbx_objects.NumberShape) -> str:
    home = f"+{shape.calling_code}"
    if number_format == "+e164":
        return number
    if number_format == "national" and number.startswith(home):
        prefix = shape.trunk_prefix if shape.trunk_prefix != shape.calling_code else ""
        return prefix + number[len(home) :]
    return number[1:]


def dial_outside(index: Index, org: UUID, number: str) -> str | None:
    """What to dial so that an outbound route takes an E.164 number; None when no route does."""
    routes = [item.fields for item in index.each(OutboundRouteFields) if item.org_id == org]
    for route in sorted(routes, key=lambda one: one.position):
        trunk = index.find(route.trunk_ids[0], TrunkFields)
        if not route.enabled or trunk is None:
            continue
        behind_prefix = numbers.dialled_behind(route.pattern, route.strip, route.prepend, number)
        for dialed in [*numbers.ways_to_dial(number, trunk.country), *behind_prefix]:
            if numbers.fits(route.pattern, dialed):
                return dialed
    return None
