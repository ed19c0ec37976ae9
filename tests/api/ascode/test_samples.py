"""The set-ups that the page's guide offers are files like any other: they are taken in, planned and taken back."""

from pathlib import Path

import pytest

from tests.api.clients import Client

SAMPLES = sorted((Path(__file__).parents[3] / "web" / "src" / "features" / "setup" / "samples").glob("*.yaml"))
YAML = {"Content-Type": "application/yaml"}


def filled(sample: Path, location: str = '"Main"') -> bytes:
    text = sample.read_text()
    gaps = {"__LOCATION__": location, "__TIMEZONE__": "America/New_York", "__TAG__": "ab12"}
    for gap, value in gaps.items():
        text = text.replace(gap, value)
    return text.encode()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
async def test_a_sample_can_be_made_planned_and_taken_back(sample: Path, admin: Client) -> None:
    before = (await admin.get("/config/export")).content
    preview = (await admin.post("/config/import?dry_run=true", content=filled(sample), headers=YAML)).json()
    assert preview["problems"] == []
    assert preview["created"] >= 10
    made = (await admin.post("/config/import", content=filled(sample), headers=YAML)).json()
    assert made["ok"]
    assert [one for one in made["plan"]["problems"] if one["severity"] == "error"] == []

    undone = (await admin.post("/config/import?prune=true", content=before, headers=YAML)).json()
    assert undone["deleted"] == made["created"]
    assert (await admin.get("/config/export")).content == before


async def test_there_are_samples() -> None:
    assert [sample.stem for sample in SAMPLES] == ["agency", "chain", "single-shop"]
