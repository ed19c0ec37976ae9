"""The phone in the browser: a device of the user's own extension, registered over WSS by the page itself."""

import secrets
from uuid import UUID

from controlplane.agents.schemas import (
    CHOICES,
    ChoosableNumber,
    ShownNumbers,
    Softphone,
    SoftphoneAccount,
    SoftphoneState,
)
from controlplane.identity import door as identity
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict, Invalid
from controlplane.platform.services import Services
from controlplane.platform.settings import wss_host
from controlplane.platform.tenancy import sees_location
from controlplane.platform.uow import UnitOfWork
from controlplane.release import door as release
from controlplane.telephony.schemas import DeviceFields, ExtensionFields

CODECS = ("g722", "ulaw", "alaw")
"""What browsers speak and Asterisk can turn into what phones and carriers speak; it has no Opus of its own."""
TABS = 3
"""From so many places the browser phone may be registered at once."""


async def softphone(services: Services, uow: UnitOfWork, principal: Principal, page_host: str) -> Softphone:
    """The browser phone of who asks; its password goes to its owner alone, and the audit log tells of it.

    A page asks again after each release; the log tells of each login, address and password once.

    Args:
        services: Opens the release.
        uow: To read by.
        principal: Who asks.
        page_host: Under which host name the page was opened.
    """
    may_prepare = principal.may("devices:write")
    own = await identity.own_extensions(uow, principal)
    if not own:
        return _none(SoftphoneState.NO_EXTENSION, may_prepare)
    live = await release.live_now(services, uow, principal.org_id)
    # A location's manager names the extensions of its people by id: another location's is nobody's there.
    extensions = {
        one.id: one
        for one in (live.model.extensions if live else ())
        if one.id in own and sees_location(principal, one.location)
    }
    phones = [one for one in live.model.devices if one.extension in extensions and _is_browser(one)] if live else []
    if live is None or not phones:
        return await _not_live(uow, principal, own, may_prepare)
    phone = min(phones, key=lambda one: own.index(one.extension))
    extension = extensions[phone.extension]
    if release.node_of(live, extension) != services.settings.node_name:
        return _none(SoftphoneState.ELSEWHERE, may_prepare, extension)
    await identity.audit_once(
        uow, principal, action="softphone.open", kind="softphone", object_id=phone.id, name=phone.endpoint,
        after={"login": str(principal.session_id), "password_mark": _mark(services, phone)},
        location_id=extension.location,
    )  # fmt: skip
    host = wss_host(services.settings, page_host)
    account = SoftphoneAccount(
        wss_url=f"wss://{host}:{services.settings.wss_port}/ws", sip_user=phone.endpoint, domain=host,
        secret=phone.secret, display_name=extension.name,
    )  # fmt: skip
    return Softphone(
        state=SoftphoneState.READY, extension_id=extension.id, number=extension.number, name=extension.name,
        account=account, shown_numbers=_shown_numbers(live, phone), may_prepare=may_prepare,
    )  # fmt: skip


async def prepare(services: Services, uow: UnitOfWork, principal: Principal, extension_id: UUID | None) -> None:
    """Makes the browser phone of an extension, as a draft: it works once it is applied.

    Raises:
        NotFound: No such extension.
        Invalid: No extension is named, and the user has none.
        Conflict: There is one already.
    """
    own = await identity.own_extensions(uow, principal)
    wanted = extension_id or await _first_seen(uow, principal, own)
    if wanted is None:
        raise Invalid.field("extension_id", "you have no extension of your own: name one")
    extension = await objects.get(uow, principal, ExtensionFields, wanted)
    if await _drafted(uow, principal, wanted):
        raise Conflict(
            "This extension has a browser phone already.", hint="Apply the configuration if it is not live yet."
        )
    number = extension.fields["number"]
    fields = DeviceFields(
        name=f"web-{number}-{secrets.token_hex(3)}", extension_id=wanted, location_id=extension.location_id,
        media="webrtc", codecs=CODECS, max_contacts=TABS,
    )  # fmt: skip
    await objects.create(uow, services.crypto, principal, fields)


def _shown_numbers(live: release.Compiled, phone: release.Device) -> ShownNumbers:
    found = release.numbers_to_choose(live, phone)
    choices = [ChoosableNumber(number=one.number, name=one.name) for one in found[:CHOICES]]
    return ShownNumbers(usual=phone.caller_number, choices=choices, total=len(found))


def _mark(services: Services, phone: release.Device) -> str:
    """Tells one password of a phone from the next, and nothing else of it."""
    return services.crypto.keyed_hash(f"{phone.endpoint}:{phone.secret}")[:12]


def _is_browser(phone: release.Device) -> bool:
    return phone.media == "webrtc" and phone.enabled


def _none(state: SoftphoneState, may_prepare: bool, extension: release.Extension | None = None) -> Softphone:
    return Softphone(
        state=state, extension_id=extension.id if extension else None, number=extension.number if extension else None,
        name=extension.name if extension else None, account=None, shown_numbers=None, may_prepare=may_prepare,
    )  # fmt: skip


async def _not_live(uow: UnitOfWork, principal: Principal, own: list[UUID], may_prepare: bool) -> Softphone:
    mine = await _first_seen(uow, principal, own)
    if mine is None:
        return _none(SoftphoneState.NO_EXTENSION, may_prepare)
    extension = await objects.get(uow, principal, ExtensionFields, mine)
    drafted = await _drafted(uow, principal, mine)
    return Softphone(
        state=SoftphoneState.NOT_APPLIED if drafted else SoftphoneState.NO_DEVICE, extension_id=extension.id,
        number=extension.number, name=extension.name, account=None, shown_numbers=None, may_prepare=may_prepare,
    )  # fmt: skip


async def _first_seen(uow: UnitOfWork, principal: Principal, own: list[UUID]) -> UUID | None:
    owners = await objects.owners_of(uow.session, ids=own, global_keys=()) if own else {}
    places = {id_: place for id_, (org, place) in owners.items() if org == principal.org_id}
    return next((id_ for id_ in own if id_ in places and sees_location(principal, places[id_])), None)


async def _drafted(uow: UnitOfWork, principal: Principal, extension_id: UUID) -> bool:
    users, _ = await objects.users_of(uow.session, principal, extension_id)
    for use in users:
        if use.kind == DeviceFields.kind and use.field == "extension_id":
            device = await objects.get(uow, principal, DeviceFields, use.id)
            if device.fields["media"] == "webrtc":
                return True
    return False
