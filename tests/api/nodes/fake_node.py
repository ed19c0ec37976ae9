"""A node's side of the wire, as noded signs it."""

import base64
import time
from typing import Any
from urllib.parse import urlencode

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from controlplane.nodes import door
from controlplane.platform.services import Services
from controlplane.protocol.link import sign_headers

BOOT = "boot-0001"


class FakeNode:
    """Signs requests with its own key."""

    def __init__(self, http: httpx2.AsyncClient, name: str = "fra-1") -> None:
        self.http = http
        self.services: Services = http.services  # type: ignore[attr-defined]
        self.name = name
        self.key = Ed25519PrivateKey.generate()
        self.clock_off_s = 0

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    async def enrol(self, code: str | None = None) -> httpx2.Response:
        if code is None:
            code = (await door.make_enrolment_code(self.services, self.name)).code
        body = {"code": code, "public_key": self.public_key, "systemname": self.name}
        return await self.http.post("/node/v1/enrol", json=body)

    def headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        return sign_headers(self.key, self.name, method, target, int(time.time()) + self.clock_off_s, body)

    async def get(self, path: str, **query: Any) -> httpx2.Response:
        target = f"/node/v1/{path}" + (f"?{urlencode(query)}" if query else "")
        return await self.http.get(target, headers=self.headers("GET", target, b""))

    async def post(self, path: str, body: bytes) -> httpx2.Response:
        target = f"/node/v1/{path}"
        headers = {"Content-Type": "application/json", **self.headers("POST", target, body)}
        return await self.http.post(target, content=body, headers=headers)


def fact(seq: int, linkedid: str | None = "fra-1-1700000000.1", **payload: Any) -> dict[str, Any]:
    """A fact as JSON."""
    return {
        "boot": BOOT, "seq": seq, "kind": "cel", "at": "2026-11-21T10:00:00Z", "linkedid": linkedid,
        "payload": payload or {"eventtype": "CHAN_START"},
    }  # fmt: skip
