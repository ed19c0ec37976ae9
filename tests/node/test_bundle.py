"""Nothing forged, damaged or too large becomes a release on the disk."""

import asyncio
import contextlib
import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from controlplane.node.ami import Ami
from controlplane.node.apply import Applier, Journal
from controlplane.node.ari import Ari
from controlplane.node.bundle import BundleRefused, Releases
from controlplane.node.devices import read_devices
from controlplane.node.identity import load_identity
from controlplane.node.layout import AsteriskLayout
from controlplane.node.link import Link, LinkDown, LinkRefused, enrol, make_client
from controlplane.node.store import open_store
from controlplane.node.verify import Verifier
from controlplane.protocol.bundle import BundleFile, FileKind, Manifest
from tests.node.stand_in import CODE, StandIn

FILES: dict[str, str | bytes] = {"extensions/a.conf": "[a]\n", "queues/q.conf": "[q]\n", "prompts/abc.wav": b"sound"}


@pytest.fixture
async def control() -> AsyncIterator[StandIn]:
    control = StandIn()
    await asyncio.to_thread(control.start)
    yield control
    control.stop()


@pytest.fixture
def layout(tmp_path: Path) -> AsteriskLayout:
    return AsteriskLayout(root=tmp_path, tree=tmp_path)


class Node(NamedTuple):
    releases: Releases
    link: Link


@pytest.fixture
async def node(control: StandIn, layout: AsteriskLayout) -> AsyncIterator[Node]:
    async with make_client(control.url) as client:
        identity = await enrol(client, layout.secrets, CODE, "nd1")
        yield Node(Releases(layout), Link(client, identity))


async def test_a_release_lies_on_the_disk_whole_and_each_content_once(
    control: StandIn, layout: AsteriskLayout, node: Node
) -> None:
    first = control.release("1", FILES)
    await node.releases.fetch(node.link, first)
    second = control.release("2", FILES | {"queues/q.conf": "[q]\nstrategy = ringall\n"})
    await node.releases.fetch(node.link, second)
    assert [len(wanted) for wanted in control.blob_requests] == [3, 1], "only what is missing is fetched"
    for digest, text in ((first, "[q]\n"), (second, "[q]\nstrategy = ringall\n")):
        assert (layout.releases / digest / "queues/q.conf").read_text() == text
    same = [(layout.releases / digest / "extensions/a.conf").stat().st_ino for digest in (first, second)]
    assert same[0] == same[1]
    assert (layout.releases / first / "queues/q.conf").stat().st_mode & 0o777 == 0o600
    assert (layout.prompts / "abc.wav").read_bytes() == b"sound"
    assert node.releases.live_digest() is None, "nothing is in force yet"


async def test_ten_releases_are_kept_with_what_they_need(control: StandIn, layout: AsteriskLayout, node: Node) -> None:
    digests = [
        control.release(str(n), FILES | {"prompts/abc.wav": b"%d" % n, f"prompts/p{n}.wav": b"p%d" % n})
        for n in range(13)
    ]
    for number, digest in enumerate(digests):
        await node.releases.fetch(node.link, digest)
        os.utime(layout.releases / digest, (number, number))
    node.releases.switch(digests[0])
    node.releases.tidy()
    kept = {path.name for path in layout.releases.iterdir() if not path.name.startswith(".")}
    assert kept == {digests[0], *digests[4:]}, "the nine newest and the one in force"
    assert {path.name for path in layout.prompts.iterdir()} == {
        "abc.wav",
        "p0.wav",
        *(f"p{n}.wav" for n in range(4, 13)),
    }
    assert not list((layout.releases / ".blobs").glob(hashlib.sha256(b"p2").hexdigest()))
    assert (layout.releases / digests[0] / "queues/q.conf").read_text() == "[q]\n"


async def live_with_spare(control: StandIn, node: Node) -> str:
    """A release in force, and its spare copy laid."""
    digest = control.release("1", FILES | {"extensions/b.conf": "[b]\n"})
    await node.releases.fetch(node.link, digest)
    node.releases.switch(digest)
    node.releases.lay_spare()
    return digest


@pytest.mark.parametrize("is_new_process", [False, True])
async def test_a_release_that_begins_with_the_spare_one_is_its_own(
    control: StandIn, layout: AsteriskLayout, node: Node, is_new_process: bool
) -> None:
    first = await live_with_spare(control, node)
    assert (layout.releases / ".spare").is_dir()
    (layout.prompts / "abc.wav").unlink()
    after: dict[str, str | bytes] = {
        "extensions/a.conf": "[a]\nnew\n",
        "prompts/abc.wav": b"sound",
        "voicemail/v.conf": "[v]\n",
    }
    second = control.release("2", after)  # one file changed, one the same, one new, two gone
    releases = Releases(layout) if is_new_process else node.releases
    await releases.fetch(node.link, second)
    folder = layout.releases / second
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {*after, "manifest.json"}
    assert (folder / "extensions/a.conf").read_text() == "[a]\nnew\n"
    assert (releases.damaged(first), releases.damaged(second)) == ([], [])
    assert (layout.prompts / "abc.wav").read_bytes() == b"sound", "it was lost, and the next release brings it back"
    releases.switch(second)
    releases.lay_spare()
    assert not (layout.releases / ".spare" / "extensions/b.conf").exists()


