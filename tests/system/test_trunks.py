"""A trunk that registers at its carrier."""

import asyncio
from pathlib import Path

import pytest

from controlplane.lab.addresses import own_address
from controlplane.lab.phone_model import Account
from controlplane.lab.sipp import registrar
from tests.system.office import HANGUP, Office, Phones, Told, hang_up, new_caller

pytestmark = pytest.mark.asterisk

CALLER_HZ, DESK_HZ = 440, 1000


async def test_a_trunk_registers_comes_up_and_brings_calls(
    office: Office, phones: Phones, phone_tools: Path, told: Told
) -> None:
    carrier = own_address()
    async with registrar(phone_tools / "bin/sipp", phones.folder / "reg", "acct", "s3cret", address=carrier, port=5060):
        trunk = await office.make(
            "trunks", identity="registration", host=carrier, port=5060, username="acct", password="s3cret"
        )
        desk = await office.desk(no_answer=HANGUP)
        line = await office.line(desk.here, trunk_id=trunk)
        await office.api.apply("A carrier to register at")
        await office.trunks_up(trunk)
        phone = await phones.at(desk, DESK_HZ, answer_after_s=0.1)
        caller = await phones.start(Account.of_carrier(new_caller(), phones.server), CALLER_HZ, address=carrier)
        out = await caller.dial(line)
        await asyncio.gather(caller.wait_hears(DESK_HZ), phone.wait_hears(CALLER_HZ, call=await phone.wait_ringing()))
        await hang_up(caller, out)
        assert (await told.call(caller.account.user))["status"] == "answered"
        stranger = await phones.outside(office)
        refused = await stranger.dial(line)
        await stranger.wait_closed(refused)
        assert refused.cause.startswith("404")  # the number is this trunk's alone
