"""A fake carrier and many phones at once: SIPp processes, what they do, and what came out.

A `Sipp` is one process. `carrier_calls`, `answering`, `refusing`, `registering`, `phone_call` and `registrar` make the
ones that the tests, the demo and the benches need:

>>> async with answering(program, folder / "uas", ring_ms=200) as phones:
...     load = Load(calls=50, rate=10)
...     async with carrier_calls(program, folder / "uac", server, ["15550102"], load=load) as carrier:
...         result = await carrier.finished(timeout_s=60)
>>> result.successful, result.percentile_ms("ringing", 95)

Source: SIPp 3.8 reference documentation (scenario XML, keywords, statistics).
"""

import asyncio
import csv
import math
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Self
from xml.sax.saxutils import escape

from controlplane.lab.addresses import free_port, is_free, own_address
from controlplane.lab.process import ChildProcess, LabError

_SCENARIOS = Path(__file__).parent / "scenarios"
_START_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class SippResult:
    """What a SIPp process counted.

    Attributes:
        exit_code: 0 when every call went as the scenario says.
        calls_per_s: calls begun a second, over the whole run.
        rtd_ms: response times by name, in milliseconds, one entry a call ("ringing": INVITE to 180 or 183;
            "answer": INVITE to 200; "register": REGISTER to the 200 after the challenge).
        errors: SIPp's error file, e.g. the unexpected message that ended a call.
    """

    calls: int
    successful: int
    failed: int
    exit_code: int
    calls_per_s: float
    rtd_ms: Mapping[str, Sequence[float]]
    errors: str

    def percentile_ms(self, name: str, percent: float) -> float:
        """Nearest-rank percentile of a response time. Raises: KeyError when none was measured."""
        times = sorted(self.rtd_ms[name])
        return times[max(0, math.ceil(len(times) * percent / 100) - 1)]


