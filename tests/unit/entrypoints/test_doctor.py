"""The doctor's word on a machine that isn't well. A system that is well is examined by the tutorial's test."""

import socket
from pathlib import Path
from typing import Any

from controlplane.entrypoints.doctor import Finding, State, examine
from controlplane.lab.addresses import free_port, own_address
from controlplane.platform.settings import Settings


def settings_for(folder: Path, **more: Any) -> Settings:
    sip = own_address()
    values: dict[str, Any] = {
        "data_dir": folder / "data", "secret_key": None, "database_url": None, "http_port": free_port("127.0.0.1"),
        "sip_host": sip, "sip_port": free_port(sip, pair=True), "wss_port": free_port(sip),
    }  # fmt: skip
    return Settings(_env_file=None, **{**values, **more})


async def finding(settings: Settings, what: str) -> Finding:
    return next(one for one in await examine(settings) if one.what == what)


async def test_before_the_first_start_nothing_fails_and_nothing_is_made(tmp_path: Path) -> None:
    findings = await examine(settings_for(tmp_path))
    assert [one for one in findings if one.state is State.FAIL] == []
    assert not (tmp_path / "data").exists()


async def test_a_taken_port_is_named_with_its_setting(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind((settings.sip_host, settings.sip_port))
        found = await finding(settings, "ports")
    assert found.state is State.FAIL
    assert str(settings.sip_port) in found.says
    assert "CP_SIP_PORT" in found.todo


async def test_a_damaged_key_fails(tmp_path: Path) -> None:
    key = tmp_path / "data" / "secrets" / "secret_key"
    key.parent.mkdir(parents=True)
    key.write_text("cut")
    found = await finding(settings_for(tmp_path), "secret key")
    assert found.state is State.FAIL
    assert str(key) in found.says


async def test_a_database_that_is_away_and_one_that_is_empty(tmp_path: Path, postgres_url: str) -> None:
    away = settings_for(tmp_path, database_url=f"postgresql://nobody@127.0.0.1:{free_port('127.0.0.1')}/none")
    assert (await finding(away, "database")).state is State.FAIL
    empty = await finding(settings_for(tmp_path, database_url=postgres_url), "database")
    assert empty.state is State.FAIL
    assert "0001_platform" in empty.says
    assert empty.todo == "controlplane migrate"


async def test_a_migrated_database_without_a_node(tmp_path: Path, database_url: str) -> None:
    settings = settings_for(tmp_path, database_url=database_url)
    assert (await finding(settings, "database")).state is State.OK
    assert (await finding(settings, "node")).state is State.WARN


async def test_redis_away_costs_shared_limits_only(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, redis_url=f"redis://127.0.0.1:{free_port('127.0.0.1')}")
    assert (await finding(settings, "redis")).state is State.WARN
