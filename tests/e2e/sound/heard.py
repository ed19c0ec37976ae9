"""What a far phone hears, as it hears it."""

import asyncio

import numpy as np

from controlplane.lab.phone_model import PhoneCall
from controlplane.lab.tones import SAMPLE_RATE

SILENCE = 300.0
"""Below it a sample is as good as none."""


async def hears_speech(call: PhoneCall, *, wanted: bool = True, seconds: float = 1.5) -> None:
    """Waits until the newest part of what a far phone hears is loud, or silent."""
    async with asyncio.timeout(15):
        while True:
            newest = call.recording.samples()[-int(seconds * SAMPLE_RATE) :]
            loud = newest.size and float(np.abs(newest).max()) > SILENCE
            if newest.size >= seconds * SAMPLE_RATE and bool(loud) is wanted:
                return
            await asyncio.sleep(0.1)  # sound brings no event
