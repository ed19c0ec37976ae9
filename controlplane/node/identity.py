"""Who this node is: its key, and whose bundles it trusts. Made once, kept in the secrets folder."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from controlplane.protocol.link import EnrolAnswer


@dataclass(frozen=True)
class Identity:
    """An enrolled node.

    Attributes:
        name: what the control plane calls it.
        key: signs its requests; never leaves the node.
        bundle_key: the control plane's; only bundles signed by it are applied.
    """

    name: str
    key: Ed25519PrivateKey
    bundle_key: Ed25519PublicKey


def node_key(secrets: Path) -> Ed25519PrivateKey:
    """The node's own key, made at first use."""
    path = secrets / "node.key"
    if not path.exists():
        secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()))
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_bytes()))


def public_key_text(key: Ed25519PrivateKey) -> str:
    """The public half as it is sent at enrolment."""
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def load_identity(secrets: Path) -> Identity | None:
    """Who we are, if we have been enrolled."""
    path = secrets / "enrolment.json"
    if not path.exists():
        return None
    answer = EnrolAnswer.model_validate_json(path.read_bytes())
    bundle_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(answer.bundle_key))
    return Identity(answer.node, node_key(secrets), bundle_key)


def save_enrolment(secrets: Path, answer: EnrolAnswer) -> None:
    """Keeps the control plane's answer for good."""
    write_private(secrets / "enrolment.json", answer.model_dump_json().encode())


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner reads: whole, on the disk, or not at all."""
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
