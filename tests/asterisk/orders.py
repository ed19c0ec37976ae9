"""Commands to a node of a test's own."""

import datetime as dt

from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.protocol.link import Command, CommandKind, CommandResult
from tests.asterisk.lab_node import LabNode
from tests.node.stand_in import wait_until


def order(node: LabNode, kind: CommandKind, *, lives_s: float = 30, **args: object) -> CommandResult:
    """Gives a command and waits for its result."""
    command = Command(id=str(new_id()), kind=kind, args=args, expires_at=clock.now() + dt.timedelta(seconds=lives_s))
    node.control.commands.append(command)
    wait_until(lambda: any(result.id == command.id for result in node.control.results), f"the result of {kind}")
    return next(result for result in node.control.results if result.id == command.id)
