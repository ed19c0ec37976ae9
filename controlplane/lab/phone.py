"""A real test phone: one baresip process that registers, dials, answers, plays a tone and records what it hears."""

import contextlib
import re
from pathlib import Path
from urllib.parse import quote

from controlplane.lab import tones
from controlplane.lab.phone_model import CallState, PhoneCall
from controlplane.lab.phone_process import PhoneProcess
from controlplane.lab.process import LabError

PATIENCE_S = 60.0
"""Far more than any wait takes, also on a machine whose cores others take away."""


class Phone(PhoneProcess):
    """One phone on a loopback address of its own; use it as an async context manager.

    >>> async with Phone(tools, folder, Account("101", "127.0.0.1:5060", "secret"), plays=tone_wav) as phone:
    ...     await phone.register()
    ...     call = await phone.dial("102")
    ...     await phone.wait_established(call)

    Its arguments are those of `PhoneProcess`. Every wait ends after its `timeout_s` with a LabError that shows the end
    of the phone's log. Two calls at once share one recording: listen to one of them.
    """

    async def register(self, timeout_s: float = PATIENCE_S) -> None:
        """Register at the PBX and wait for its 200. Raises: LabError naming the refusal."""
        await self.command("uanew", self.account.as_line())
        await self.wait_registered(timeout_s)

    async def wait_registered(self, timeout_s: float = PATIENCE_S) -> None:
        """Wait until the registration stands."""
        await self._wait(lambda: self.registered or bool(self._register_error), "registered", timeout_s)
        if not self.registered:
            raise self._failure(f"registration refused: {self._register_error}")

    async def unregister(self) -> None:
        """Take the registration back."""
        await self.command("uadel", self.account.aor)
        self.registered = False

    async def dial(self, target: str, timeout_s: float = PATIENCE_S) -> PhoneCall:
        """Call a number at our PBX, or a whole `sip:` URI; returns once the INVITE is out."""
        uri = target if target.startswith("sip") else f"sip:{target}@{self.account.server}"
        if "transport=" not in uri:
            uri += f";transport={self.account.transport}"
        known = len(self.calls)
        await self.command("dial", uri)
        await self._wait(lambda: len(self.calls) > known, f"call to {target} started", timeout_s)
        return self.calls[known]

    async def hangup(self, call: PhoneCall | None = None) -> None:
        """Hang up, refuse or cancel the call, whichever fits its state."""
        await self.command("callfind", (call or self.current).id)
        await self.command("hangup")

    async def send_dtmf(self, digits: str) -> None:
        """Press keys (RFC 4733 events) in the current call, one after the other."""
        await self.command("sndcode", digits)

    async def play(self, audio: Path) -> None:
        """Say this audio from now on, once, then silence: in the running call and all later ones."""
        await self.command("ausrc", f"aufile,{self._source_file(audio)}")

    async def hold(self) -> None:
        """Put the current call on hold (re-INVITE with sendonly) and wait for the PBX's 200."""
        await self._renegotiate("hold")

    async def resume(self) -> None:
        """Take the current call back from hold and wait for the PBX's 200."""
        await self._renegotiate("resume")

    async def transfer(self, target: str) -> None:
        """Transfer the current call blindly (REFER) to a number at our PBX or a whole URI."""
        await self.command("transfer", target if target.startswith("sip") else f"sip:{target}@{self.account.server}")

    async def connect(self, call: PhoneCall, asked: PhoneCall) -> None:
        """Attended transfer: whom we talk with in `call` gets whom we dialled in `asked`, who may still be ringing.

        baresip 1.1.0 has no command for it, but refers to whatever it is told: here to a call to replace (RFC 3891).
        """
        (*_, answer) = (
            message
            for message in self.sip_messages()
            if not message.sent and message.header("Call-ID") == asked.id and "tag=" in (message.header("To") or "")
        )
        ours, theirs = ((answer.header(name) or "").rpartition("tag=")[2] for name in ("From", "To"))
        replaces = quote(f"{asked.id};to-tag={theirs};from-tag={ours}", safe="")
        await self.command("callfind", call.id)
        await self.command("transfer", f"<sip:{asked.peer_number}@{self.account.server}?Replaces={replaces}>")

    async def wait_ringing(self, timeout_s: float = PATIENCE_S) -> PhoneCall:
        """Wait for an incoming call; each call is given once, in order, also one that has rung already."""
        await self._wait(lambda: bool(self._fresh_calls()), "incoming call", timeout_s)
        call = self._fresh_calls()[0]
        call.was_announced = True
        return call

    async def wait_established(self, call: PhoneCall | None = None, timeout_s: float = PATIENCE_S) -> PhoneCall:
        """Wait until the call is answered. Raises: LabError at once when it is closed instead."""
        wanted = call or self.current
        settled = (CallState.ESTABLISHED, CallState.CLOSED)
        await self._wait(lambda: wanted.state in settled, f"call with {wanted.peer_uri} established", timeout_s)
        if wanted.state is CallState.CLOSED:
            raise self._failure(f"call with {wanted.peer_uri} was closed: {wanted.cause or 'no cause given'}")
        return wanted

    async def wait_closed(self, call: PhoneCall | None = None, timeout_s: float = PATIENCE_S) -> PhoneCall:
        """Wait until the call is over and its recording complete."""
        wanted = call or self.current
        await self._wait(lambda: wanted.state is CallState.CLOSED, f"call with {wanted.peer_uri} closed", timeout_s)
        # baresip is single-threaded here: once it answers, it has closed the player and all audio is in the pipe.
        await self.command("reginfo")
        self._listener.drain()
        return wanted

    async def wait_hears(
        self,
        hz: float,
        *,
        call: PhoneCall | None = None,
        timeout_s: float = PATIENCE_S,
        level: float = tones.HEARD_LEVEL,
    ) -> float:
        """Wait until this tone is heard in the running call; gives the second of the recording it began at.

        Where speech or music may play, ask for a `level` of thousands: they reach a lower one on any frequency.
        """
        recording = (call or self.current).recording
        heard: list[float] = []

        def audible() -> bool:
            began = tones.heard_from(recording.samples(), hz, threshold=level)
            if began is not None:
                heard.append(began)
            return bool(heard)

        try:
            await self._wait(audible, f"{hz:.0f} Hz heard", timeout_s)
        except LabError as late:
            raise LabError(f"{late}\nheard: {tones.outline(recording.samples(), hz)}") from late
        return heard[0]

    async def wait_beep(self, *, call: PhoneCall | None = None, timeout_s: float = PATIENCE_S) -> None:
        """Wait for Asterisk's beep, which ends the greeting of a voicemail box, spoken or not."""
        await self.wait_hears(tones.BEEP_HZ, call=call, timeout_s=timeout_s, level=tones.BEEP_LEVEL)

    async def wait_messages_waiting(self, waiting: bool = True, timeout_s: float = PATIENCE_S) -> None:
        """Wait until the message lamp (MWI) is on, or off."""
        await self._wait(lambda: self.messages_waiting is waiting, f"message lamp {waiting}", timeout_s)

    @property
    def messages_waiting(self) -> bool | None:
        """State of the message lamp by the newest NOTIFY (RFC 3842); None before the first."""
        for message in reversed(self.sip_messages()):
            if not message.sent and message.first_line.startswith("NOTIFY"):
                answer = re.search(r"^Messages-Waiting:\s*(\w+)", message.text, re.MULTILINE | re.IGNORECASE)
                if answer:
                    return answer.group(1).lower() == "yes"
        return None

    async def _renegotiate(self, command: str) -> None:
        call = self.current
        before = call.answers
        # baresip 1.1.0 says "Invalid argument" to `resume` although it does resume: the 200 is what counts.
        with contextlib.suppress(LabError):
            await self.command(command, call.id)
        await self._wait(lambda: call.answers > before, f"200 to {command}", 5.0)

    def _fresh_calls(self) -> list[PhoneCall]:
        return [call for call in self.calls if call.incoming and not call.was_announced]
