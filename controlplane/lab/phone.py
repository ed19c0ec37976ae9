"""A real test phone: one baresip process that registers, dials, answers, plays a tone and records what it hears."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self

from controlplane.lab import baresip, tones
from controlplane.lab.addresses import free_port, own_address
from controlplane.lab.baresip import BaresipTools, Message, SipMessage
from controlplane.lab.listener import Listener, Recording
from controlplane.lab.phone_model import STATE_OF_EVENT, Account, CallState, PhoneCall
from controlplane.lab.process import ChildProcess, LabError

_SOURCE_S = 180.0  # baresip stops sending at the end of its file, so the source lasts longer than any test call
_AUDIBLE_S = 0.2  # a shorter blip of a tone does not count as heard


class Phone:
    """One phone on a loopback address of its own; use it as an async context manager.

    >>> async with Phone(tools, folder, Account("101", "127.0.0.1:5060", "secret"), plays=tone_wav) as phone:
    ...     await phone.register()
    ...     call = await phone.dial("102")
    ...     await phone.wait_established(call)

    Args:
        tools: where baresip lies.
        folder: made if absent; holds configuration, log and recordings. One phone a folder.
        account: how it knows the PBX.
        plays: WAV (any rate) that the other side hears once from the start of each call; then silence.
        answer_after_s: answer each incoming call by itself after ringing that long; None: by `answer()` only.
        address: its loopback address; a fresh one by default. A trunk known by its address needs a chosen one.
        sip_port: its SIP port (TLS: the next one); a free one by default.

    Every wait ends after its `timeout_s` with a LabError that shows the end of the phone's log.
    """

    def __init__(
        self, tools: BaresipTools, folder: Path, account: Account, *,
        plays: Path | None = None, answer_after_s: float | None = None,
        address: str | None = None, sip_port: int | None = None,
    ) -> None:  # fmt: skip
        self.account = account
        self.address = address or own_address()
        self.sip_port = sip_port or free_port(self.address, pair=True)
        self.calls: list[PhoneCall] = []
        self.registered = False
        self.answer_after_s = answer_after_s
        self._tools = tools
        self._folder = folder.resolve()
        self._plays = plays
        self._register_error = ""
        self._rung: set[str] = set()
        self._listener = Listener(self._folder / "heard.pipe", self._new_recording, self._wake)
        self._news = asyncio.Event()  # replaced by a fresh one at each event, so that no waiter misses any
        self._jobs: set[asyncio.Task[None]] = set()
        self._job_error: LabError | None = None
        self._child: ChildProcess | None = None
        self._control: baresip.Control | None = None

    # -- life ----------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        control_port = free_port(self.address)
        baresip.write_config(
            self._folder, address=self.address, sip_port=self.sip_port,
            control_port=control_port, rtp_ports="30000-39998", modules=self._tools.modules,
            source=self._source_file(self._plays), heard=self._listener.pipe, ca_file=self.account.ca_file,
        )  # fmt: skip
        child = ChildProcess(
            [self._tools.program, "-s", "-f", self._folder], log=self._folder / "baresip.log", cwd=self._folder
        )
        try:
            self._listener.open()
            self._child = await child.__aenter__()
            self._control = await baresip.connect(
                self.address, control_port, self._on_event, alive=lambda: child.returncode is None, timeout_s=10
            )
            if not self.account.register:
                await self.command("uanew", self.account.as_line())
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def _stop(self) -> None:
        """SIGTERM makes baresip hang up and un-register; ChildProcess kills it if that takes too long."""
        for job in self._jobs:
            job.cancel()
        try:
            if self._control:
                await self._control.close()
        finally:
            if self._child:
                await self._child.stop()
            self._listener.close()

    # -- commands ------------------------------------------------------------------------------------------------

    async def command(self, name: str, params: str = "") -> str:
        """Run any baresip command. Raises: LabError with the log when it is refused."""
        if self._control is None:
            raise LabError("the phone has not been started")
        try:
            return await self._control.command(name, params)
        except LabError as error:
            raise self._failure(str(error)) from error

    async def register(self, timeout_s: float = 5.0) -> None:
        """Register at the PBX and wait for its 200. Raises: LabError naming the refusal."""
        await self.command("uanew", self.account.as_line())
        await self.wait_registered(timeout_s)

    async def wait_registered(self, timeout_s: float = 5.0) -> None:
        """Wait until the registration stands."""
        await self._wait(lambda: self.registered or bool(self._register_error), "registered", timeout_s)
        if not self.registered:
            raise self._failure(f"registration refused: {self._register_error}")

    async def unregister(self) -> None:
        """Take the registration back."""
        await self.command("uadel", self.account.aor)
        self.registered = False

    async def dial(self, target: str, timeout_s: float = 5.0) -> PhoneCall:
        """Call a number at our PBX, or a whole `sip:` URI; returns once the INVITE is out."""
        uri = target if target.startswith("sip") else f"sip:{target}@{self.account.server}"
        if "transport=" not in uri:
            uri += f";transport={self.account.transport}"
        known = len(self.calls)
        await self.command("dial", uri)
        await self._wait(lambda: len(self.calls) > known, f"call to {target} started", timeout_s)
        return self.calls[known]

    async def answer(self, call: PhoneCall | None = None) -> None:
        """Pick up the ringing call."""
        await self.command("callfind", (call or self.current).id)
        await self.command("accept")

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

    # -- what is seen --------------------------------------------------------------------------------------------

    @property
    def current(self) -> PhoneCall:
        """The newest call that is not over, else the newest of all. Raises: LabError without any call."""
        if not self.calls:
            raise self._failure("the phone has no call")
        open_calls = [call for call in self.calls if call.state is not CallState.CLOSED]
        return (open_calls or self.calls)[-1]

    async def wait_ringing(self, timeout_s: float = 10.0) -> PhoneCall:
        """Wait for an incoming call; each call is given once, in order, also one that has rung already."""
        fresh = lambda: [call for call in self.calls if call.incoming and call.id not in self._rung]  # noqa: E731
        await self._wait(lambda: bool(fresh()), "incoming call", timeout_s)
        call = fresh()[0]
        self._rung.add(call.id)
        return call

    async def wait_established(self, call: PhoneCall | None = None, timeout_s: float = 10.0) -> PhoneCall:
        """Wait until the call is answered. Raises: LabError at once when it is closed instead."""
        wanted = call or self.current
        settled = (CallState.ESTABLISHED, CallState.CLOSED)
        await self._wait(lambda: wanted.state in settled, f"call with {wanted.peer_uri} established", timeout_s)
        if wanted.state is CallState.CLOSED:
            raise self._failure(f"call with {wanted.peer_uri} was closed: {wanted.cause or 'no cause given'}")
        return wanted

    async def wait_closed(self, call: PhoneCall | None = None, timeout_s: float = 30.0) -> PhoneCall:
        """Wait until the call is over and its recording complete."""
        wanted = call or self.current
        await self._wait(lambda: wanted.state is CallState.CLOSED, f"call with {wanted.peer_uri} closed", timeout_s)
        # baresip is single-threaded here: once it answers, it has closed the player and all audio is in the pipe.
        await self.command("reginfo")
        self._listener.drain()
        return wanted

    async def wait_hears(self, hz: float, *, call: PhoneCall | None = None, timeout_s: float = 10.0) -> float:
        """Wait until this tone is heard in the running call; gives the second of the recording it began at."""
        recording = (call or self.current).recording
        heard: list[tones.ToneSpan] = []

        def audible() -> bool:
            spans = tones.spans_in(recording.samples(), tones.SAMPLE_RATE, [hz])
            heard[:] = [span for span in spans if span.duration_s >= _AUDIBLE_S]
            return bool(heard)

        await self._wait(audible, f"{hz:.0f} Hz heard", timeout_s)
        return heard[0].start_s

    async def wait_messages_waiting(self, waiting: bool = True, timeout_s: float = 10.0) -> None:
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

    def sip_messages(self) -> list[SipMessage]:
        """Every SIP message sent and received so far, e.g. to look at P-Asserted-Identity or Reason."""
        return baresip.read_trace(self._folder / "baresip.log", self.address)

    # -- inside --------------------------------------------------------------------------------------------------

    def _on_event(self, event: Message) -> None:
        kind = str(event.get("type"))
        if kind == "REGISTER_OK":
            self.registered, self._register_error = True, ""
        elif kind == "REGISTER_FAIL":
            self.registered, self._register_error = False, str(event.get("param", "no reason given"))
        elif event.get("class") == "call" and event.get("id"):
            self._update_call(kind, event)
        self._wake()

    def _update_call(self, kind: str, event: Message) -> None:
        call = next((known for known in self.calls if known.id == event["id"]), None)
        if call is None:
            call = PhoneCall(
                str(event["id"]), event.get("direction") == "incoming", str(event.get("peeruri", "")),
                str(event.get("peerdisplayname", "")),
                Recording(self._folder / f"heard-{len(self.calls)}.wav"),
            )  # fmt: skip
            self.calls.append(call)
        call.state = STATE_OF_EVENT.get(kind, call.state)
        if kind == "CALL_INCOMING" and self.answer_after_s is not None:
            self._start(self._answer_later(call, self.answer_after_s))
        if kind == "CALL_ANSWERED":
            call.answers += 1
        if kind == "CALL_CLOSED":
            call.cause = str(event.get("param", ""))

    async def _answer_later(self, call: PhoneCall, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        if call.state is CallState.RINGING:
            await self.answer(call)

    async def _renegotiate(self, command: str) -> None:
        call = self.current
        before = call.answers
        # baresip 1.1.0 says "Invalid argument" to `resume` although it does resume: the 200 is what counts.
        with contextlib.suppress(LabError):
            await self.command(command, call.id)
        await self._wait(lambda: call.answers > before, f"200 to {command}", 5.0)

    def _new_recording(self) -> Recording:
        return self.current.recording

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        job = asyncio.create_task(self._guarded(work))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except LabError as error:
            self._job_error = error  # shown by the next wait
            self._wake()

    async def _wait(self, ready: Callable[[], bool], what: str, timeout_s: float) -> None:
        """Wait for a condition; events wake it at once, files are looked at ten times a second."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while True:
            news = self._news
            if ready():
                return
            if self._job_error:
                raise self._job_error
            if loop.time() > deadline:
                raise self._failure(f"not {what} within {timeout_s:.1f} s")
            if self._child is None or self._child.returncode is not None:
                raise self._failure(f"phone ended with {self._child and self._child.returncode} before: {what}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), 0.1)

    def _source_file(self, audio: Path | None) -> Path:
        name = audio.stem if audio else "silence"
        said = [tones.read_telephone_audio(audio)] if audio else []
        return tones.write_wav(self._folder / f"says-{name}.wav", *said, tones.silence(_SOURCE_S))

    def _failure(self, what: str) -> LabError:
        log = self._child.log_tail() if self._child else ""
        return LabError(f"phone {self.account.user} ({self.address}): {what}\n{log}")


def carrier_phone(
    tools: BaresipTools, folder: Path, server: str, caller: str, *,
    address: str, sip_port: int | None = None, caller_name: str = "",
    plays: Path | None = None, answer_after_s: float | None = None,
) -> Phone:  # fmt: skip
    """A caller out in the telephone network, reaching the PBX over a trunk that is known by its address.

    Unlike SIPp it records what the caller hears. It does not register; From holds `caller`, a number.
    With `sip_port` it can also answer what the PBX sends out over the trunk, whatever the number dialled.
    """
    account = Account(caller, server, register=False, display_name=caller_name)
    return Phone(
        tools, folder, account, plays=plays, answer_after_s=answer_after_s, address=address, sip_port=sip_port
    )
