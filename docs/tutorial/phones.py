"""Two desk phones and a customer, without a softphone: real SIP and RTP by baresip, over loopback.

    .venv/bin/python docs/tutorial/phones.py var/shop.txt

The file is what ``shop.sh`` printed. 202 calls 201; then a customer calls the shop's number and presses 1.
Settings: ``CP_SIP`` (where Asterisk listens) and ``CARRIER`` (the customer's address), as for ``shop.sh``.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

from controlplane.lab import tones
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
from controlplane.node.runtime import ensure_tree

SIP = os.environ.get("CP_SIP", "127.0.0.1:5060")
CARRIER = os.environ.get("CARRIER", "127.0.0.2")
CUSTOMER = "+12025550199"
TONES = {"desk-201": 1500.0, "desk-202": 700.0, CUSTOMER: 440.0}
"""Each phone plays a tone of its own, in hertz, so that it can be told who hears whom."""


async def main(shop: str) -> None:
    """Makes both calls; a LabError with the phone's log ends it."""
    number = found(r"^ +number +(\S+)$", shop)
    tools = BaresipTools.from_tree(ensure_tree("phones", progress=print))
    with tempfile.TemporaryDirectory(prefix="shop-phones-") as name:
        folder = Path(name)
        desks = {one: Account(one, SIP, found(rf"{one} .*password (\S+)", shop)) for one in ("desk-201", "desk-202")}
        async with (
            phone(tools, folder, desks["desk-201"], answer_after_s=1) as sales,
            phone(tools, folder, desks["desk-202"]) as office,
            phone(tools, folder, Account.of_carrier(CUSTOMER, SIP, "Anna"), address=CARRIER) as customer,
        ):
            await sales.register()
            await office.register()
            print("both phones are registered")
            await inside(office, sales)
            await through_the_number(customer, sales, number)


def found(pattern: str, text: str) -> str:
    """What the pattern's group says in the text."""
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        sys.exit("this is not what shop.sh printed at its end")
    return match[1]


def phone(
    tools: BaresipTools, folder: Path, account: Account, answer_after_s: float | None = None, address: str | None = None
) -> Phone:
    """A phone that plays its tone."""
    tone = tones.write_wav(folder / f"{account.user}.wav", tones.tone(TONES[account.user], 120))
    return Phone(tools, folder / account.user, account, plays=tone, answer_after_s=answer_after_s, address=address)


async def inside(office: Phone, sales: Phone) -> None:
    """202 calls 201."""
    outgoing = await office.dial("201")
    await office.wait_established(outgoing)
    await asyncio.gather(office.wait_hears(TONES["desk-201"]), sales.wait_hears(TONES["desk-202"]))
    print("202 called 201, and each hears the other")
    await office.hangup(outgoing)
    await asyncio.gather(office.wait_closed(outgoing), sales.wait_closed())


async def through_the_number(customer: Phone, sales: Phone, number: str) -> None:
    """A customer calls, listens to the menu, presses 1, and is put through by the queue."""
    outgoing = await customer.dial(number)
    await customer.wait_established(outgoing)
    await asyncio.sleep(3)  # into the menu's prompt, which a key interrupts
    await customer.send_dtmf("1")
    await customer.wait_hears(TONES["desk-201"], call=outgoing, timeout_s=30)
    await asyncio.sleep(3)
    print(f"a customer called {number}, pressed 1 and talked to 201")
    await customer.hangup(outgoing)
    await asyncio.gather(customer.wait_closed(outgoing), sales.wait_closed())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_text(encoding="utf-8")))
