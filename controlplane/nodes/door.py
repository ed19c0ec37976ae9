"""What other slices may use of nodes: who signed a request, releases and commands for them, facts from them."""

from datetime import timedelta

from controlplane.nodes.commands import command_result, send_command, wait_for_command
from controlplane.nodes.queries import CallKey, fold_again, load_facts, load_node_facts, take_calls_to_fold
from controlplane.nodes.repository import registered_devices
from controlplane.nodes.schemas import CommandOutcome, CommandState, EnrolmentCode, NodeIdentity, NodeInfo, NodeState
from controlplane.nodes.service import (
    admit,
    admit_again,
    load_nodes,
    make_code,
    record_live,
    set_desired,
)
from controlplane.nodes.signed import read_message, signed_node, signed_upload_node
from controlplane.platform.services import Services

__all__ = [
    "CallKey",
    "CommandOutcome",
    "CommandState",
    "EnrolmentCode",
    "NodeIdentity",
    "NodeInfo",
    "NodeState",
    "admit_again",
    "admit_code",
    "command_result",
    "ensure_local_node_code",
    "fold_again",
    "load_facts",
    "load_node_facts",
    "load_nodes",
    "make_enrolment_code",
    "read_message",
    "record_live",
    "registered_devices",
    "send_command",
    "set_desired",
    "signed_node",
    "signed_upload_node",
    "take_calls_to_fold",
    "wait_for_command",
]


async def make_enrolment_code(services: Services, node: str, *, life: timedelta = timedelta(hours=24)) -> EnrolmentCode:
    """A one-time code for a node, which is made if there is none. Older codes of it become worthless."""
    async with services.uow() as uow:
        return await make_code(uow, services.crypto, node, life=life)


async def ensure_local_node_code(services: Services) -> str:
    """A code for the node on this machine, good for ten minutes: enough for the noded that is started beside us.

    A noded that has enrolled before doesn't use it.
    """
    code = await make_enrolment_code(services, services.settings.node_name, life=timedelta(minutes=10))
    return code.code


async def admit_code(services: Services, node: str, code: str) -> None:
    """Takes a code that the operator chose, such as in a Compose file; a node enrolled before stays as it is."""
    async with services.uow() as uow:
        await admit(uow, services.crypto, node, code)
