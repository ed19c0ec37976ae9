"""Stand-ins for everybody around a PBX: its phones, its carriers, and who calls."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping

from controlplane.node.rehearsal import sip
from controlplane.node.rehearsal.sip import Door, Message
from controlplane.protocol.rehearsal import CARRIER_PORT, PhoneState

_RING_S = 0.02
_NEXT_ANSWERS_S = 0.15  # of several that ring at once, the first in order is the one that answers
_REASONS = {200: "OK", 405: "Method Not Allowed", 480: "Temporarily Unavailable", 481: "No Such Call",
            486: "Busy Here", 487: "Request Terminated", 503: "Service Unavailable"}  # fmt: skip
_REGISTRATION_S = 3600
_BREATH_S, _BREATHS = 0.02, 2000


class Call:
    """A call that a stand-in has made."""

    def __init__(self, door: Door, invite: Message) -> None:
        self._door = door
        self._invite = invite
        self._to = invite.headers["to"]
        self._target = invite.uri
        self._provisional = asyncio.Event()
        self.established = False
        self.ended = asyncio.Event()
        self._forgotten = False

    @property
    def id(self) -> str:
        """SIP's id of it."""
        return self._invite.header("call-id")

    async def run(self) -> None:
        """Rings until it is answered or refused."""
        final = await self._door.ask(self._invite, on_way=lambda _: self._provisional.set())
        if final.status >= 300:
            self.ended.set()
            return
        self.established = True
        self._to = final.headers["to"]
        self._target = sip.address_in(final.header("contact")) or self._target
        if to := sip.sound_address(final.body):
            self._door.begin(self._breathe(to))

    async def _breathe(self, to: sip.Address) -> None:
        """Sends silence for as long as Asterisk may listen, even after the BYE.

        Asterisk's Answer() waits half a second for somebody who sends nothing, and VoiceMail() notices a hang-up in its
        greeting only when it hears something again, or after four seconds.
        """
        for number in range(_BREATHS):
            if self._forgotten:
                return
            self._door.send_sound(to, number)
            await asyncio.sleep(_BREATH_S)

    def forget(self) -> None:
        """Asterisk has let go of it."""
        self._forgotten = True

    async def hang_up(self) -> None:
        """Ends it, answered or not."""
        if self.ended.is_set():
            return
        if self.established:
            await self._door.ask(self._inside("BYE"))
            self.ended.set()
            return
        await self._provisional.wait()
        cancel = self._inside("CANCEL")
        cancel.headers["via"] = self._invite.headers["via"]  # a CANCEL belongs to what it cancels
        self._door.send(cancel)

    def _inside(self, method: str) -> Message:
        number = 1 if method == "CANCEL" else 9
        headers = {name: list(self._invite.headers[name]) for name in ("from", "call-id")}
        headers |= {"to": list(self._to), "cseq": [f"{number} {method}"], "max-forwards": ["70"]}
        return Message(f"{method} {self._target} SIP/2.0", headers)


