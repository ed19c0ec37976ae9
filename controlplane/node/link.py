"""The node's requests to the control plane: signed, always opened from here, and patient."""

import base64
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from logging import DEBUG, WARNING
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
import structlog
from pydantic import BaseModel

from controlplane.node.backoff import Backoff
from controlplane.node.identity import Identity, load_identity, node_key, public_key_text, save_enrolment
from controlplane.protocol.facts import Fact, FactAck, FactBatch
from controlplane.protocol.link import (
    EnrolAnswer,
    EnrolRequest,
    Heartbeat,
    PollAnswer,
    UploadKind,
    VoicemailEnvelope,
    sign_digest_headers,
    sign_headers,
)

log = structlog.get_logger(__name__)

POLL_WAIT_S = 25
_TIMEOUT = httpx2.Timeout(15.0, connect=5.0)
_POLL_TIMEOUT = httpx2.Timeout(POLL_WAIT_S + 15.0, connect=5.0)
_START_S = 15.0  # so long nobody need be told that the control plane, started beside us, is not there yet
_FILE_CHUNK = 256 * 1024


class LinkDown(Exception):
    """The control plane can't be reached or is not well: try again later.

    Attributes:
        is_refusal: it answered, but does not take what this node says; a person must see to that.
    """

    def __init__(self, text: str, *, is_refusal: bool = False) -> None:
        super().__init__(text)
        self.is_refusal = is_refusal


