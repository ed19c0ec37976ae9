"""What a node is asked to do: left for its poll, waited for, and how it went."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.door import audit
from controlplane.kit import clock
from controlplane.nodes import repository
from controlplane.nodes.models import NodeCommand
from controlplane.nodes.schemas import CommandOutcome, CommandState, NodeIdentity, NodeState
from controlplane.nodes.service import get_node, state_of, topic
from controlplane.platform import wakeups
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Conflict, NotFound
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.link import Command, CommandKind, CommandResult, PollAnswer

ORDER_S = 60  # a check of 10,000 phones takes 4 s, putting all of them right 15


async def poll(services: Services, node: NodeIdentity, *, have: str | None, wait_s: float) -> PollAnswer:
    """Answers as soon as there is a command or another release than ``have``, at the latest after the wait.

    No database connection is held while waiting.
    """
    deadline = asyncio.get_running_loop().time() + wait_s
    with services.wakeups.subscribe(topic(node.name)) as woken:
        while True:
            answer = await _news(services, node)
            left_s = deadline - asyncio.get_running_loop().time()
            if answer.commands or answer.desired not in {None, have} or left_s <= 0:
                return answer
            await wakeups.wait(woken, left_s)


async def _news(services: Services, identity: NodeIdentity) -> PollAnswer:
    async with services.uow() as uow:
        desired = await repository.desired_digest(uow.session, identity.id)
        rows = await repository.take_commands(uow.session, identity.id, clock.now())
    commands = [
        Command(id=str(row.id), kind=CommandKind(row.kind), args=row.args, expires_at=row.expires_at) for row in rows
    ]
    return PollAnswer(desired=desired, commands=commands)


async def send_command(uow: UnitOfWork, node: str, kind: CommandKind, args: dict[str, Any], ttl_s: int) -> UUID:
    """Leaves a command for a node and wakes its poll. Returns the id to ask for its outcome with.

    Raises:
        NotFound: There is no such node.
    """
    row = await repository.find_named(uow.session, node)
    if row is None:
        raise NotFound(f"There is no node {node}.")
    expires_at = clock.now() + timedelta(seconds=ttl_s)
    command = NodeCommand(node_id=row.id, kind=kind.value, args=args, expires_at=expires_at)
    uow.session.add(command)
    await uow.session.flush()
    await uow.wake(topic(node))
    return command.id


async def order(
    services: Services, principal: Principal, node_id: UUID, kind: CommandKind, *, action: str
) -> CommandOutcome:
    """Gives an enrolled node a command and waits until it is done, or its time is up.

    Raises:
        NotFound: There is no such node.
        Conflict: The node can't be reached now.
    """
    async with services.uow() as uow:
        node = await get_node(uow.session, node_id)
        if state_of(node, clock.now()) not in {NodeState.UP, NodeState.ASTERISK_DOWN}:
            raise Conflict("The node can't be reached now.", hint="Try again when its state is up.")
        await audit(uow, principal, action=action, kind="node", object_id=node.id, name=node.name)
        command_id = await send_command(uow, node.name, kind, {}, ttl_s=ORDER_S)
    return await wait_for_command(services, command_id, ORDER_S)


async def wait_for_command(services: Services, command_id: UUID, wait_s: float) -> CommandOutcome:
    """What became of a command once it is done or expired; after the wait what is known of it by then."""
    deadline = asyncio.get_running_loop().time() + wait_s
    with services.wakeups.subscribe(f"command:{command_id}") as woken:
        while True:
            async with services.uow() as uow:
                outcome = await command_result(uow.session, command_id)
            left_s = deadline - asyncio.get_running_loop().time()
            if outcome.state in {CommandState.DONE, CommandState.FAILED, CommandState.EXPIRED} or left_s <= 0:
                return outcome
            await wakeups.wait(woken, min(left_s, 2.0))


async def finish_command(uow: UnitOfWork, node: NodeIdentity, result: CommandResult) -> None:
    """Keeps how a command went; a second word about it changes nothing.

    Raises:
        NotFound: No command of this node.
    """
    try:
        command = await uow.session.get(NodeCommand, UUID(result.id))
    except ValueError:
        command = None
    if command is None or command.node_id != node.id:
        raise NotFound("There is no such command.")
    if command.finished_at is None:
        command.finished_at, command.ok = clock.now(), result.ok
        command.detail, command.data = result.detail[:1000], result.data
        await uow.session.flush()
        await uow.wake(f"command:{command.id}")


async def command_result(session: AsyncSession, command_id: UUID) -> CommandOutcome:
    """What became of a command; the topic ``command:<id>`` is woken when that changes.

    Raises:
        NotFound: There is no such command.
    """
    command = await session.get(NodeCommand, command_id, populate_existing=True)
    if command is None:
        raise NotFound("There is no such command.")
    if command.finished_at is not None:
        state = CommandState.DONE if command.ok else CommandState.FAILED
    elif command.expires_at <= clock.now():
        state = CommandState.EXPIRED
    else:
        state = CommandState.SENT if command.sent_at else CommandState.WAITING
    return CommandOutcome(state, command.detail, command.data)