class Sipp:
    """One SIPp process in a folder of its own; use it as an async context manager.

    Args:
        program: SIPp's executable.
        folder: made if absent; scenario, statistics and error file lie here.
        scenario: name of a file in `scenarios/`.
        values: fills the scenario's `$placeholders`.
        options: further command line options.
        remote: "host:port" that it calls; None for one that waits for calls.
        address: its loopback address; a fresh one by default. A trunk known by its address needs a chosen one.
        port: its SIP port; a free one by default.
    """

    def __init__(
        self, program: Path, folder: Path, scenario: str, *, values: Mapping[str, object],
        options: Sequence[str] = (), remote: str | None = None, address: str | None = None, port: int | None = None,
    ) -> None:  # fmt: skip
        self.address = address or own_address()
        self.port = port or free_port(self.address)
        self.folder = folder.resolve()
        self._scenario = scenario
        self._values = values
        self._waits_for_calls = remote is None
        self._child = ChildProcess(
            [
                program, "-sf", self.folder / f"{scenario}.xml", "-i", self.address, "-p", str(self.port),
                "-mi", self.address, "-mp", str(free_port(self.address, pair=True)),
                "-ci", self.address, "-cp", str(free_port(self.address)), "-nostdin", "-skip_rlimit",
                "-trace_stat", "-stf", self.folder / "stats.csv", "-fd", "1", "-trace_rtt", "-rtt_freq", "1",
                "-trace_err", "-error_file", self.folder / "errors.log", "-timer_resol", "1",
                *options, *([remote] if remote else []),
            ],
            log=self.folder / "sipp.log", cwd=self.folder, grace_s=3,
        )  # fmt: skip

    @property
    def contact(self) -> str:
        """Where it listens, "host:port"."""
        return f"{self.address}:{self.port}"

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.csv"):
            if old.name != "users.csv":
                old.unlink()
        template = Template((_SCENARIOS / f"{self._scenario}.xml").read_text())
        (self.folder / f"{self._scenario}.xml").write_text(template.substitute(self._values))
        await self._child.__aenter__()
        try:
            if self._waits_for_calls:
                await self._wait_listening()
        except BaseException:
            await self._child.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._child.stop()

    async def finished(self, timeout_s: float) -> SippResult:
        """Wait until it has done all its calls. Raises: LabError with its log after `timeout_s`."""
        return self._result(await self._child.wait(timeout_s))

    async def stopped(self, timeout_s: float = 60.0) -> SippResult:
        """Let it end its running calls but take no new ones, then say what it counted."""
        self._child.send_signal(signal.SIGUSR1)
        return await self.finished(timeout_s)

    async def _wait_listening(self) -> None:
        async with asyncio.timeout(_START_TIMEOUT_S):
            while is_free(self.address, self.port):
                if self._child.returncode is not None:
                    raise LabError(f"SIPp did not start\n{self._child.log_tail()}")
                await asyncio.sleep(0.02)

    def _result(self, exit_code: int) -> SippResult:
        rows = _rows(self.folder / "stats.csv")
        if not rows:
            raise LabError(f"SIPp made no statistics (exit code {exit_code})\n{self._child.log_tail()}")
        times: dict[str, list[float]] = {}
        for file in self.folder.glob("*_rtt.csv"):
            for row in _rows(file):
                times.setdefault(row["rtd_no"], []).append(float(row["response_time_ms"]))
        return SippResult(
            calls=int(rows[-1]["TotalCallCreated"]),
            successful=int(rows[-1]["SuccessfulCall(C)"]),
            failed=int(rows[-1]["FailedCall(C)"]),
            exit_code=exit_code,
            calls_per_s=float(rows[-1]["CallRate(C)"]),
            rtd_ms=times,
            errors=_errors(self.folder / "errors.log"),
        )


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls from the telephone network, and what they do.

    Attributes:
        number: user part of From.
        name: display name in From, any characters: quoted as RFC 3261 section 25.1 asks.
        identity: number for P-Asserted-Identity; empty: header left out.
        media: what is said once answered: a `.pcap` of `write_call_media` (needs root), a `.ulaw` file (audio only,
            no privileges), or None.
        talk_ms: hangs up that long after the answer, milliseconds.
    """

    number: str = "15550199"
    name: str = ""
    identity: str = ""
    media: Path | None = None
    talk_ms: int = 1000


@dataclass(frozen=True, slots=True)
class Load:
    """How many calls: `calls` in all, `rate` new ones a second, never more than `limit` at once."""

    calls: int = 1
    rate: float = 10.0
    limit: int = 1000


def carrier_calls(
    program: Path, folder: Path, server: str, numbers: Sequence[str], *, caller: Caller | None = None,
    load: Load | None = None, address: str | None = None,
) -> Sipp:  # fmt: skip
    """Calls from the carrier into the PBX; each hangs up after its `talk_ms` unless the PBX does so before.

    Args:
        program: SIPp's executable.
        folder: for this process alone.
        server: "host:port" of the PBX.
        numbers: numbers to dial, used in turn.
        caller: who calls; by default a plain silent caller.
        load: how many; by default one.
        address: the carrier's address, by which a trunk is recognised.
    """
    caller, load = caller or Caller(), load or Load()
    _write_users(folder, (f"{number};{caller.number}" for number in numbers))
    identity = f"\n      P-Asserted-Identity: <sip:{caller.identity}@[local_ip]>" if caller.identity else ""
    values = {
        "name": '"[caller_name]" ' if caller.name else "",
        "identity": identity,
        "talk_ms": caller.talk_ms,
        **_media(caller.media),
    }
    options = ["-inf", "users.csv", "-m", str(load.calls), "-r", f"{load.rate:g}", "-l", str(load.limit)]
    quoted = caller.name.replace("\\", r"\\").replace('"', r"\"")
    return Sipp(
        program, folder, "carrier_call", values=values, options=[*options, "-key", "caller_name", quoted],
        remote=server, address=address,
    )  # fmt: skip


def answering(
    program: Path, folder: Path, *, ring_ms: int = 0, talk_ms: int = 600_000, media: Path | None = None,
    echo: bool = False, address: str | None = None, port: int | None = None,
) -> Sipp:  # fmt: skip
    """Answers every call after `ring_ms`: the carrier of outbound calls, or all registered phones of a load test.

    Args:
        program: SIPp's executable.
        folder: for this process alone.
        ring_ms: how long it rings, milliseconds.
        talk_ms: hangs up by itself that long after the answer, milliseconds.
        media: what it says, as `Caller.media`.
        echo: send each RTP packet back to where it came from.
        address: its address.
        port: its SIP port.
    """
    values = {"ring_ms": ring_ms, "talk_ms": talk_ms, **_media(media)}
    options = ["-rtp_echo"] if echo else []
    return Sipp(program, folder, "answer", values=values, options=options, address=address, port=port)


def refusing(
    program: Path, folder: Path, status: int, reason: str, *,
    contact: str = "", address: str | None = None, port: int | None = None,
) -> Sipp:  # fmt: skip
    """Refuses every call, e.g. with 486 Busy Here or 503 Service Unavailable.

    Args:
        program: SIPp's executable.
        folder: for this process alone.
        status: of the answer.
        reason: its words.
        contact: where the call shall go instead, for 302 Moved Temporarily; empty: header left out.
        address: its address.
        port: its SIP port.
    """
    moved = f"\n      Contact: <{contact}>" if contact else ""
    values = {"status": status, "reason": escape(reason), "contact": moved}
    return Sipp(program, folder, "refuse", values=values, address=address, port=port)


def registering(
    program: Path, folder: Path, server: str, users: Sequence[tuple[str, str]], *,
    address: str | None = None, port: int | None = None, rate: int = 100,
) -> Sipp:  # fmt: skip
    """Registers many phones, given as (user, password), `rate` a second, all at this process's address and port.

    When it has finished, start `answering` with the same `address` and `port` to answer their calls: one after the
    other, because a PBX behind which phones may sit behind NAT (`rewrite_contact`) calls back where REGISTER came from.
    """
    _write_users(folder, (f"{user};[authentication username={user} password={secret}]" for user, secret in users))
    options = ["-inf", "users.csv", "-m", str(len(users)), "-r", str(rate)]
    return Sipp(
        program, folder, "register", values={}, options=options, remote=server,
        address=address, port=port,
    )  # fmt: skip


def phone_call(
    program: Path, folder: Path, server: str, user: str, password: str, number: str, *,
    header: str = "", talk_ms: int = 300,
) -> Sipp:  # fmt: skip
    """One call of one phone, which logs in with it; for what baresip can't send.

    Args:
        program: SIPp's executable.
        folder: for this process alone.
        server: "host:port" of the PBX.
        user: the phone's.
        password: the phone's.
        number: what it dials.
        header: a further line of the INVITE, sent as it is.
        talk_ms: hangs up that long after the answer, milliseconds.
    """
    values = {"user": user, "number": number, "header": f"\n      {header}" if header else "", "talk_ms": talk_ms}
    login = f"[authentication username={user} password={password}]"
    return Sipp(program, folder, "phone_call", values={**values, "login": login}, options=["-m", "1"], remote=server)


def registrar(
    program: Path, folder: Path, user: str, password: str, *, address: str | None = None, port: int | None = None
) -> Sipp:  # fmt: skip
    """A carrier that a trunk must register at: 401 with a digest challenge, then 200, or 403 for a wrong secret."""
    values = {"user": user, "password": password}
    # A trunk registers again and again with one Call-ID: SIPp must forget each "call" at once.
    options = ["-deadcall_wait", "0"]
    return Sipp(program, folder, "registrar", values=values, options=options, address=address, port=port)


def _write_users(folder: Path, lines: Iterable[str]) -> None:
    """The file from which SIPp takes a line for each call, in turn (`[field0]`, `[field1]`)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "users.csv").write_text("\n".join(["SEQUENTIAL", *lines]) + "\n")


def _media(media: Path | None) -> dict[str, str]:
    if media is None:
        return {"media": "", "media_port": "media_port"}
    file = escape(str(media.resolve()))
    if media.suffix == ".pcap":
        action, port = f'play_pcap_audio="{file}"', "media_port"
    else:
        action, port = f'rtp_stream="{file},1,0,PCMU/8000"', "rtpstream_audio_port"
    return {"media": f"<nop><action><exec {action}/></action></nop>", "media_port": port}


def _errors(path: Path) -> str:
    """SIPp's error file without the jumps that our scenarios intend (`ontimeout`: the party has talked enough)."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    expected = ("The following events occurred", "jumping to label")
    return "\n".join(line for line in lines if not any(text in line for text in expected))


def _rows(path: Path) -> list[dict[str, str]]:
    """Rows of one of SIPp's semicolon-separated files; an absent file has none."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
