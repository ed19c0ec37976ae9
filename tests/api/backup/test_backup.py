"""A backup brings an installation back elsewhere, as `controlplane backup` and `restore` promise."""

import asyncio
import json
import stat
from pathlib import Path

import psycopg
from sqlalchemy import text

from controlplane.entrypoints.up import only_one
from controlplane.platform.event_log import START, read_events
from tests.api.backup.office import (
    KEY,
    Office,
    Place,
    all_command_lines,
    check_with_tools,
    part,
    rewritten,
    secret_of,
    spoiled,
)
from tests.api.clients import ADMIN_EMAIL, PASSWORD, Client, log_in
from tests.api.nodes.fake_node import FakeNode

LOGIN = {"email": ADMIN_EMAIL, "password": PASSWORD}
CODE = "code-of-the-operator-0001"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def tables(place: Place) -> int:
    async with await psycopg.AsyncConnection.connect(place.url, autocommit=True) as connection:
        found = await connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        return int((await found.fetchall())[0][0])


async def execute(place: Place, statement: str) -> None:
    async with await psycopg.AsyncConnection.connect(place.url, autocommit=True) as connection:
        await connection.execute(statement.encode())


async def test_everything_comes_back_elsewhere(office: Office, backup: Path, elsewhere: Place) -> None:
    code, out, errors = await elsewhere.run("restore", backup, "--json", settings={"CP_ENROLMENT_CODE": CODE})
    assert code == 0, errors
    assert json.loads(out)["rows"]["calls"] == 1
    async with elsewhere.opened() as http:
        assert (await http.post("/api/v1/auth/login", json=LOGIN)).status_code == 200
        admin = await log_in(http, ADMIN_EMAIL)
        assert (await admin.get(f"/calls/{office.call_id}/recording")).content == office.sound
        assert await secret_of(admin.services, office.device_id) == office.device_secret
        (line,) = (await admin.get("/audit-log", params={"action": "installation.restore"})).json()["items"]
        assert (line["actor"], line["name"], line["after"]["files"]) == ("command line", "office.tar", 1)
        office.node.http = http
        assert (await office.node.get("poll", wait_s=0)).status_code == 200, "nodes elsewhere go on with their key"
        assert (await FakeNode(http, "main").enrol(CODE)).status_code == 200, "this machine's node comes in anew"


async def test_who_follows_the_events_hears_of_new_ones(office: Office, backup: Path, elsewhere: Place) -> None:
    await execute(office.place, "UPDATE event_log SET tx = '4000000000'")  # an old server that counted far
    code, _, errors = await office.place.run("backup", "--out", backup)
    assert code == 0, errors
    assert (await elsewhere.run("restore", backup))[0] == 0
    async with elsewhere.opened() as http:
        admin = await log_in(http, ADMIN_EMAIL)
        async with admin.services.uow() as uow:
            before = len(await read_events(uow.session, after=START))
            kept = await uow.session.scalar(text("SELECT count(*) FROM event_log"))
        assert before == kept > 0


async def test_the_file_is_private_and_can_be_checked_without_us(office: Office, backup: Path, tmp_path: Path) -> None:
    assert mode_of(backup) == 0o600
    check_with_tools(backup, tmp_path / "unpacked")
    async with office.node.services.uow() as uow:
        told = await uow.session.scalar(
            text("SELECT after ->> 'with_key' FROM audit_log WHERE action = 'installation.backup'")
        )
    assert told == "false"


async def test_what_cannot_be_restored_changes_nothing(office: Office, backup: Path, elsewhere: Place) -> None:
    for file, environment, sentence in spoiled(backup, office.sound):
        code, out, errors = await elsewhere.run("restore", file, settings=environment)
        assert (code, out) == (1, b""), file.name
        assert sentence in errors.replace("\n", " "), file.name
        assert "Traceback" not in errors, file.name
        assert not elsewhere.folder.exists(), file.name
    assert await tables(elsewhere) == 0
    assert not list(backup.parent.rglob("escaped"))


