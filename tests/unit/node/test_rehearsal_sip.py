"""The stand-ins' SIP: messages, digests and offers, against the examples of the standards."""

import asyncio
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane.node.rehearsal import sip

INVITE = (
    b"INVITE sip:201@127.0.0.1:5062 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK1\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK0\r\nf: <sip:1@x>;tag=a\r\nt: <sip:201@x>\r\ni: id1\r\n"
    b"CSeq: 7 INVITE\r\nm: <sip:1@127.0.0.1:5060;transport=udp>\r\nl: 0\r\n\r\n"
)


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_an_answer_goes_back_the_way_that_the_request_came() -> None:
    request = sip.read(INVITE)
    assert (request.method, sip.user_of(request.uri), request.branch()) == ("INVITE", "201", "z9hG4bK1")
    ringing = sip.read(sip.write(sip.answer(request, 180, "Ringing", tag="b")))
    assert (ringing.status, ringing.method, ringing.header("to")) == (180, "INVITE", "<sip:201@x>;tag=b")
    assert ringing.headers["via"] == request.headers["via"]
    assert sip.address_in(request.header("contact")) == "sip:1@127.0.0.1:5060;transport=udp"


def test_a_digest_is_that_of_the_standard() -> None:
    """RFC 2617, 3.2.2, computed again from its words."""
    reply = sip.digest_reply('Digest realm="r",nonce="n",qop="auth",opaque="o"', "REGISTER", "sip:x", "u", "p")
    assert reply.startswith('Digest username="u", realm="r", nonce="n", uri="sip:x", response="')
    asked = dict(re.findall(r'(\w+)="?([^",]+)"?', reply))
    first, second = md5("u:r:p"), md5("REGISTER:sip:x")
    assert asked["response"] == md5(f"{first}:n:{asked['nc']}:{asked['cnonce']}:auth:{second}")
    assert asked["opaque"] == "o"


def test_an_offer_is_answered_with_its_first_codec_and_its_keys() -> None:
    offered = sip.offer("127.0.0.1", 4000).replace("0 8 9 107 101", "107 0 101")
    accepted = sip.accept(offered, "127.0.0.2", 5000)
    assert "m=audio 5000 RTP/AVP 107 101\r\n" in accepted
    assert "a=rtpmap:107 opus/48000/2" in accepted
    assert sip.sound_address(accepted) == ("127.0.0.2", 5000)
    assert sip.sound_address("v=0") is None


@given(st.binary(max_size=400))
def test_rubbish_is_passed_over(data: bytes) -> None:
    door = sip.Door(("127.0.0.1", 1), lambda *_: None)
    door.datagram_received(data.replace(b"\r\n", b"\n"), ("127.0.0.1", 2))


async def test_two_doors_talk_and_a_silent_one_is_an_error() -> None:
    def reply(door: sip.Door, message: sip.Message) -> None:
        door.send(sip.answer(message, 200, "OK", tag="b"))

    one, other = sip.Door(("127.0.0.1", 9), reply), sip.Door(("127.0.0.1", 9), reply)
    await one.open("127.0.0.1")
    await other.open("127.0.0.1")
    one.peer, other.peer = other.address, one.address
    try:
        final = await one.ask(sip.request("OPTIONS", "sip:x@127.0.0.1", "sip:a@x", "sip:b@x"))
        assert final.status == 200
        other.close()
        async with asyncio.timeout(10):
            with pytest.raises(sip.SipError, match="OPTIONS"):
                await one.ask(sip.request("OPTIONS", "sip:x@127.0.0.1", "sip:a@x", "sip:b@x"))
    finally:
        one.close()
