"""As much SIP over UDP as a stand-in for phones and carriers needs, on loopback only.

Source: RFC 3261 (messages, transactions), RFC 2617 and 3261 §22 (digest), RFC 4566 and 3264 (SDP).
"""

import asyncio
import hashlib
import re
import secrets
import socket
import struct
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field

Address = tuple[str, int]

_RETRY_S = (0.3, 0.6, 1.2, 2.0)
_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_URI = re.compile(r"<([^>]+)>|(sips?:[^;\s]+)")


class SipError(Exception):
    """The other side did not answer, or not as it should."""


@dataclass
class Message:
    """A request or an answer. Headers by lower-case name, each with all its values in order."""

    start: str
    headers: dict[str, list[str]] = field(default_factory=dict)
    body: str = ""

    @property
    def status(self) -> int:
        """Of an answer; 0 for a request."""
        return int(self.start.split(" ", 2)[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """Of a request, or of the request that is answered."""
        return self.header("cseq").split()[-1] if self.status else self.start.split(" ", 1)[0]

    @property
    def uri(self) -> str:
        """Whom a request is for."""
        return self.start.split(" ")[1]

    def header(self, name: str) -> str:
        """Its first value; empty if there is none."""
        return next(iter(self.headers.get(name, ())), "")

    def branch(self) -> str:
        """Which transaction it belongs to."""
        return self.header("via").partition("branch=")[2].split(";")[0].split(",")[0]


def read(data: bytes) -> Message:
    """A datagram's message.

    Raises:
        ValueError: It is none.
    """
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    if not start.strip():
        raise ValueError("an empty datagram, as phones send to keep a way open")
    message = Message(start, body=body)
    for line in lines:
        name, _, value = line.partition(":")
        key = name.strip().lower()
        message.headers.setdefault(_COMPACT.get(key, key), []).append(value.strip())
    return message


def write(message: Message) -> bytes:
    """The datagram of a message."""
    lines = [message.start]
    lines += [f"{name}: {value}" for name, values in message.headers.items() for value in values]
    lines += [f"content-length: {len(message.body.encode())}", "", message.body]
    return "\r\n".join(lines).encode()


def answer(request: Message, status: int, reason: str, *, tag: str, contact: str = "", sdp: str = "") -> Message:
    """An answer to a request, with our tag at its ``To``."""
    headers = {name: list(request.headers[name]) for name in ("via", "from", "to", "call-id", "cseq")}
    if status > 100 and ";tag=" not in headers["to"][0]:
        headers["to"] = [f"{headers['to'][0]};tag={tag}"]
    if contact:
        headers["contact"] = [f"<{contact}>"]
    if sdp:
        headers["content-type"] = ["application/sdp"]
    return Message(f"SIP/2.0 {status} {reason}", headers, sdp)


def user_of(uri: str) -> str:
    """The user part of a SIP URI."""
    return uri.partition(":")[2].partition("@")[0].partition(";")[0]


def address_in(header: str) -> str:
    """The URI in a ``Contact``."""
    match = _URI.search(header)
    return (match[1] or match[2]) if match else ""


def digest_reply(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """``Authorization`` for a challenge (MD5, qop=auth)."""
    asked = {name: quoted or plain for name, quoted, plain in _PAIR.findall(challenge)}
    realm, nonce, cnonce = asked["realm"], asked["nonce"], secrets.token_hex(8)
    first = _md5(f"{user}:{realm}:{password}")
    second = _md5(f"{method}:{uri}")
    response = _md5(f"{first}:{nonce}:00000001:{cnonce}:auth:{second}")
    opaque = f', opaque="{asked["opaque"]}"' if "opaque" in asked else ""
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}", '
        f'algorithm=MD5, qop=auth, nc=00000001, cnonce="{cnonce}"{opaque}'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


_OFFERED = (
    "0 8 9 107 101",
    ("0 PCMU/8000", "8 PCMA/8000", "9 G722/8000", "107 opus/48000/2", "101 telephone-event/8000"),
)


def offer(address: str, port: int) -> str:
    """An SDP offer of every codec that our configurations know."""
    formats, maps = _OFFERED
    return _sdp(address, port, formats, [f"a=rtpmap:{one}" for one in maps])


def accept(offered: str, address: str, port: int) -> str:
    """The answer to an SDP offer: its first codec, and keys if it has them."""
    media = re.search(r"^m=audio \d+ RTP/\S+ ([\d ]+)", offered, re.MULTILINE)
    formats = media[1].split() if media else ["0"]
    maps = dict(re.findall(r"^a=rtpmap:(\d+) (\S+)", offered, re.MULTILINE))
    keys = [one for one in formats if maps.get(one, "").startswith("telephone-event")]
    chosen = [next((one for one in formats if one not in keys), "0"), *keys[:1]]
    return _sdp(address, port, " ".join(chosen), [f"a=rtpmap:{one} {maps[one]}" for one in chosen if one in maps])


def sound_address(sdp: str) -> Address | None:
    """Where the other side wants to hear us; None if it says nothing of it."""
    host, port = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE), re.search(r"^m=audio (\d+)", sdp, re.MULTILINE)
    return (host[1], int(port[1])) if host and port else None


def _sdp(address: str, port: int, formats: str, maps: list[str]) -> str:
    lines = [
        "v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0",
        f"m=audio {port} RTP/AVP {formats}", *maps, "a=sendrecv", "",
    ]  # fmt: skip
    return "\r\n".join(lines)


class Door(asyncio.DatagramProtocol):
    """One UDP socket that speaks SIP with one Asterisk.

    Attributes:
        address: Where it listens.
        media: Port of a socket beside it for sound; what comes there is not listened to.
        on_request: Is given each request but an ACK.
    """

    def __init__(self, peer: Address, on_request: Callable[["Door", Message], None]) -> None:
        self.peer = peer
        self.on_request = on_request
        self.address: Address = ("", 0)
        self.media = 0
        self._sink: socket.socket | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[tuple[str, str], asyncio.Queue[Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int = 0) -> None:
        """Begins to listen.

        Raises:
            OSError: Somebody else has the port.
        """
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        self._transport = transport
        self.address = transport.get_extra_info("sockname")
        self._sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sink.bind((host, 0))
        self.media = self._sink.getsockname()[1]

    def close(self) -> None:
        """Stops listening."""
        for task in self._tasks:
            task.cancel()
        if self._transport:
            self._transport.close()
        if self._sink:
            self._sink.close()

    def contact(self, user: str) -> str:
        """Our URI."""
        return f"sip:{user}@{self.address[0]}:{self.address[1]}"

    def send(self, message: Message) -> None:
        """Sends a message; UDP says nothing of its fate."""
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(write(message), self.peer)

    def send_sound(self, to: Address, number: int) -> None:
        """20 ms of silence (G.711 µ-law; RFC 3550). ``number`` counts them."""
        if self._sink and self._sink.fileno() >= 0:
            head = struct.pack("!BBHII", 0x80, 0, number & 0xFFFF, number * 160 & 0xFFFFFFFF, 1)
            self._sink.sendto(head + b"\xff" * 160, to)

    def later(self, delay_s: float, action: Callable[[], None]) -> None:
        """Does something in a moment, unless we are closed before."""

        async def wait() -> None:
            await asyncio.sleep(delay_s)
            action()

        self.begin(wait())

    def begin(self, doing: Coroutine[None, None, None]) -> None:
        """Does something beside, until it is done or we are closed."""
        task = asyncio.get_running_loop().create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def datagram_received(self, data: bytes, _: Address) -> None:
        """Takes a message; what can't be read is passed over."""
        try:
            message = read(data)
        except ValueError:
            return
        if message.status:
            waiting = self._waiting.get((message.branch(), message.method))
            if waiting is not None:
                waiting.put_nowait(message)
        elif message.method != "ACK":
            self.on_request(self, message)

    async def ask(self, request: Message, *, on_way: Callable[[Message], None] | None = None) -> Message:
        """Sends a request and gives its final answer.

        Args:
            request: Its ``Via`` is added here.
            on_way: Told of each answer that is not final.

        Raises:
            SipError: Nobody answers.
        """
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        via = f"SIP/2.0/UDP {self.address[0]}:{self.address[1]};rport;branch={branch}"
        request.headers = {"via": [via], "max-forwards": ["70"]} | request.headers
        key = branch, request.method
        answers = self._waiting[key] = asyncio.Queue()
        try:
            final = await self._until_final(request, answers, on_way)
        finally:
            del self._waiting[key]
        if request.method == "INVITE":
            self._acknowledge(request, final)
        return final

    async def _until_final(
        self, request: Message, answers: asyncio.Queue[Message], on_way: Callable[[Message], None] | None
    ) -> Message:
        heard = False
        for wait_s in _RETRY_S:
            self.send(request)
            try:
                while True:
                    found = await asyncio.wait_for(answers.get(), None if heard else wait_s)
                    if found.status >= 200:
                        return found
                    heard = True
                    if on_way:
                        on_way(found)
            except TimeoutError:
                continue
        raise SipError(f"Asterisk does not answer {request.method} {request.uri}.")

    def _acknowledge(self, request: Message, final: Message) -> None:
        headers = {name: request.headers[name] for name in ("from", "call-id")} | {"to": final.headers["to"]}
        via = request.header("via")
        uri = request.uri
        if final.status < 300:  # the ACK of a success is a transaction of its own
            via = re.sub(r"branch=\w+", f"branch=z9hG4bK{secrets.token_hex(8)}", via)
            uri = address_in(final.header("contact")) or uri
        number = request.header("cseq").split()[0]
        self.send(
            Message(f"ACK {uri} SIP/2.0", {"via": [via], "max-forwards": ["70"], **headers, "cseq": [f"{number} ACK"]})
        )


def request(method: str, uri: str, sender: str, to: str, more: Mapping[str, str] | None = None) -> Message:
    """A request outside a dialog."""
    headers = {
        "from": [f"<{sender}>;tag={secrets.token_hex(6)}"], "to": [f"<{to}>"],
        "call-id": [secrets.token_hex(12)], "cseq": [f"1 {method}"],
    }  # fmt: skip
    headers |= {name: [value] for name, value in (more or {}).items()}
    return Message(f"{method} {uri} SIP/2.0", headers)
