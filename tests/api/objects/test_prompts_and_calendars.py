"""Sounds of prompts, and holidays of calendars."""

import io

import numpy as np
import pytest
import soundfile

from tests.api.clients import Client
from tests.api.objects.examples import Ids, make


def recording(kind: str = "WAV", seconds: float = 1.5) -> bytes:
    buffer = io.BytesIO()
    wave = 0.2 * np.sin(2 * np.pi * 440 * np.arange(int(44_100 * seconds)) / 44_100)
    soundfile.write(buffer, wave, 44_100, format=kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["WAV", "MP3", "OGG", "FLAC"])
async def test_an_uploaded_recording_is_what_callers_hear(admin: Client, kind: str) -> None:
    prompt = await make(admin, "prompts", 1, {}, text=None)
    url = f"/prompts/{prompt['id']}"
    assert (await admin.get(f"{url}/sound")).json()["state"] == "pending"
    assert (await admin.get(f"{url}/audio")).status_code == 404
    answer = await admin.put(f"{url}/audio", content=recording(kind), headers={"content-type": f"audio/{kind.lower()}"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "state": "ready", "duration_ms": pytest.approx(1_500, abs=60), "error": None, "voice": "upload",
    }  # fmt: skip
    heard = await admin.get(f"{url}/audio")
    assert heard.headers["content-type"] == "audio/wav"
    info = soundfile.info(io.BytesIO(heard.content))
    assert (info.samplerate, info.channels) == (16_000, 1)
    line = (await admin.get("/audit-log?limit=1")).json()["items"][0]
    assert (line["action"], line["object_id"]) == ("prompt.upload", prompt["id"])


async def test_a_second_upload_replaces_the_first(admin: Client) -> None:
    prompt = await make(admin, "prompts", 1, {}, text=None)
    url = f"/prompts/{prompt['id']}/audio"
    headers = {"content-type": "application/octet-stream"}
    for seconds in (1.0, 2.0):
        assert (await admin.put(url, content=recording(seconds=seconds), headers=headers)).status_code == 200
    assert (await admin.get(f"/prompts/{prompt['id']}/sound")).json()["duration_ms"] == 2_000


async def test_of_two_uploads_at_once_the_second_is_told(admin: Client) -> None:
    made = await admin.post("/prompts", json={"name": "greeting"})
    url = f"/prompts/{made.json()['id']}"
    headers = {"content-type": "audio/wav", "If-Match": made.headers["ETag"]}
    first = await admin.put(f"{url}/audio", content=recording(seconds=1), headers=headers)
    assert (first.status_code, first.headers["ETag"]) == (200, (await admin.get(url)).headers["ETag"])
    second = await admin.put(f"{url}/audio", content=recording(seconds=2), headers=headers)
    assert second.status_code == 412
    assert second.json()["detail"].startswith("Changed by admin@localhost at ")
    assert (await admin.get(f"{url}/sound")).json()["duration_ms"] == first.json()["duration_ms"]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"#!/bin/sh\ntouch /tmp/x", 422, "no WAV"),
        (b"RIFF" + bytes(500), 422, "damaged"),
        (bytes(20_000_001), 413, "larger than 20 MB"),
        (b"", 422, "no WAV"),
    ],
)
async def test_an_upload_that_is_no_sound_changes_nothing(
    admin: Client, content: bytes, status: int, words: str
) -> None:  # fmt: skip
    prompt = await make(admin, "prompts", 1, {}, text=None)
    url = f"/prompts/{prompt['id']}"
    answer = await admin.put(f"{url}/audio", content=content, headers={"content-type": "audio/wav"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]
    assert (await admin.get(f"{url}/sound")).json()["state"] == "pending"


async def test_a_prompt_with_a_text_takes_no_upload(admin: Client) -> None:
    prompt = await make(admin, "prompts", 1, {})
    url = f"/prompts/{prompt['id']}/audio"
    answer = await admin.put(url, content=recording(), headers={"content-type": "audio/wav"})
    assert answer.status_code == 409
    assert "Set its text to null" in answer.json()["hint"]


async def test_uploads_need_the_right_and_the_right_organisation(
    admin: Client, executive: Client, other_org_admin: Client
) -> None:
    prompt = await make(admin, "prompts", 1, {}, text=None)
    url = f"/prompts/{prompt['id']}/audio"
    for client, status in ((executive, 403), (other_org_admin, 404)):
        answer = await client.put(url, content=recording(), headers={"content-type": "audio/wav"})
        assert answer.status_code == status
    assert (await other_org_admin.get(f"/prompts/{prompt['id']}/sound")).status_code == 404


async def test_public_holidays_are_added_and_own_names_kept(admin: Client, ids: Ids) -> None:
    url = f"/holiday-calendars/{ids['holiday-calendars']}"
    wanted = {"country": "US", "subdivision": "NY", "years": [2026, 2027]}
    own = [{"date": "2026-12-25", "name": "Our Christmas"}, {"date": "2026-06-01", "name": "Founders' Day"}]
    await admin.patch(url, json={"holidays": own})
    answer = await admin.post(f"{url}/import", json=wanted, headers={"If-Match": '"2"'})
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == '"3"'
    names = {day["date"]: day["name"] for day in answer.json()["holidays"]}
    assert names["2026-12-25"] == "Our Christmas"
    assert names["2026-06-01"] == "Founders' Day"
    assert names["2026-07-04"] == "Independence Day"
    assert names["2027-11-25"] == "Thanksgiving Day"
    assert list(names) == sorted(names)
    assert (await admin.post(f"{url}/import", json=wanted)).json()["version"] == 3  # nothing new: no change


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"country": "XX", "years": [2026]}, "country"),
        ({"country": "US", "subdivision": "ZZ", "years": [2026]}, "subdivision"),
        ({"country": "US", "years": []}, "years"),
        ({"country": "US", "years": [1]}, "years.0"),
    ],
)
async def test_unknown_places_and_years_are_refused(
    admin: Client, ids: Ids, wanted: dict[str, object], field: str
) -> None:  # fmt: skip
    answer = await admin.post(f"/holiday-calendars/{ids['holiday-calendars']}/import", json=wanted)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_a_text_is_heard_before_it_is_saved(admin: Client) -> None:
    before = (await admin.get("/audit-log?limit=1")).json()["items"]
    heard = await admin.post("/prompts/preview", json={"text": "You have reached\nthe corner shop."})
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav"), heard.text
    info = soundfile.info(io.BytesIO(heard.content))
    assert (info.samplerate, info.channels) == (16_000, 1)
    assert info.duration > 0.8
    assert (await admin.get("/audit-log?limit=1")).json()["items"] == before, "listening changes nothing"


async def test_only_who_may_write_prompts_has_texts_spoken(manager: Client, staff: Client) -> None:
    assert (await manager.post("/prompts/preview", json={"text": "Hello"})).status_code == 200
    assert (await staff.post("/prompts/preview", json={"text": "Hello"})).status_code == 403


async def test_nobody_keeps_the_voice_speaking_without_end(manager: Client) -> None:
    answers = [await manager.post("/prompts/preview", json={"text": "Hello"}) for _ in range(31)]
    assert [one.status_code for one in answers] == [200] * 30 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize("text", ["", " ", "x" * 2001, "bell \x07"])
async def test_what_is_no_text_is_not_spoken(admin: Client, text: str) -> None:
    answer = await admin.post("/prompts/preview", json={"text": text})
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["text"])
