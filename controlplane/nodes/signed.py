"""Who a request of a node comes from: its Ed25519 signature over the request, within five minutes."""

import base64
import binascii
from typing import Annotated, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Query, Request
from pydantic import BaseModel, ValidationError

from controlplane.kit import clock
from controlplane.nodes import repository
from controlplane.nodes.schemas import NodeIdentity
from controlplane.platform.problem import FieldError, Invalid, Unauthorized
from controlplane.platform.services import Services, ServicesDep
from controlplane.protocol.link import CLOCK_TOLERANCE_S, signed_text, signed_text_of_digest

Message = TypeVar("Message", bound=BaseModel)

BODY_LIMIT = 16_000_000
"""Bytes: some 5,000 facts of 3 kB. Recordings go by `signed_upload_node`."""


def public_key(text: str) -> Ed25519PublicKey:
    """Reads a node's key.

    Raises:
        Invalid: Not 32 bytes in base64.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except ValueError as err:
        raise Invalid.field("public_key", "is not an Ed25519 key of 32 bytes in base64") from err


def _target(request: Request) -> str:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _clock_problem(timestamp: str) -> str:
    """Why the node's time can't be taken, as a sentence; empty if it can."""
    try:
        off_s = int(timestamp) - clock.now().timestamp()
    except ValueError as err:
        raise Unauthorized("X-Node-Time is not a time.") from err
    if abs(off_s) <= CLOCK_TOLERANCE_S:
        return ""
    return (
        f"The node's clock is {abs(off_s):.0f} s {'ahead of' if off_s > 0 else 'behind'} the control plane's; "
        f"at most {CLOCK_TOLERANCE_S} s are taken, so nothing it says is."
    )


async def _check_clock(services: Services, node: NodeIdentity, timestamp: str) -> None:
    """After the signature: what is noted for people to see must come from the node itself."""
    problem = _clock_problem(timestamp)
    if not problem:
        return
    async with services.uow() as uow:
        await repository.note_refusal(uow.session, node.id, problem)
    raise Unauthorized(problem, hint="Let both machines set their clocks by NTP (chrony).")


async def _known(services: Services, name: str) -> tuple[NodeIdentity, Ed25519PublicKey]:
    async with services.uow() as uow:
        node = await repository.find_named(uow.session, name)
    if node is None or node.public_key is None or node.disabled_at is not None:
        raise Unauthorized("This node is not enrolled, or was disabled.", hint="Make a new code with POST nodes.")
    return NodeIdentity(node.name, node.id), public_key(node.public_key)


def _verify(key: Ed25519PublicKey, signature: str, message: bytes) -> None:
    try:
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, binascii.Error, ValueError) as err:
        raise Unauthorized("The node's signature is wrong.") from err


async def signed_node(request: Request, services: ServicesDep) -> NodeIdentity:
    """Dependency: the node that signed this request and its body. Holds no database connection afterwards.

    Raises:
        Unauthorized: Unknown or disabled node, clock more than five minutes off, or a wrong signature.
    """
    headers = request.headers
    timestamp = headers.get("X-Node-Time", "")
    node, key = await _known(services, headers.get("X-Node", ""))
    if int(headers.get("Content-Length", "0")) > BODY_LIMIT or "Transfer-Encoding" in headers:
        raise Invalid("A node's message has a Content-Length of at most 16 MB.")
    message = signed_text(request.method, _target(request), timestamp, await request.body())
    _verify(key, headers.get("X-Node-Signature", ""), message)
    await _check_clock(services, node, timestamp)
    return node


async def signed_upload_node(
    request: Request, services: ServicesDep, sha256: Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")]
) -> NodeIdentity:
    """Dependency: the same for a body too large for memory. The signature covers ``sha256`` of the query in its place.

    Whoever receives the body must compare it with that checksum.
    """
    headers = request.headers
    timestamp = headers.get("X-Node-Time", "")
    node, key = await _known(services, headers.get("X-Node", ""))
    message = signed_text_of_digest(request.method, _target(request), timestamp, sha256)
    _verify(key, headers.get("X-Node-Signature", ""), message)
    await _check_clock(services, node, timestamp)
    return node


async def read_message(request: Request, kind: type[Message]) -> Message:
    """The body of a signed request, read only after its signature was found good.

    A route that declares its body as a parameter has it read before anybody is asked who sends it.

    Raises:
        Invalid: Not such a message.
    """
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError as err:
        errors = [FieldError(".".join(map(str, item["loc"])), item["msg"]) for item in err.errors()[:20]]
        raise Invalid(f"This is not a {kind.__name__}.", errors=errors) from err