async def test_what_was_edited_in_place_does_not_come_back_with_the_next_release(
    control: StandIn, layout: AsteriskLayout, node: Node
) -> None:
    first = await live_with_spare(control, node)
    (layout.releases / first / "extensions/a.conf").write_text("[hand]\n")  # the very file that all of them share
    await node.releases.repair(node.link, first)
    second = control.release("2", FILES | {"queues/q.conf": "[q]\nstrategy = ringall\n"})
    await node.releases.fetch(node.link, second)
    assert (node.releases.damaged(first), node.releases.damaged(second)) == ([], [])


async def test_no_spare_is_laid_while_files_are_put_right(control: StandIn, layout: AsteriskLayout, node: Node) -> None:
    digest = control.release("1", FILES)
    await node.releases.fetch(node.link, digest)
    node.releases.switch(digest)
    ami = Ami(0, "noded", "")
    with contextlib.closing(open_store(layout.root / "noded.db")) as store:
        applier = Applier(node.releases, Journal(store), ami, Ari(0, "noded", ""), Verifier(layout, ami))
        async with applier._moving():  # as a restore does
            laying = asyncio.create_task(applier.prepare())
            await asyncio.sleep(0.1)
            assert not (layout.releases / ".spare").exists()
        await laying
        assert (layout.releases / ".spare").is_dir()


async def test_a_spare_that_somebody_took_away_costs_nothing(
    control: StandIn, layout: AsteriskLayout, node: Node
) -> None:
    await live_with_spare(control, node)
    shutil.rmtree(layout.releases / ".spare")
    second = control.release("2", FILES)
    await node.releases.fetch(node.link, second)
    assert node.releases.damaged(second) == []


def bad_signature(control: StandIn, digest: str) -> str:
    signed = control.manifests[digest]
    control.manifests[digest] = signed.model_copy(update={"signature": "A" * 86 + "=="})
    return digest


def signature_of_another(control: StandIn, digest: str) -> str:
    control.bundle_key = Ed25519PrivateKey.generate()
    return control.release("another key", FILES)


def another_release(control: StandIn, digest: str) -> str:
    other = control.release("other", FILES)
    control.manifests[digest] = control.manifests[other]
    return digest


def for_another_node(control: StandIn, digest: str) -> str:
    control.node = "nd2"
    return control.release("x", FILES)


def wrong_content(control: StandIn, digest: str) -> str:
    control.blobs[hashlib.sha256(b"[q]\n").hexdigest()] = b"[x]\n"
    return digest


def lost_content(control: StandIn, digest: str) -> str:
    del control.blobs[hashlib.sha256(b"[q]\n").hexdigest()]
    return digest


def unknown_release(control: StandIn, digest: str) -> str:
    return "0" * 64


def too_large(control: StandIn, digest: str) -> str:
    file = BundleFile(path="prompts/big.wav", kind=FileKind.PROMPT, sha256="a" * 64, size=10**15)
    return control.lay_ready(Manifest(node="nd1", release_id="big", files=[file]))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (bad_signature, "not signed"),
        (signature_of_another, "not signed"),
        (another_release, "another release"),
        (for_another_node, "is for node nd2"),
        (wrong_content, "was damaged"),
        (lost_content, "has lost 1 files"),
        (unknown_release, "does not hand out"),
        (too_large, "MB left"),
    ],
)
async def test_what_is_wrong_is_refused_in_words_and_leaves_nothing(
    control: StandIn, layout: AsteriskLayout, node: Node, spoil: Callable[[StandIn, str], str], said: str
) -> None:
    digest = spoil(control, control.release("1", FILES))
    with pytest.raises(BundleRefused, match=said):
        await node.releases.fetch(node.link, digest)
    assert not (layout.releases / digest).exists()
    assert not layout.prompts.exists() or not list(layout.prompts.iterdir())


@pytest.mark.parametrize("path", ["extensions/../../etc/passwd", "/etc/passwd", "extensions/.hidden", "../x.json"])
async def test_no_path_leads_out_of_the_release(control: StandIn, node: Node, path: str) -> None:
    file = BundleFile.model_construct(path=path, kind=FileKind.DIALPLAN, sha256="a" * 64, size=1, secret=False)
    digest = control.lay_ready(Manifest(node="nd1", release_id="1", files=[]).model_copy(update={"files": [file]}))
    with pytest.raises(BundleRefused, match="no release"):
        await node.releases.fetch(node.link, digest)


