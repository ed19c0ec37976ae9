"""What a far phone hears, as it hears it."""

import asyncio

import numpy as np

from controlplane.lab.phone import PATIENCE_S
from controlplane.lab.phone_model import PhoneCall
from controlplane.lab.tones import SAMPLE_RATE

SILENCE = 300.0
"""Below it a sample is as good as none."""


async def hears_speech(call: PhoneCall, *, wanted: bool = True, seconds: float = 1.5) -> None:
    """Waits until a far phone has heard something, or nothing for so long. What it heard just before counts, too.

    What is said between two looks is not missed: a prompt may be shorter than a busy machine's pause.
    """
    newest = int(seconds * SAMPLE_RATE)
    since = max(0, call.recording.samples().size - newest)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            heard = call.recording.samples()
            part = heard[since:] if wanted else heard[-newest:]
            loud = part.size and float(np.abs(part).max()) > SILENCE
            if part.size >= newest and bool(loud) is wanted:
                return
            await asyncio.sleep(0.1)  # sound brings no event