class LinkRefused(Exception):
    """The control plane refused a request for good; repeating it is useless."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{text} ({status})")
        self.status = status


def make_client(control_url: str) -> httpx2.AsyncClient:
    """An HTTP client for the control plane. A proxy of the environment is used, but never for this machine itself."""
    url = urlsplit(control_url)
    is_local = url.hostname in {"127.0.0.1", "localhost", "::1"}
    return httpx2.AsyncClient(
        base_url=control_url,
        timeout=_TIMEOUT,
        trust_env=not is_local,
        verify=url.scheme == "https",  # without TLS there is nothing to verify; the list of authorities takes 8 MB
    )


async def enrol(client: httpx2.AsyncClient, secrets: Path, code: str | None, systemname: str) -> Identity:
    """Gives the node's identity: the kept one, else the one that the one-time code buys; waits for the control plane.

    Raises:
        LinkRefused: there is no code, or the control plane doesn't take it.
    """
    if identity := load_identity(secrets):
        return identity
    if not code:
        raise LinkRefused(401, "This node is not enrolled: give it a one-time code from the control plane's node list.")
    request = EnrolRequest(code=code, public_key=public_key_text(node_key(secrets)), systemname=systemname)
    backoff = Backoff(first_s=0.2, most_s=10.0)
    began = time.monotonic()
    while True:
        try:
            response = await client.post("/node/v1/enrol", json=request.model_dump(mode="json"))
            save_enrolment(secrets, EnrolAnswer.model_validate_json(_checked(response, response.content)))
        except (httpx2.TransportError, LinkDown) as err:
            patient = time.monotonic() - began < _START_S
            log.log(DEBUG if patient else WARNING, "link.waiting_to_enrol", reason=str(err) or type(err).__name__)
            await backoff.sleep()
            continue
        enrolled = load_identity(secrets)
        assert enrolled is not None
        log.info("link.enrolled", node=enrolled.name)
        return enrolled


class Link:
    """Requests as this node.

    Every method raises :class:`LinkDown` when a later try may work and :class:`LinkRefused` when it can't.

    Attributes:
        identity: who we are.
    """

    def __init__(self, client: httpx2.AsyncClient, identity: Identity) -> None:
        self._client = client
        self.identity = identity

    async def poll(self, have: str | None, wait_s: int = POLL_WAIT_S) -> PollAnswer:
        """Waits for news. ``have``: the last release that the node has dealt with, live or refused."""
        query = {"wait_s": str(wait_s), **({"have": have} if have else {})}
        return PollAnswer.model_validate_json(await self._call("GET", "poll", query, patience=_POLL_TIMEOUT))

    async def push_facts(self, facts: list[Fact]) -> FactAck:
        """Hands facts over; what the answer acknowledges may be forgotten."""
        body = FactBatch(facts=facts).model_dump_json().encode()
        return FactAck.model_validate_json(await self._call("POST", "facts", body=body))

    async def heartbeat(self, state: Heartbeat) -> None:
        """Says how the node is."""
        await self.post("heartbeat", state)

    async def post(self, path: str, message: BaseModel | str) -> bytes:
        """Sends a message; text is JSON already."""
        body = message if isinstance(message, str) else message.model_dump_json()
        return await self._call("POST", path, body=body.encode())

    async def get(self, path: str) -> bytes:
        """Reads something."""
        return await self._call("GET", path)

    @asynccontextmanager
    async def stream(self, path: str, body: bytes) -> AsyncIterator[AsyncIterator[bytes]]:
        """Asks for something large; the content comes in pieces."""
        request = self._request("POST", path, body=body)
        try:
            response = await self._client.send(request, stream=True)
            try:
                if response.status_code >= 400:
                    _checked(response, await response.aread())
                yield response.aiter_bytes()
            finally:
                await response.aclose()
        except httpx2.TransportError as err:
            raise LinkDown(str(err) or type(err).__name__) from err

    async def upload(
        self,
        kind: UploadKind,
        name: str,
        file: Path,
        *,
        size: int,
        sha256: str,
        linkedid: str | None = None,
        envelope: VoicemailEnvelope | None = None,
    ) -> None:
        """Sends a finished file in pieces; once more is harmless."""
        query = {"sha256": sha256, **({"linkedid": linkedid} if linkedid else {})}
        target = _target(f"uploads/{kind}/{quote(name)}", query)
        headers = sign_digest_headers(
            self.identity.key, self.identity.name, "PUT", target, int(time.time()), sha256
        ) | {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        if envelope:
            headers["X-Voicemail"] = base64.b64encode(envelope.model_dump_json().encode()).decode()
        await self._send(
            self._client.build_request("PUT", target, content=_pieces(file), headers=headers), patience=_TIMEOUT
        )

    async def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: bytes = b"",
        patience: httpx2.Timeout = _TIMEOUT,
    ) -> bytes:
        return await self._send(self._request(method, path, query, body=body), patience=patience)

    def _request(
        self, method: str, path: str, query: Mapping[str, str] | None = None, *, body: bytes = b""
    ) -> httpx2.Request:
        target = _target(path, query)
        headers = sign_headers(self.identity.key, self.identity.name, method, target, int(time.time()), body)
        if body:
            headers["Content-Type"] = "application/json"
        return self._client.build_request(method, target, content=body or None, headers=headers)

    async def _send(self, request: httpx2.Request, *, patience: httpx2.Timeout) -> bytes:
        request.extensions["timeout"] = patience.as_dict()
        try:
            response = await self._client.send(request)
        except httpx2.TransportError as err:
            raise LinkDown(str(err) or type(err).__name__) from err
        return _checked(response, response.content)


def _target(path: str, query: Mapping[str, str] | None) -> str:
    """What stands on the request line and is signed."""
    return f"/node/v1/{path}" + (f"?{urlencode(query)}" if query else "")


def _checked(response: httpx2.Response, content: bytes) -> bytes:
    """The body of a good answer."""
    status = response.status_code
    if status < 400:
        return content
    # 401 and 403 may be a clock that is off, or a control plane restored from a backup: both can heal.
    if status >= 500 or status in {401, 403, 408, 425, 429}:
        refusal = status in {401, 403}
        raise LinkDown(f"the control plane answered {status}: {_detail(content)}", is_refusal=refusal)
    raise LinkRefused(status, _detail(content))


def _detail(content: bytes) -> str:
    try:
        problem: Any = json.loads(content)
        return str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return content[:200].decode(errors="replace")


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(_FILE_CHUNK):
            yield piece