async def test_a_database_that_breaks_off_is_untouched_and_the_restore_can_be_repeated(
    office: Office, backup: Path, elsewhere: Place
) -> None:
    dumped = part(backup, "database.dump")
    broken = rewritten(backup, backup.with_name("broken.tar"), database=("database.dump", dumped[: len(dumped) // 2]))
    enrolment = elsewhere.folder / "node" / "secrets" / "enrolment.json"
    enrolment.parent.mkdir(parents=True)
    enrolment.write_text("{}")
    in_the_way = "ix_facts_node_linkedid"  # indexes come last, when all rows are there
    for file, first, then in (
        (broken, "SELECT", "SELECT"),
        (backup, f"CREATE SEQUENCE {in_the_way}", f"DROP SEQUENCE {in_the_way}"),
    ):
        await execute(elsewhere, first)
        code, _, errors = await elsewhere.run("restore", file)
        assert code == 1
        assert "The database says" in errors
        assert await tables(elsewhere) == 0
        assert len(elsewhere.files()) == 1
        assert enrolment.exists()  # the node still belongs to what was there before
        await execute(elsewhere, then)
    code, _, errors = await elsewhere.run("restore", backup)
    assert code == 0, errors
    assert not enrolment.exists()


async def test_nothing_is_replaced_unasked(office: Office, backup: Path, elsewhere: Place, admin: Client) -> None:
    assert (await elsewhere.run("restore", backup))[0] == 0
    async with elsewhere.opened() as http:
        changed = await log_in(http, ADMIN_EMAIL)
        made = await changed.post("/holiday-calendars", json={"name": "Later", "holidays": []})
        assert made.status_code == 201
    kept = elsewhere.folder / "objects" / "recordings" / "2026" / "later.wav"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"later")
    for arguments in ([], ["--replace"]):
        code, _, errors = await elsewhere.run("restore", backup, *arguments)
        assert code == 1
        assert "1 call," in errors
        assert "would be lost" in errors
    code, _, errors = await elsewhere.run("restore", backup, "--replace", "--yes")
    assert code == 0, errors
    async with elsewhere.opened() as http:
        assert (await (await log_in(http, ADMIN_EMAIL)).get("/holiday-calendars")).json()["items"] == []
    assert kept.read_bytes() == b"later"


async def test_nothing_is_restored_under_a_running_system(office: Office, backup: Path) -> None:
    code, _, errors = await office.place.run("restore", backup, "--replace", "--yes")
    assert (code, "The database is in use" in errors) == (1, True), errors
    with only_one(office.place.folder):
        code, _, errors = await office.place.run("restore", backup, "--replace", "--yes")
    assert (code, "stop it first" in errors) == (1, True), errors


async def test_nor_into_the_tables_of_something_else(backup: Path, elsewhere: Place) -> None:
    await execute(elsewhere, "CREATE TABLE shop_orders (id int)")
    code, _, errors = await elsewhere.run("restore", backup, "--replace", "--yes")
    assert (code, "something else" in errors) == (1, True), errors
    assert await tables(elsewhere) == 1


async def test_through_a_pipe_with_the_key_and_without_recordings(office: Office, elsewhere: Place) -> None:
    code, piped, errors = await office.place.run("backup", "--out", "-", "--with-key", "--without-recordings")
    assert code == 0, errors
    elsewhere.environment = {}
    code, _, errors = await elsewhere.run("restore", "-", told=piped)
    assert code == 0, errors
    kept = elsewhere.folder / "secrets" / "secret_key"
    assert (kept.read_text(), mode_of(kept)) == (KEY, 0o600)
    assert elsewhere.files() == []
    async with elsewhere.opened() as http:
        admin = await log_in(http, ADMIN_EMAIL)
        assert await secret_of(admin.services, office.device_id) == office.device_secret
        assert (await admin.get(f"/calls/{office.call_id}/recording")).status_code == 404


async def test_wrong_usage_is_2_and_nothing_to_back_up_is_1(office: Office, elsewhere: Place) -> None:
    assert (await office.place.run("backup", "--out", "-", "--json"))[0] == 2
    assert (await office.place.run("restore", "-", "--replace"))[0] == 2
    code, _, errors = await elsewhere.run("backup", "--out", elsewhere.folder.parent)
    assert (code, "nothing to back up" in errors) == (1, True), errors
    assert [path.name for path in elsewhere.folder.parent.iterdir() if "call-commander" in path.name] == []


async def test_the_password_is_in_no_list_of_processes(office: Office, elsewhere: Place, tmp_path: Path) -> None:
    seen: set[str] = set()

    async def watch() -> None:
        while True:
            seen.update(all_command_lines())
            await asyncio.sleep(0.01)

    password = "Database-Secret-4711"
    watching = asyncio.create_task(watch())
    for place, command in ((office.place, ["backup", "--out"]), (elsewhere, ["restore"])):
        url = place.url.replace("postgres:@", f"postgres:{password}@")
        assert password in url
        code, _, errors = await place.run(*command, tmp_path / "secret.tar", settings={"CP_DATABASE_URL": url})
        assert code == 0, errors
    watching.cancel()
    for program in ("/pg_dump\0", "/psql\0"):
        assert any(program in line for line in seen), program
    assert not any(password in line for line in seen)
