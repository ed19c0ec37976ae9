"""The process behind a test phone: its life, its events, and the waiting for them."""

import asyncio
import contextlib
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


class PhoneProcess:
    """One baresip process; `Phone` says what can be done with it.

    Args:
        tools: where baresip lies.
        folder: made if absent; holds configuration, log and recordings. One phone a folder.
        account: how it knows the PBX.
        plays: WAV (any rate) that the other side hears once from the start of each call; then silence.
        answer_after_s: answer each incoming call by itself after ringing that long; None: by `answer()` only.
        address: its loopback address; a fresh one by default. A trunk known by its address needs a chosen one.
        sip_port: its SIP port (TLS: the next one); a free one by default.
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
        self._listener = Listener(self._folder / "heard.pipe", self._new_recording, self._wake)
        self._news = asyncio.Event()  # replaced by a fresh one at each event, so that no waiter misses any
        self._jobs: set[asyncio.Task[None]] = set()
        self._job_error: LabError | None = None
        self._child: ChildProcess | None = None
        self._control: baresip.Control | None = None

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        control_port = free_port(self.address)
        baresip.write_config(
            self._folder, address=self.address, sip_port=self.sip_port,
            control_port=control_port, rtp_ports="30000-39998", modules=self._tools.modules,
            source=self._source_file(self._plays), heard=self._listener.pipe, ca_file=self.account.ca_file,
        )  # fmt: skip
        # Prompt, for the trace, and because baresip 1.1.0 crashes when a player ends before its thread has begun:
        # at a re-INVITE it opens the player twice within a few milliseconds (11 of 300 on busy cores, else none).
        child = ChildProcess(
            [self._tools.program, "-s", "-f", self._folder],
            log=self._folder / "baresip.log", cwd=self._folder, prompt=True,
        )  # fmt: skip
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

    async def command(self, name: str, params: str = "") -> str:
        """Run any baresip command. Raises: LabError with the log when it is refused."""
        if self._control is None:
            raise LabError("the phone has not been started")
        try:
            return await self._control.command(name, params)
        except LabError as error:
            raise self._failure(str(error)) from error

    async def answer(self, call: PhoneCall | None = None) -> None:
        """Pick up the ringing call."""
        await self.command("callfind", (call or self.current).id)
        await self.command("accept")

    @property
    def pid(self) -> int | None:
        """Process id of its baresip, None before the start."""
        return self._child.pid if self._child else None

    @property
    def current(self) -> PhoneCall:
        """The newest call that is not over, else the newest of all. Raises: LabError without any call."""
        if not self.calls:
            raise self._failure("the phone has no call")
        open_calls = [call for call in self.calls if call.state is not CallState.CLOSED]
        return (open_calls or self.calls)[-1]

    def sip_messages(self) -> list[SipMessage]:
        """Every SIP message sent and received so far, e.g. to look at P-Asserted-Identity or Reason."""
        return baresip.read_trace(self._child.output(), self.address) if self._child else []

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
        if call.state is not CallState.RINGING:
            return
        try:
            await self.answer(call)
        except LabError:  # unless the caller has given up at this very moment
            await self._wait(lambda: call.state is CallState.CLOSED, "call answered", 1.0)

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
