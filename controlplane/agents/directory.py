"""Whom one can call: colleagues, and with whom one spoke lately. Asked of what is live, as phones are."""

from controlplane.agents.schemas import CallableContact, Colleague, RecentContact
from controlplane.calls import door as calls
from controlplane.contacts import door as contacts
from controlplane.identity import door as identity
from controlplane.platform.auth import Principal
from controlplane.platform.listing import ListQuery, Page, cut_page
from controlplane.platform.services import Services
from controlplane.platform.tenancy import sees_location
from controlplane.platform.uow import UnitOfWork
from controlplane.release import door as release

RECENT = 20
"""So many people are offered as recent ones."""


async def colleagues(
    services: Services, uow: UnitOfWork, principal: Principal, query: ListQuery, part: str
) -> Page[Colleague]:
    """The live extensions of the principal's locations and of none, narrowed to a part of name or number."""
    live = await release.live_now(services, uow, principal.org_id)
    wanted = part.casefold()
    found = [
        one
        for one in (live.model.extensions if live else ())
        if one.enabled
        and sees_location(principal, one.location)
        and (wanted in one.name.casefold() or wanted in one.number)
    ]
    rows, cursor, total = cut_page(
        found, query,
        sortable={"name": lambda one: one.name.casefold(), "number": lambda one: one.number}, default_sort="name",
    )  # fmt: skip
    return Page(items=[Colleague.model_validate(row) for row in rows], next_cursor=cursor, total=total)


async def recent(services: Services, uow: UnitOfWork, principal: Principal) -> list[RecentContact]:
    """The last people with whom the principal's own extensions had calls, each once, the newest first.

    Who can't be called back is left out: hidden callers, those no route leads to, those who are no longer live.
    Who is among the contacts is called as there.
    """
    own = await identity.own_extensions(uow, principal)
    live = await release.live_now(services, uow, principal.org_id) if own else None
    if live is None:
        return []
    found: list[RecentContact] = []
    seen: set[str] = set()
    for side in await calls.other_sides(uow.session, principal, own):
        callee = _callee(live, principal, side)
        if callee is None or {callee.dial, callee.number} & seen or (callee.inside and callee.inside.id in own):
            continue
        seen |= {callee.dial, callee.number}
        found.append(RecentContact(name=_name(principal, callee, side), number=callee.number, dial=callee.dial))
        if len(found) == RECENT:
            break
    people = await contacts.people_at(uow, principal, {one.number for one in found})
    return [
        one.model_copy(update={"name": people[one.number].name}) if one.number in people else one for one in found
    ]  # fmt: skip


async def people_outside(services: Services, uow: UnitOfWork, principal: Principal, q: str) -> list[CallableContact]:
    """The numbers of the contacts that a search finds, those that a live route leads to, by name."""
    live = await release.live_now(services, uow, principal.org_id)
    if live is None:
        return []
    found: list[CallableContact] = []
    for contact in await contacts.search(uow, principal, q, RECENT):
        for one in contact.numbers:
            callee = release.callee_outside(live, principal.org_id, one.number)
            if callee is not None:
                found.append(
                    CallableContact(
                        name=contact.name, company=contact.company, label=one.label, number=callee.number,
                        dial=callee.dial,
                    )
                )  # fmt: skip
    return found[:RECENT]


def _callee(live: release.Compiled, principal: Principal, side: calls.OtherSide) -> release.Callee | None:
    if side.dialed is not None:
        return release.callee_dialed(live, principal.org_id, side.dialed)
    caller = live.objects.get(side.extension_id) if side.extension_id else None
    if isinstance(caller, release.Extension):
        return release.callee_dialed(live, principal.org_id, caller.number)
    return release.callee_outside(live, principal.org_id, side.number or "")


def _name(principal: Principal, callee: release.Callee, side: calls.OtherSide) -> str:
    """Names of other locations are not told."""
    if callee.inside is None:
        return side.name or ""
    return callee.inside.name if sees_location(principal, callee.inside.location) else ""
