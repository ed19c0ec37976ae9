"""Carries out ``simulate`` commands, one after the other, on a shadow that starts when it is first needed."""

import asyncio
import contextlib
import time
from datetime import datetime

import structlog
from pydantic import ValidationError

from controlplane.kit import clock
from controlplane.node.ami import AmiError
from controlplane.node.layout import AsteriskLayout, AsteriskRuntimeError
from controlplane.node.link import Link, LinkDown
from controlplane.node.outbox import Outbox
from controlplane.node.rehearsal.play import play
from controlplane.node.rehearsal.shadow import Shadow, ShadowFailed, end_old_shadow, start_shadow
from controlplane.node.rehearsal.sip import SipError
from controlplane.protocol.link import Command, CommandResult
from controlplane.protocol.rehearsal import RehearsalOrder, RehearsalReport

log = structlog.get_logger(__name__)

IDLE_S = 300.0
"""A shadow that nobody asks anything is ended: it takes 90 MB."""

MOST_WAITING = 40
"""They are played one after the other, each for about a second: who comes later than that would wait in vain."""


class Rehearsals:
    """Keeps the shadow, and plays on it what is asked for.

    Args:
        layout: The node's own Asterisk; the shadow lives in a folder beneath.
        outbox: Takes the results.
    """

    def __init__(self, layout: AsteriskLayout, outbox: Outbox) -> None:
        self._layout = layout
        self._outbox = outbox
        self._asked: asyncio.Queue[Command] = asyncio.Queue()
        self._shadow: Shadow | None = None

    def ask(self, command: Command) -> None:
        """Takes a command; its result goes into the outbox."""
        if self._asked.qsize() < MOST_WAITING:
            self._asked.put_nowait(command)
        else:
            detail = f"{MOST_WAITING} rehearsals wait for this node's shadow already; try again in a minute."
            self._outbox.put("command-results", CommandResult(id=command.id, ok=False, detail=detail))

    async def run(self, link: Link) -> None:
        """Works until cancelled; the shadow ends with it."""
        await asyncio.to_thread(end_old_shadow, self._layout)
        try:
            while True:
                try:
                    command = await asyncio.wait_for(self._asked.get(), IDLE_S)
                except TimeoutError:
                    await self._end_shadow()
                    continue
                self._outbox.put("command-results", await self._carry_out(link, command))
        finally:
            await self._end_shadow()

    async def _carry_out(self, link: Link, command: Command) -> CommandResult:
        try:
            order = RehearsalOrder.model_validate(command.args)
            report = await self._play(link, order, command.expires_at)
        except ValidationError as err:
            fault = err.errors()[0]
            where = ".".join(map(str, fault["loc"]))
            return CommandResult(id=command.id, ok=False, detail=f"The order's {where} can't be used: {fault['msg']}.")
        except (ShadowFailed, AsteriskRuntimeError, SipError, AmiError, LinkDown, TimeoutError, OSError) as err:
            log.warning("rehearsal.failed", reason=str(err) or type(err).__name__)
            await self._end_shadow()  # whatever is wrong with it, the next one begins anew
            return CommandResult(id=command.id, ok=False, detail=f"The shadow Asterisk can't play this: {err}")
        log.info("rehearsal.played", calls=len(report.calls), ready_ms=report.ready_ms)
        return CommandResult(id=command.id, ok=True, data=report.model_dump(mode="json"))

    async def _play(self, link: Link, order: RehearsalOrder, expires_at: datetime) -> RehearsalReport:
        began = time.monotonic()
        _refuse_late(expires_at)
        shadow = await self._ready(link, order)
        ready_ms = round(1000 * (time.monotonic() - began))
        calls = []
        for scenario in order.scenarios:
            _refuse_late(expires_at)
            calls.append(await play(shadow, scenario))
        return RehearsalReport(calls=calls, ready_ms=ready_ms)

    async def _ready(self, link: Link, order: RehearsalOrder) -> Shadow:
        """The shadow with the bundle in force; one that did not get there from the bundle before begins anew."""
        if self._shadow is not None:
            try:
                if self._shadow.is_up:
                    await self._shadow.load(link, order.digest, order.carriers)
                    return self._shadow
            except ShadowFailed as err:
                log.warning("shadow.anew", reason=str(err))
            await self._end_shadow()
        self._shadow = await start_shadow(self._layout)
        await self._shadow.load(link, order.digest, order.carriers)
        return self._shadow

    async def _end_shadow(self) -> None:
        shadow, self._shadow = self._shadow, None
        if shadow is not None:
            with contextlib.suppress(AsteriskRuntimeError):
                await shadow.stop()
            log.info("shadow.ended")


def _refuse_late(expires_at: datetime) -> None:
    """Whoever asked has gone; others wait for the shadow."""
    if expires_at <= clock.now():
        raise ShadowFailed("Its turn came too late: other rehearsals went before.")
