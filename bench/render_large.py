"""How long do checks, compile and render of everything take at 500 locations and 10,000 phones, and how much memory?

The same work for an organisation of a tenth of the size stands beside it: what grows with the square would show.
"""

import time
from dataclasses import replace
from statistics import median
from uuid import UUID

import psutil

from bench.large import LOCATIONS, LargeOrganization
from bench.support import note, spread_percent
from controlplane.identity.schemas import OrganizationInfo
from controlplane.kit.destination import Kind, Spoken
from controlplane.kit.ids import new_id
from controlplane.release.build import Compiled, examine, make
from controlplane.telephony.configuration import Configuration, Sound, sound_key

TURNS = 5
LIMIT_S = 5
LIMIT_MB = 500


async def run() -> dict[str, object]:
    """In this process alone: no database, no node."""
    organization = OrganizationInfo(new_id(), "Chain")
    large = _configuration(LargeOrganization(organization.id), organization)
    small = _part(large)
    took: list[float] = []
    small_took: list[float] = []
    for turn in range(TURNS):
        took.append(_measured(large)[0])
        small_took.append(_measured(small)[0])
        note(f"turn {turn + 1} of {TURNS}: {took[-1]:.2f} s, a tenth of it {small_took[-1]:.2f} s")
    _, made = _measured(large)
    return {
        "s": round(median(took), 2),
        "limit_s": LIMIT_S,
        "spread_percent": spread_percent(took),
        "mb": round(psutil.Process().memory_info().rss / 1e6),
        "limit_mb": LIMIT_MB,
        "tenth_s": round(median(small_took), 2),
        "growth_ratio": round(median(took) / median(small_took), 1),
        "objects": len(made.objects),
        "files": len(made.files),
        "files_mb": round(sum(len(file.content) for file in made.files.values()) / 1e6, 1),
    }


def _configuration(made: LargeOrganization, organization: OrganizationInfo) -> Configuration:
    prompts = [one for one in made.objects if one.fields.kind == Kind.PROMPT]
    sounds = {
        sound_key(Spoken(prompt_id=one.id)): Sound({"wav": f"{number:064}", "wav16": f"{number:064}"}, 3000)
        for number, one in enumerate(prompts)
    }
    objects = tuple(sorted(made.objects, key=lambda one: one.id.int))
    locations = {one.id: one for one in made.locations}
    return Configuration(made.node, {organization.id: organization}, locations, objects, sounds)


def _part(large: Configuration) -> Configuration:
    """Every tenth location, with what belongs to the whole organisation."""
    kept: set[UUID | None] = {None, *list(large.locations)[:: LOCATIONS // 50]}
    return replace(large, objects=tuple(one for one in large.objects if one.fields.location_id in kept))


def _measured(configuration: Configuration) -> tuple[float, Compiled]:
    begun = time.monotonic()
    examined = examine(configuration)
    if not examined.is_good:
        raise RuntimeError(f"the organisation has errors: {examined.problems[:3]}")
    made = make(examined)
    return time.monotonic() - begun, made
