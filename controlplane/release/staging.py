"""What a node's model becomes for a rehearsal: the same dialplan, with nobody real around it and no long waits.

All differences between a rehearsal and the real thing are in this file:

* Each trunk leads to a stand-in on a loopback address of its own, without a password, and is known by that address.
* Phones speak plain RTP, also where they would be encrypted.
* Waits are as short as Asterisk can make them; `longest_waits` tells the real ones. A member needs no rest after a
  call: the next rehearsal is another day.

Prompts keep their names, and are 20 ms of silence (`protocol.rehearsal`).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from controlplane.protocol.rehearsal import CARRIER_PORT
from controlplane.release.model import PbxModel
from controlplane.release.pbx_objects import Trunk

MENU_S = 0.25
"""WaitExten takes parts of a second, as Dial does; queues count in whole ones."""
RING_S = 1


def carriers_of(trunks: Iterable[Trunk]) -> dict[UUID, str]:
    """The loopback address at which each trunk's stand-in listens; another installation's trunk has another one."""
    found: dict[UUID, str] = {}
    for trunk in trunks:
        number = int.from_bytes(hashlib.sha256(trunk.id.bytes).digest()[:3])
        while (address := f"127.{128 + number % 64}.{number >> 8 & 255}.{1 + (number >> 16) % 254}") in found.values():
            number += 1
        found[trunk.id] = address
    return found


def stage(model: PbxModel) -> PbxModel:
    """The model to rehearse with. Equal models give equal ones, so a warm shadow has nothing to reload."""
    carriers = carriers_of(model.trunks)
    return replace(
        model,
        trunks=tuple(
            replace(
                one,
                host=carriers[one.id],
                port=CARRIER_PORT,
                transport="udp",
                networks=(carriers[one.id],),
                password=None,
            )
            for one in model.trunks
        ),
        devices=tuple(replace(one, media="rtp") for one in model.devices),
        extensions=tuple(replace(one, ring_s=RING_S) for one in model.extensions),
        ring_groups=tuple(replace(one, ring_s=RING_S) for one in model.ring_groups),
        queues=tuple(
            replace(one, member_ring_s=RING_S, retry_s=1, wrap_up_s=0, max_wait_s=RING_S) for one in model.queues
        ),
        ivr_menus=tuple(replace(one, wait_s=MENU_S, digit_wait_s=MENU_S) for one in model.ivr_menus),
    )


def longest_waits(model: PbxModel) -> dict[UUID, float]:
    """Seconds that a caller can wait at an object, by its id, before the call goes on by itself.

    Ringing, a queue, or all attempts of a menu; a prompt's own length is not counted.
    """
    waits: dict[UUID, float] = {one.id: one.ring_s for one in model.extensions if one.lines}
    waits |= {one.id: one.ring_s * len(one.rounds) for one in model.ring_groups}
    waits |= {one.id: one.max_wait_s for one in model.queues}
    waits |= {one.id: one.wait_s * one.attempts for one in model.ivr_menus}
    return waits
