r"""The node's side of the wire: enrolment, long poll, commands, uploads.

All paths lie under ``/node/v1``. A node signs every request with its Ed25519 key over
``METHOD\nPATH?QUERY\nTIMESTAMP\nSHA256(body)``; headers ``X-Node`` (name), ``X-Node-Time`` (epoch seconds),
``X-Node-Signature`` (base64). The control plane refuses a time more than 300 s off.

| call | meaning |
|---|---|
| ``POST enrol`` | code + public key in, node name and the control plane's bundle key out (unsigned request) |
| ``GET poll?have=DIGEST&wait_s=25`` | answers at once when there is a new release or a command, else after the wait |
| ``GET releases/{digest}`` | SignedManifest |
| ``GET rehearsals/{digest}`` | SignedManifest of a staged bundle, for the shadow (see `rehearsal`) |
| ``POST blobs`` | ``{"sha256": [...]}`` in, an uncompressed tar of files named by hash out |
| ``POST facts`` | FactBatch in, FactAck out |
| ``POST queue-members`` | QueueMembers: what the members of queues do, whenever that changes |
| ``POST apply-reports``, ``POST command-results``, ``POST heartbeat`` | word from the node |
| ``POST voicemail/heard`` | HeardVoicemail: which messages were heard, by phone or because the page said so |
| ``PUT uploads/{kind}/{name}?sha256=&linkedid=`` | recording or voicemail; repeating it is harmless |

An upload is streamed, so its signature covers the ``sha256`` of the query in place of the body's own; the control plane
compares what it received with that. A replay within the 300 s is harmless: every call may be repeated.
"""

import base64
import hashlib
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AwareDatetime, BaseModel, Field

CLOCK_TOLERANCE_S = 300


def signed_text(method: str, target: str, timestamp: str, body: bytes) -> bytes:
    """The bytes a node signs. ``target`` is the path with its query, as on the request line."""
    return signed_text_of_digest(method, target, timestamp, hashlib.sha256(body).hexdigest())


def signed_text_of_digest(method: str, target: str, timestamp: str, body_sha256: str) -> bytes:
    """The same for a body too large for memory, such as a recording: its SHA-256 in hex stands for it."""
    return "\n".join((method.upper(), target, timestamp, body_sha256)).encode()


def sign_headers(
    key: Ed25519PrivateKey, node: str, method: str, target: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Headers that prove a request comes from this node."""
    return sign_digest_headers(key, node, method, target, timestamp, hashlib.sha256(body).hexdigest())


def sign_digest_headers(
    key: Ed25519PrivateKey, node: str, method: str, target: str, timestamp: int, body_sha256: str
) -> dict[str, str]:
    """The same headers for a body known by its SHA-256 in hex."""
    signature = key.sign(signed_text_of_digest(method, target, str(timestamp), body_sha256))
    return {
        "X-Node": node,
        "X-Node-Time": str(timestamp),
        "X-Node-Signature": base64.b64encode(signature).decode(),
    }


class EnrolRequest(BaseModel):
    """A new node presents its one-time code."""

    code: str = Field(min_length=10, max_length=100)
    public_key: str = Field(max_length=100)  # Ed25519, raw 32 bytes, base64
    systemname: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    asterisk_version: str | None = None


class EnrolAnswer(BaseModel):
    """Who the node is from now on, and whose bundles it trusts."""

    node: str
    bundle_key: str  # Ed25519 public key of the control plane, base64


class CommandKind(StrEnum):
    """What the control plane may ask of a node."""

    ORIGINATE = "originate"  # args: to (channel), context, exten, caller_number, caller_name, timeout_s
    HANGUP = "hangup"  # args: linkedid
    DELETE_VOICEMAIL = "delete_voicemail"  # args: context, box, msg_id
    FORWARD_VOICEMAIL = "forward_voicemail"  # args: context, box, msg_id, to_box (same context)
    MARK_VOICEMAIL = "mark_voicemail"  # args: context, box, msg_id, heard
    REFRESH_MWI = "refresh_mwi"  # args: context, box
    CHECK_DRIFT = "check_drift"  # data: drift, sentences on what was changed outside of a release
    RECONCILE = "reconcile"  # puts that right; data as above, for what could not be
    PAUSE_MEMBER = "pause_member"  # args: queue, member, paused, reason; names as in queues.conf
    SIMULATE = "simulate"  # args: a rehearsal.RehearsalOrder; its result's data: a RehearsalReport


class Command(BaseModel):
    """Something to do now, or never: a command past ``expires_at`` is dropped and reported as expired."""

    id: str
    kind: CommandKind
    args: dict[str, Any]
    expires_at: AwareDatetime


class CommandResult(BaseModel):
    """How a command went."""

    id: str
    ok: bool
    detail: str = ""
    data: dict[str, Any] = {}


class PollAnswer(BaseModel):
    """News for the node. ``desired`` is the digest it should have live; None while nothing was ever applied."""

    desired: str | None
    commands: list[Command] = []


class Heartbeat(BaseModel):
    """State of the node, sent every 10 s and when it changes."""

    asterisk_up: bool
    asterisk_version: str | None = None
    live_digest: str | None = None
    spool_depth: int = 0  # facts not yet acknowledged
    spool_mb: int = 0  # disk taken by them
    uploads_waiting: int = 0
    active_calls: int = 0
    trunks: dict[str, str] = {}  # endpoint id -> "up" | "down" | "unknown"
    registered_devices: list[str] | None = None  # endpoint ids with a contact; None = not asked this time
    disk_free_mb: int = 0
    drift: list[str] = []  # what was found changed outside of a release, in sentences
    drift_checked_at: AwareDatetime | None = None
    sip_address: str | None = Field(None, max_length=260)  # host:port that other nodes call; None: not known here


class MemberDevice(StrEnum):
    """What the phones of a queue's member do."""

    IDLE = "idle"
    RINGING = "ringing"
    IN_CALL = "in_call"
    ON_HOLD = "on_hold"
    UNAVAILABLE = "unavailable"  # none is registered
    UNKNOWN = "unknown"


class ToldMember(BaseModel):
    """A member of a queue as Asterisk sees it now; names as in queues.conf."""

    queue: str = Field(max_length=100)
    member: str = Field(max_length=100)
    device: MemberDevice
    paused: bool
    reason: str = Field(max_length=100)
    last_call_at: AwareDatetime | None = None
    wrap_up_s: int = 0  # its own; 0: as its queue has it


class QueueMembers(BaseModel):
    """Members whose state changed; or all that the node has, and others of it are forgotten."""

    is_whole: bool
    members: list[ToldMember] = Field(max_length=50_000)


class UploadKind(StrEnum):
    """What a finished file is."""

    RECORDING = "recording"
    VOICEMAIL = "voicemail"


class VoicemailEnvelope(BaseModel):
    """Facts of a voicemail message, sent as the ``X-Voicemail`` header (base64 JSON) of its upload."""

    context: str  # voicemail context = the organisation
    box: str
    msg_id: str
    caller_id: str
    channel: str  # the caller's channel name: links the message to its call
    left_at: AwareDatetime
    duration_s: int


MOVES_MOST = 1000


class HeardVoicemail(BaseModel):
    """What became of a box's messages; ids that nobody knows are passed over."""

    context: str
    box: str
    heard: list[str] = Field(max_length=MOVES_MOST)  # no longer among the new ones: heard, or deleted by phone
    new: list[str] = Field(max_length=MOVES_MOST)  # made new again
