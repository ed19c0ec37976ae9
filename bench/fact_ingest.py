"""How many facts a second go from Asterisk's files to call records, and how late is a record?

One real call is made through a queue. Its lines in the three record files are written again and again under other call
ids, behind those that Asterisk itself writes, while everything runs. Then real calls show how long after its hang-up a
call's record is final in the database.
"""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg.rows import TupleRow

from bench.support import cpu_s, note, percentile, phones_tree, system
from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.addresses import free_port, own_address
from controlplane.lab.client import ApiClient
from controlplane.lab.shop import ALL_WEEK
from controlplane.lab.sipp import Caller, Load, answering, carrier_calls, registering

QUEUE_NUMBER, PHONE_NUMBER = "+12025550101", "+12025550102"
COPIES, AT_ONCE = 1000, 50
LAG_CALLS, LAG_RATE, TALK_MS = 150, 5, 2000
LOOK_S = 0.05
_UNIQUEID = re.compile(r"-([0-9]{10}\.[0-9]+)")
_TIME = re.compile(r'"([0-9]{10}\.[0-9]{6})"|^([0-9]{10})(?=\|)')
_CHANNEL = re.compile(r"(PJSIP/[\w.-]+)-([0-9a-f]{8})")
_COUNTS = """
    SELECT count(*), count(DISTINCT (kind, at, linkedid, payload)), count(DISTINCT linkedid)
    FROM facts WHERE linkedid = ANY(%s)
"""
_DONE = "SELECT count(*) FROM calls WHERE linkedid = ANY(%s) AND status <> 'live' AND ended_at IS NOT NULL"
_ODD = """
    SELECT count(*) FROM calls AS copy, calls AS original
    WHERE copy.linkedid = ANY(%s) AND original.linkedid = %s AND (
        copy.status <> original.status OR abs(copy.talk_s - original.talk_s) > 0.001
        OR copy.queue_id IS DISTINCT FROM original.queue_id
    )
"""
_ENDED = "SELECT id, extract(epoch FROM ended_at)::float8 FROM calls WHERE ended_at IS NOT NULL AND status <> 'live'"
Database = psycopg.AsyncConnection[TupleRow]


@dataclass(frozen=True)
class Sample:
    """The lines of one call, by file."""

    linkedid: str
    facts: int
    lines: dict[Path, list[str]]


async def run() -> dict[str, object]:
    """A burst of copied calls, then real ones."""
    async with system() as one:
        sipp, phone, carrier = phones_tree() / "bin" / "sipp", own_address(), own_address()
        port = free_port(phone)
        secret = await _configure(one.api, carrier)
        server = one.running.sip_address
        login = registering(sipp, one.folder / "register", server, [("desk-201", secret)], address=phone, port=port)
        async with login as registration:
            await registration.finished(20)
        database = await psycopg.AsyncConnection.connect(_plain(one.running.database_url), autocommit=True)
        async with database, answering(sipp, one.folder / "phone", ring_ms=100, address=phone, port=port):
            caller = Caller(number="+12025559999", talk_ms=1000)
            async with carrier_calls(
                sipp, one.folder / "sample", server, [QUEUE_NUMBER], caller=caller, address=carrier
            ) as call:
                await call.finished(30)
            sample = await _sample(one, database)
            before = _cpu_by_process(one)
            burst = await _burst(database, sample)
            burst["cpu_us_per_fact"] = {
                name: round(1e6 * (used - before[name]) / sample.facts / COPIES)
                for name, used in _cpu_by_process(one).items()
            }
            lags = await _lags(database, one, sipp, carrier)
    return {**burst, "lag_p95_s": round(percentile(lags, 95), 2), "lag_p50_s": round(percentile(lags, 50), 2),
            "lag_calls": len(lags), "lag_limit_s": 2}  # fmt: skip


async def _configure(api: ApiClient, carrier: str) -> str:
    """A number to a queue and one to a phone, both by opening hours; gives the phone's secret."""
    await api.post("/trunks", {"name": "Carrier", "identity": "ip", "host": carrier})
    extension = (await api.post("/extensions", {"name": "Desk", "number": "201"}))["id"]
    device = await api.post("/devices", {"name": "desk-201", "extension_id": extension, "codecs": ["ulaw"]})
    queue = await api.post(
        "/queues",
        {"name": "Sales", "members": [{"extension_id": extension}], "overflow": {"kind": "hangup"}},
    )
    location = (await api.get("/locations"))["items"][0]["id"]
    for number, kind, target in (
        (QUEUE_NUMBER, "queue", queue["id"]), (PHONE_NUMBER, "extension", extension)
    ):  # fmt: skip
        hours = await api.post(
            "/time-conditions",
            {
                "name": f"Hours of the {kind}",
                "location_id": location,
                "open_hours": [{"days": ALL_WEEK, "start": "00:00", "end": "00:00"}],
                "open": {"kind": kind, "id": target},
                "closed": {"kind": "hangup"},
            },
        )
        destination = {"kind": "time_condition", "id": hours["id"]}
        await api.post("/phone-numbers", {"name": number, "number": number, "destination": destination})
    await api.apply("bench")
    secret: str = device["secret"]
    return secret


