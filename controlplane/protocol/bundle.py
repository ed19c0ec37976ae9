"""A release on its way to one node: a signed list of files, fetched by content."""

import hashlib
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class FileKind(StrEnum):
    """What a file is for, and so what a change of it needs on the node."""

    DIALPLAN = "dialplan"  # extensions/*.conf: `dialplan reload`
    DEVICES = "devices"  # devices/*.conf: never read by Asterisk; noded pushes each object through ARI
    PJSIP = "pjsip"  # pjsip/*.conf (trunks): `module reload res_pjsip.so` and friends
    QUEUES = "queues"  # queues/*.conf: `queue reload all`
    VOICEMAIL = "voicemail"  # voicemail/*.conf: `voicemail reload`
    MUSICONHOLD = "musiconhold"  # musiconhold/*.conf: `moh reload`
    PROMPT = "prompt"  # prompts/<name>.<format>: sound, no reload
    SOURCE_MAP = "source_map"  # sourcemap.json: dialplan lines to objects, no reload


class BundleFile(BaseModel):
    """One file of a release. ``path`` is relative to ``releases/<digest>/``; no part of it begins with a dot."""

    model_config = ConfigDict(frozen=True)

    path: str = Field(pattern=r"^[a-z]+(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$|^[a-z]+\.json$", max_length=200)
    kind: FileKind
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    secret: bool = False  # written 0600 and shown in diffs only as "changed"


class Expectation(BaseModel):
    """What verify reads back from Asterisk after the reloads, besides what stands in the files themselves."""

    model_config = ConfigDict(frozen=True)

    contexts: dict[str, int] = {}  # context name -> number of priorities in it
    devices: list[str] = []  # endpoint ids pushed through ARI; left out of what nodes are sent
    trunks: list[str] = []  # endpoint ids from files
    queues: list[str] = []


class Manifest(BaseModel):
    """The whole content of a release for one node. Its digest names the release on the node."""

    model_config = ConfigDict(frozen=True)

    protocol: int = 1
    node: str
    release_id: str
    files: list[BundleFile]
    expect: Expectation = Expectation()

    def canonical(self) -> bytes:
        """The bytes that are hashed and signed: JSON, its keys in the order of the fields, no spaces, UTF-8."""
        return self.model_dump_json().encode()

    def digest(self) -> str:
        """SHA-256 of the canonical bytes, hex."""
        return hashlib.sha256(self.canonical()).hexdigest()


class SignedManifest(BaseModel):
    """``manifest`` is the text of :meth:`Manifest.canonical`; ``signature`` is Ed25519 over its bytes, base64."""

    manifest: str
    signature: str


class ApplyState(StrEnum):
    """Where a node is with a release."""

    FETCHING = "fetching"
    LIVE = "live"
    ROLLED_BACK = "rolled_back"  # verify failed; the previous release is live again
    FAILED = "failed"  # not even started: bad signature, disk full, missing file


class ApplyReport(BaseModel):
    """A node's word on an apply. ``POST /node/v1/apply-reports``."""

    digest: str
    state: ApplyState
    live_digest: str | None  # what is in force now
    problems: list[str] = []  # sentences for the person who applied
    reloads: list[str] = []  # what was reloaded or pushed, in order, such as "dialplan reload" or "push endpoint 201"
    took_ms: int = 0
