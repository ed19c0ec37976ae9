"""How long from `config apply` of one changed phone to verified live, with a thousand phones on the node?"""

import time
from statistics import median

from bench.support import insert, note, percentile, spread_percent, system
from controlplane.lab.client import ApiClient
from controlplane.telephony.schemas import DeviceFields, ExtensionFields

DEVICES = 1000
APPLIES = 24
LIMIT_MS = 1000
CODECS = (["ulaw"], ["ulaw", "alaw"])


async def run() -> dict[str, object]:
    """Through REST alone, as the UI does it; the phones themselves come from the service, which is quicker."""
    async with system() as one:
        database_url = one.running.database_url
        lines = [ExtensionFields(name=f"Line {n}", number=str(10_000 + n)) for n in range(DEVICES)]
        begun = time.monotonic()
        extensions = await insert(one.api, one.settings, database_url, lines)
        phones = [DeviceFields(name=f"phone-{n}", extension_id=line) for n, line in enumerate(extensions)]
        devices = await insert(one.api, one.settings, database_url, phones)
        note(f"{DEVICES} extensions and phones stored in {time.monotonic() - begun:.1f} s")
        first_ms, _ = await _apply(one.api)
        note(f"first apply, all phones new: {first_ms:.0f} ms")
        takes = [await _change_one(one.api, str(devices[turn]), turn) for turn in range(APPLIES)]
    whole = [ms for ms, _ in takes]
    node = [ms for _, ms in takes]
    return {
        "p95_ms": round(percentile(whole, 95)),
        "limit_ms": LIMIT_MS,
        "p50_ms": round(median(whole)),
        "spread_percent": spread_percent(whole),
        "node_p50_ms": round(median(node)),
        "control_plane_p50_ms": round(median(whole) - median(node)),
        "first_apply_ms": round(first_ms),
        "devices": DEVICES,
        "applies": APPLIES,
    }


async def _change_one(api: ApiClient, device: str, turn: int) -> tuple[float, float]:
    await api.patch(f"/devices/{device}", {"codecs": CODECS[turn % 2]})
    whole_ms, node_ms = await _apply(api)
    note(f"apply {turn + 1} of {APPLIES}: {whole_ms:.0f} ms, of which on the node {node_ms:.0f} ms")
    return whole_ms, node_ms


async def _apply(api: ApiClient) -> tuple[float, float]:
    """Milliseconds from asking to live, and the node's part of it: fetch, reload, verify."""
    begun = time.monotonic()
    release = await api.apply("bench")
    return 1000 * (time.monotonic() - begun), float(release["nodes"][0]["took_ms"])