async def _sample(one: ThrowAwaySystem, database: Database) -> Sample:
    """The recorded call, once its record is final and no more facts come."""
    calls = await one.api.until(
        "/calls", lambda page: [call["status"] for call in page["items"]] == ["answered"], timeout_s=15, what="answered"
    )
    await asyncio.sleep(2)
    linkedid: str = calls["items"][0]["linkedid"]
    facts, distinct, _ = await _row(database, _COUNTS, [linkedid])
    layout = one.running.layout
    lines = {
        path: _lines_of(path, f"{layout.systemname}-") for path in (layout.cel_file, layout.cdr_file, layout.queue_log)
    }
    told = {path.parent.name + "/" + path.name: len(found) for path, found in lines.items()}
    note(f"the sample call has {facts} facts, lines: {told}")
    if facts != distinct or facts != sum(map(len, lines.values())):
        raise RuntimeError("the sample call's facts are not its lines one by one")
    return Sample(linkedid, facts, lines)


def _cpu_by_process(one: ThrowAwaySystem) -> dict[str, float]:
    """CPU seconds so far. PostgreSQL's are those of its workers that still live, which our pools keep."""
    used = {child.name: cpu_s(child.process.pid) for child in one.running.children if child.process}
    if one.running.postgres:
        server = psutil.Process(one.running.postgres.pid)
        used["postgresql"] = sum(cpu_s(process.pid) for process in [server, *server.children()])
    return used


def _lines_of(path: Path, serial: str) -> list[str]:
    """The only call's lines: each names one of its legs, whose ids begin with the systemname."""
    return [line for line in path.read_text().splitlines(keepends=True) if serial in line]


async def _burst(database: Database, sample: Sample) -> dict[str, object]:
    """Writes the copies as fast as the disk takes them, and waits until the last is a final record."""
    copies = [f"{sample.linkedid.partition('.')[0]}.{_serial(copy, 0)}" for copy in range(COPIES)]
    expected = sample.facts * COPIES
    begun = time.monotonic()
    await asyncio.to_thread(_write_copies, sample)
    wrote_s = time.monotonic() - begun
    done = 0
    while done < COPIES and time.monotonic() - begun < 240:
        await asyncio.sleep(0.25)
        (done,) = await _row(database, _DONE, copies)
    took_s = time.monotonic() - begun
    facts, distinct, _ = await _row(database, _COUNTS, copies)
    note(f"{facts} of {expected} facts and {done} of {COPIES} records after {took_s:.1f} s; written in {wrote_s:.1f} s")
    async with database.cursor() as cursor:
        odd = await (await cursor.execute(_ODD, [copies, sample.linkedid])).fetchone()
    return {
        "facts_per_s": round(facts / took_s),
        "limit_facts_per_s": 1000,
        "lost": expected - distinct,
        "doubled": facts - distinct,
        "facts": facts,
        "records": done,
        "records_unlike_the_original": odd[0] if odd else COPIES,
    }


def _write_copies(sample: Sample) -> None:
    """Groups of calls side by side, line by line, as if they had gone on at once."""
    for start in range(0, COPIES, AT_ONCE):
        group = range(start, min(start + AT_ONCE, COPIES))
        for path, lines in sample.lines.items():
            copied = [list(_copied(lines, sample, copy)) for copy in group]
            with path.open("a") as file:
                file.writelines(line for row in zip(*copied, strict=True) for line in row)


def _copied(lines: Iterable[str], sample: Sample, copy: int) -> Iterator[str]:
    """The lines with other call ids, channels and times (each copy a millisecond later)."""
    first = int(sample.linkedid.rpartition(".")[2])

    def uniqueid(match: re.Match[str]) -> str:
        second, _, serial = match[1].partition(".")
        return f"-{second}.{_serial(copy, int(serial) - first)}"

    def moment(match: re.Match[str]) -> str:
        return f'"{float(match[1]) + copy / 1000:.6f}"' if match[1] else match[2]

    for line in lines:
        moved = _TIME.sub(moment, line)
        yield _CHANNEL.sub(lambda match: f"{match[1]}-{copy:08x}", _UNIQUEID.sub(uniqueid, moved))


def _serial(copy: int, leg: int) -> int:
    return 1_000_000 + 100 * copy + leg


async def _lags(database: Database, one: ThrowAwaySystem, sipp: Path, carrier: str) -> list[float]:
    """Seconds from each hang-up until somebody who looks into the database finds the final record."""
    seen = {row[0] for row in await _rows(database, _ENDED)}
    lags: list[float] = []
    caller, load = Caller(number="+12025559999", talk_ms=TALK_MS), Load(calls=LAG_CALLS, rate=LAG_RATE)
    async with carrier_calls(
        sipp, one.folder / "load", one.running.sip_address, [PHONE_NUMBER], caller=caller, load=load, address=carrier
    ) as calls:
        deadline = time.monotonic() + LAG_CALLS / LAG_RATE + 30
        while len(lags) < LAG_CALLS and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_S)
            now = time.time()
            fresh = [row for row in await _rows(database, _ENDED) if row[0] not in seen]
            seen |= {row[0] for row in fresh}
            lags += [now - row[1] for row in fresh]
        result = await calls.finished(30)
    if result.failed or len(lags) != LAG_CALLS:
        raise RuntimeError(f"{len(lags)} records of {LAG_CALLS} calls, {result.failed} of them failed")
    return lags


async def _rows(database: Database, query: str, *values: object) -> list[TupleRow]:
    async with database.cursor() as cursor:
        return await (await cursor.execute(query, values)).fetchall()


async def _row(database: Database, query: str, linkedids: list[str]) -> TupleRow:
    return (await _rows(database, query, linkedids))[0]


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)