class StandIns:
    """All stand-ins of one shadow.

    Attributes:
        phones: How each phone is now, by SIP name.
        outside: How whoever is called through a carrier is now.
    """

    def __init__(self, host: str, sip_port: int) -> None:
        self._server = (host, sip_port)
        self._phones = Door(self._server, self._take)
        self._carriers: dict[str, Door] = {}
        self._rung: dict[str, tuple[Door, Message, str]] = {}
        self._calls: dict[str, Call] = {}
        self._busy: dict[str, Call] = {}
        self._registered: set[str] = set()
        self.phones: Mapping[str, PhoneState] = {}
        self.outside = PhoneState.FREE

    async def open(self) -> None:
        """Phones begin to listen."""
        await self._phones.open(self._server[0])

    async def open_carriers(self, addresses: Iterable[str]) -> None:
        """Stand-ins for these carriers listen, and for no others.

        Raises:
            OSError: Somebody else has an address's port.
        """
        wanted = set(addresses)
        for gone in self._carriers.keys() - wanted:
            self._carriers.pop(gone).close()
        for new in sorted(wanted - self._carriers.keys()):
            door = Door(self._server, self._take)
            await door.open(new, CARRIER_PORT)
            self._carriers[new] = door

    def close(self) -> None:
        """Nobody listens any more."""
        for door in (self._phones, *self._carriers.values()):
            door.close()

    @property
    def registered(self) -> frozenset[str]:
        """Phones that are registered now."""
        return frozenset(self._registered)

    def keep_registered(self, names: Iterable[str]) -> None:
        """Forgets phones that Asterisk doesn't know any more, and with them where they were registered."""
        self._registered.intersection_update(names)

    async def register(self, name: str, password: str) -> None:
        """A phone comes.

        Raises:
            SipError: Asterisk doesn't take it.
        """
        await self._register(name, password, _REGISTRATION_S)
        self._registered.add(name)

    async def unregister(self, name: str, password: str) -> None:
        """A phone goes.

        Raises:
            SipError: Asterisk doesn't take it.
        """
        self._registered.discard(name)
        await self._register(name, password, 0)

    def call_in(self, carrier: str, number: str, caller: str) -> Call:
        """Somebody outside calls a number; `Call.run` dials."""
        door = self._carriers[carrier]
        host, port = self._server
        sender = f"sip:{caller or 'anonymous'}@{carrier}"
        return self._call(door, _invite(door, f"sip:{number}@{host}:{port}", sender))

    async def keep_busy(self, name: str, password: str, code: str) -> None:
        """A phone calls a feature code and stays in that call.

        Raises:
            SipError: Asterisk refuses.
        """
        host, port = self._server
        uri = f"sip:{code}@{host}:{port}"
        invite = _invite(self._phones, uri, f"sip:{name}@{host}:{port}")
        final = await self._phones.ask(invite)
        if final.status != 401:
            raise sip.SipError(f"Asterisk took a call of {name} without a password: {final.start}")
        reply = sip.digest_reply(final.header("www-authenticate"), "INVITE", uri, name, password)
        del invite.headers["via"]
        invite.headers |= {"authorization": [reply], "cseq": ["2 INVITE"]}
        call = self._call(self._phones, invite)
        await call.run()
        if not call.established:
            raise sip.SipError(f"Asterisk refused a call of {name} to {code}.")
        self._busy[name] = call

    async def free_all(self) -> None:
        """Ends the calls of busy phones."""
        calls, self._busy = list(self._busy.values()), {}
        await asyncio.gather(*(call.hang_up() for call in calls))
        for call in self._calls.values():
            call.forget()
        self._calls.clear()
        self._rung.clear()

    def _call(self, door: Door, invite: Message) -> Call:
        call = Call(door, invite)
        self._calls[call.id] = call
        return call

    async def _register(self, name: str, password: str, expires_s: int) -> None:
        host, port = self._server
        uri, aor = f"sip:{host}:{port}", f"sip:{name}@{host}:{port}"
        more = {"contact": f"<{self._phones.contact(name)}>", "expires": str(expires_s)}
        first = sip.request("REGISTER", uri, aor, aor, more)
        final = await self._phones.ask(first)
        if final.status == 401:
            reply = sip.digest_reply(final.header("www-authenticate"), "REGISTER", uri, name, password)
            second = sip.request("REGISTER", uri, aor, aor, more | {"authorization": reply})
            second.headers |= {"call-id": first.headers["call-id"], "cseq": ["2 REGISTER"]}
            final = await self._phones.ask(second)
        if final.status != 200:
            raise sip.SipError(f"Asterisk refused the registration of {name}: {final.start}")

    # What Asterisk asks of us

    def _take(self, door: Door, message: Message) -> None:
        match message.method:
            case "INVITE" if ";tag=" in message.header("to"):
                self._reply(door, message, 200, with_sound=True)  # a change inside a call
            case "INVITE":
                self._ring(door, message)
            case "CANCEL":
                self._reply(door, message, 200)
                self._refuse_rung(message.header("call-id"), 487)
            case "BYE":
                self._reply(door, message, 200)
                call = self._calls.get(message.header("call-id"))
                if call:
                    call.ended.set()
            case _:  # OPTIONS of a qualify, NOTIFY of a lamp, REGISTER with a carrier
                self._reply(door, message, 200)

    def _ring(self, door: Door, invite: Message) -> None:
        is_phone = door is self._phones
        state = self.phones.get(sip.user_of(invite.uri), PhoneState.AWAY) if is_phone else self.outside
        call_id, tag = invite.header("call-id"), secrets.token_hex(6)
        if call_id in self._rung:
            return  # sent again
        self._rung[call_id] = door, invite, tag
        if state == PhoneState.BUSY:
            self._refuse_rung(call_id, 486)
        elif state == PhoneState.AWAY:
            self._refuse_rung(call_id, 503)
        else:
            door.send(sip.answer(invite, 180, "Ringing", tag=tag, contact=door.contact(sip.user_of(invite.uri))))
            if state == PhoneState.FREE:
                door.later(_RING_S + _NEXT_ANSWERS_S * (len(self._rung) - 1), lambda: self._pick_up(call_id))
            else:
                door.later(_RING_S, lambda: self._refuse_rung(call_id, 480))

    def _pick_up(self, call_id: str) -> None:
        if call_id in self._rung:
            door, invite, tag = self._rung.pop(call_id)
            self._reply(door, invite, 200, tag=tag, with_sound=True)

    def _refuse_rung(self, call_id: str, status: int) -> None:
        if call_id in self._rung:
            door, invite, tag = self._rung.pop(call_id)
            self._reply(door, invite, status, tag=tag)

    @staticmethod
    def _reply(door: Door, message: Message, status: int, *, tag: str = "", with_sound: bool = False) -> None:
        sdp = sip.accept(message.body, door.address[0], door.media) if with_sound and message.body else ""
        contact = door.contact(sip.user_of(message.uri)) if message.method in {"INVITE", "REGISTER"} else ""
        if message.method == "REGISTER":
            contact = sip.address_in(message.header("contact"))
        door.send(
            sip.answer(message, status, _REASONS[status], tag=tag or secrets.token_hex(6), contact=contact, sdp=sdp)
        )


def _invite(door: Door, uri: str, sender: str) -> Message:
    contact = door.contact(sip.user_of(sender))
    invite = sip.request("INVITE", uri, sender, uri, {"contact": f"<{contact}>", "content-type": "application/sdp"})
    invite.body = sip.offer(door.address[0], door.media)
    return invite