async def test_a_tar_with_strange_entries_is_refused(control: StandIn, layout: AsteriskLayout, node: Node) -> None:
    digest = control.release("1", FILES)
    for kind, name in ((tarfile.SYMTYPE, "link"), (tarfile.REGTYPE, "../../evil")):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:") as archive:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        control.tar_override = packed.getvalue()
        with pytest.raises(BundleRefused, match="does not hold"):
            await node.releases.fetch(node.link, digest)
    assert {path.name for path in layout.root.iterdir()} <= {"releases", "secrets", "prompts"}


async def test_a_full_disk_is_said_and_the_next_try_goes_on(
    control: StandIn, layout: AsteriskLayout, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = control.release("1", FILES)
    real = shutil.disk_usage(layout.root)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _path: real._replace(free=1000))
        with pytest.raises(BundleRefused, match="needs 1 MB, but the disk has only 1 MB left"):
            await node.releases.fetch(node.link, digest)
    await node.releases.fetch(node.link, digest)
    assert (layout.releases / digest / "manifest.json").exists()


async def test_a_prompt_that_cannot_be_laid_in_place_is_said_and_nothing_is_changed(
    control: StandIn, layout: AsteriskLayout, node: Node
) -> None:
    (layout.prompts / "abc.wav").mkdir(parents=True)  # as unwritable for root as for everybody
    digest = control.release("1", FILES)
    with pytest.raises(BundleRefused, match=r"can't be written to .*: Is a directory"):
        await node.releases.fetch(node.link, digest)
    assert not (layout.releases / digest).exists()
    (layout.prompts / "abc.wav").rmdir()
    await node.releases.fetch(node.link, digest)
    assert (layout.prompts / "abc.wav").read_bytes() == b"sound"


async def test_what_was_changed_by_hand_is_found_and_fetched_anew(
    control: StandIn, layout: AsteriskLayout, node: Node
) -> None:
    digest = control.release("1", FILES | {"voicemail/v.conf": "[v]\n"})
    await node.releases.fetch(node.link, digest)
    assert node.releases.damaged(digest) == []
    folder = layout.releases / digest
    with (folder / "extensions" / "a.conf").open("a") as file:  # in place: the stored content is changed with it
        file.write("by hand\n")
    (folder / "queues" / "q.conf").unlink()
    (layout.prompts / "abc.wav").unlink()
    (folder / "voicemail" / "new.conf").write_text("[new]\n")
    assert {path.name for path in node.releases.damaged(digest)} == {"a.conf", "q.conf", "abc.wav", "new.conf"}
    await node.releases.repair(node.link, digest)
    assert node.releases.damaged(digest) == []
    assert (folder / "extensions" / "a.conf").read_text() == FILES["extensions/a.conf"]
    assert (layout.prompts / "abc.wav").read_bytes() == b"sound"


async def test_an_ill_control_plane_is_waited_for(control: StandIn, node: Node) -> None:
    digest = control.release("1", FILES)
    control.is_ill = True
    with pytest.raises(LinkDown, match="503: ill"):
        await node.releases.fetch(node.link, digest)
    control.is_ill = False
    await node.releases.fetch(node.link, digest)


async def test_enrolment_happens_once_and_its_key_is_private(control: StandIn, layout: AsteriskLayout) -> None:
    async with make_client(control.url) as client:
        with pytest.raises(LinkRefused, match="not enrolled"):
            await enrol(client, layout.secrets, None, "nd1")
        with pytest.raises(LinkRefused, match="code is not valid"):
            await enrol(client, layout.secrets, "a-wrong-code", "nd1")
        identity = await enrol(client, layout.secrets, CODE, "nd1")
        again = await enrol(client, layout.secrets, None, "nd1")
    assert identity.key.private_bytes_raw() == again.key.private_bytes_raw()
    assert {path.name: path.stat().st_mode & 0o777 for path in layout.secrets.iterdir()} == {
        "node.key": 0o600, "enrolment.json": 0o600,
    }  # fmt: skip
    assert load_identity(layout.secrets) is not None


def test_device_files() -> None:
    text = '; a comment\n[d1]\ntype = endpoint\ncallerid = "A \\; = b" <1>\n\n[d1]\ntype=auth\npassword=x=y\n'
    endpoint, auth = read_devices(text)
    assert (endpoint.type, endpoint.id, endpoint.fields) == ("endpoint", "d1", {"callerid": '"A ; = b" <1>'})
    assert (auth.type, auth.fields) == ("auth", {"password": "x=y"})
    for bad in ("x = 1\n", "[d]\ntype = transport\n", "[d]\ntype = auth\nx = 1\nx = 2\n", "[d]\nnonsense\n"):
        with pytest.raises(BundleRefused):
            read_devices(bad)
