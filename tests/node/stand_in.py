"""A control plane of a hundred lines that speaks protocol/link.py: what noded's outer port is tested against."""

import asyncio
import base64
import hashlib
import io
import tarfile
import threading
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from controlplane.protocol.bundle import ApplyReport, BundleFile, Expectation, FileKind, Manifest, SignedManifest
from controlplane.protocol.facts import Fact, FactAck, FactBatch, FactKind
from controlplane.protocol.link import (
    Command,
    CommandResult,
    EnrolAnswer,
    EnrolRequest,
    HeardVoicemail,
    Heartbeat,
    QueueMembers,
    ToldMember,
    signed_text,
)

CODE = "one-time-code"


def wait_until(found: Callable[[], Any], what: str, timeout_s: float = 60.0) -> Any:
    """Gives the first true answer."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {timeout_s} s")


class StandIn:
    """Takes in what a node sends and hands out what a test lays ready. ``is_ill`` makes it answer 503."""

    def __init__(self, node: str = "nd1") -> None:
        self.node = node
        self.bundle_key = Ed25519PrivateKey.generate()
        self.node_key: Ed25519PublicKey | None = None
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, SignedManifest] = {}
        self.desired: str | None = None
        self.commands: list[Command] = []
        self.facts: dict[tuple[str, int], Fact] = {}
        self.repeated = 0
        self.reports: list[ApplyReport] = []
        self.results: list[CommandResult] = []
        self.heartbeats: list[Heartbeat] = []
        self.members: dict[tuple[str, str], ToldMember] = {}
        self.uploads: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.heard: list[HeardVoicemail] = []
        self.blob_requests: list[list[str]] = []
        self.is_ill = False
        self.tar_override: bytes | None = None
        self.url = ""
        self._server: uvicorn.Server | None = None

    def start(self) -> None:
        """Listens on a free port of loopback, in a thread."""
        routes = [Route("/node/v1/enrol", self._enrol, methods=["POST"])]
        for path, handler, method in (
            ("poll", self._poll, "GET"), ("releases/{digest}", self._manifest, "GET"), ("blobs", self._tar, "POST"),
            ("facts", self._facts, "POST"), ("apply-reports", self._report, "POST"),
            ("command-results", self._result, "POST"), ("heartbeat", self._heartbeat, "POST"),
            ("queue-members", self._queue_members, "POST"), ("uploads/{kind}/{name}", self._upload, "PUT"),
            ("voicemail/heard", self._heard, "POST"),
        ):  # fmt: skip
            routes.append(Route(f"/node/v1/{path}", self._signed(handler), methods=[method]))
        config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        threading.Thread(target=self._server.run, daemon=True).start()
        wait_until(lambda: self._server and self._server.started, "the stand-in's start")
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """Stops listening."""
        assert self._server
        self._server.should_exit = True

    def lay_ready(self, manifest: Manifest) -> str:
        """Signs a manifest; gives its digest."""
        text = manifest.canonical()
        signature = base64.b64encode(self.bundle_key.sign(text)).decode()
        self.manifests[manifest.digest()] = SignedManifest(manifest=text.decode(), signature=signature)
        return manifest.digest()

    def release(self, release_id: str, files: dict[str, str | bytes], expect: Expectation | None = None) -> str:
        """A release of these files by path; gives its digest."""
        listed = []
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            sha256 = hashlib.sha256(data).hexdigest()
            self.blobs[sha256] = data
            listed.append(BundleFile(path=path, kind=kind_of(path), sha256=sha256, size=len(data)))
        manifest = Manifest(node=self.node, release_id=release_id, files=listed, expect=expect or Expectation())
        return self.lay_ready(manifest)

    def apply(self, digest: str, timeout_s: float = 60.0) -> ApplyReport:
        """Wishes for a release and waits for the node's word on it."""
        count = len(self.reports)
        self.desired = digest
        wait_until(lambda: any(r.digest == digest for r in self.reports[count:]), "the apply report", timeout_s)
        return next(r for r in self.reports[count:] if r.digest == digest)

    def node_facts(self, event: str) -> list[Fact]:
        """The node's own facts of one kind."""
        return [f for f in list(self.facts.values()) if f.kind == FactKind.NODE and f.payload["event"] == event]

    def _signed(self, handler: Any) -> Any:
        async def check(request: Request) -> Response:
            body = await request.body()
            target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            text = signed_text(request.method, target, request.headers["X-Node-Time"], body)
            assert self.node_key is not None
            self.node_key.verify(base64.b64decode(request.headers["X-Node-Signature"]), text)
            assert abs(time.time() - int(request.headers["X-Node-Time"])) < 300
            if self.is_ill:
                return JSONResponse({"detail": "ill"}, status_code=503)
            answer: Response = await handler(request, body)
            return answer

        return check

    async def _enrol(self, request: Request) -> Response:
        asked = EnrolRequest.model_validate_json(await request.body())
        if asked.code != CODE:
            return JSONResponse({"detail": "The enrolment code is not valid."}, status_code=422)
        self.node_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(asked.public_key))
        key = base64.b64encode(self.bundle_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        return JSONResponse(EnrolAnswer(node=self.node, bundle_key=key).model_dump())

    async def _poll(self, request: Request, _body: bytes) -> Response:
        deadline = time.monotonic() + min(float(request.query_params["wait_s"]), 2)
        while time.monotonic() < deadline and not (self.is_ill or self._server is None or self._server.should_exit):
            if self.commands or (self.desired and self.desired != request.query_params.get("have")):
                break
            await asyncio.sleep(0.01)
        # Handed out until the result is here: an answer may be lost on its way.
        done = {result.id for result in self.results}
        self.commands = [command for command in self.commands if command.id not in done]
        answer = {"desired": self.desired, "commands": [command.model_dump(mode="json") for command in self.commands]}
        return JSONResponse(answer)

    async def _manifest(self, request: Request, _body: bytes) -> Response:
        signed = self.manifests.get(request.path_params["digest"])
        return JSONResponse(signed.model_dump()) if signed else JSONResponse({"detail": "none"}, status_code=404)

    async def _tar(self, request: Request, _body: bytes) -> Response:
        wanted = (await request.json())["sha256"]
        self.blob_requests.append(wanted)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:") as archive:
            for sha256 in wanted:
                if sha256 in self.blobs:
                    entry = tarfile.TarInfo(sha256)
                    entry.size = len(self.blobs[sha256])
                    archive.addfile(entry, io.BytesIO(self.blobs[sha256]))
        return Response(self.tar_override or packed.getvalue(), media_type="application/x-tar")

    async def _facts(self, _request: Request, body: bytes) -> Response:
        facts = FactBatch.model_validate_json(body).facts
        for fact in facts:
            self.repeated += (fact.boot, fact.seq) in self.facts
            known = self.facts.setdefault((fact.boot, fact.seq), fact)
            assert known == fact, "a key was used for two facts"
        return JSONResponse(FactAck(boot=facts[-1].boot, seq=facts[-1].seq).model_dump())

    async def _report(self, _request: Request, body: bytes) -> Response:
        self.reports.append(ApplyReport.model_validate_json(body))
        return Response(status_code=204)

    async def _result(self, _request: Request, body: bytes) -> Response:
        self.results.append(CommandResult.model_validate_json(body))
        return Response(status_code=204)

    async def _heartbeat(self, _request: Request, body: bytes) -> Response:
        self.heartbeats.append(Heartbeat.model_validate_json(body))
        return Response(status_code=204)

    async def _queue_members(self, _request: Request, body: bytes) -> Response:
        told = QueueMembers.model_validate_json(body)
        known = {} if told.is_whole else self.members
        self.members = {**known, **{(one.queue, one.member): one for one in told.members}}
        return Response(status_code=204)

    async def _heard(self, _request: Request, body: bytes) -> Response:
        self.heard.append(HeardVoicemail.model_validate_json(body))
        return Response(status_code=204)

    async def _upload(self, request: Request, body: bytes) -> Response:
        if hashlib.sha256(body).hexdigest() != request.query_params["sha256"]:
            return JSONResponse({"detail": "damaged"}, status_code=422)
        facts = dict(request.query_params) | {"kind": request.path_params["kind"]}
        if "X-Voicemail" in request.headers:
            facts["envelope"] = base64.b64decode(request.headers["X-Voicemail"]).decode()
        self.uploads[request.path_params["name"]] = (body, facts)
        return Response(status_code=204)


def kind_of(path: str) -> FileKind:
    """By the folder's name."""
    folder = path.partition("/")[0]
    return {
        "extensions": FileKind.DIALPLAN, "devices": FileKind.DEVICES, "pjsip": FileKind.PJSIP,
        "queues": FileKind.QUEUES, "voicemail": FileKind.VOICEMAIL, "musiconhold": FileKind.MUSICONHOLD,
        "prompts": FileKind.PROMPT, "sourcemap.json": FileKind.SOURCE_MAP,
    }[folder]  # fmt: skip
