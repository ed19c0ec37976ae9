"""SIGKILL at every step of an apply: afterwards the node has the old or the new release, and says which."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from controlplane.kit.ids import new_id
from controlplane.node.runtime import ensure_tree, run_cli
from controlplane.protocol.bundle import ApplyReport, ApplyState, Expectation
from tests.asterisk.killer import NODED, STEPS
from tests.asterisk.lab_node import LabNode
from tests.node.stand_in import wait_until

pytestmark = pytest.mark.asterisk

_PRELUDE = "from pathlib import Path\nfrom tests.asterisk.killer import Killer\nKiller(Path({!r}), {!r}, {}).watch()\n"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabNode]:
    node = LabNode(tmp_path_factory.mktemp("nd"), ensure_tree("asterisk", progress=print))
    try:
        node.start_asterisk()
        yield node
    finally:
        node.close()


class Versions:
    """Two shapes of one PBX, taken in turn, that differ in each kind of file."""

    def __init__(self, node: LabNode) -> None:
        self._node = node
        self.version = "a"

    def next(self) -> str:
        """Lays the other version ready; gives its digest."""
        self.version = "b" if self.version == "a" else "a"
        release_id = f"{new_id()}-{self.version}"
        return self._node.control.release(release_id, *_pbx(release_id, self.version))

    @property
    def other(self) -> str:
        return "b" if self.version == "a" else "a"


def _pbx(release_id: str, version: str) -> tuple[dict[str, str | bytes], Expectation]:
    pin, strategy = ("1111", "ringall") if version == "a" else ("2222", "rrmemory")
    phone = (
        "[d1]\ntype = auth\nauth_type = userpass\nusername = d1\npassword = x\n"
        "[d1]\ntype = aor\nmax_contacts = 3\n"
        f"[d1]\ntype = endpoint\nauth = d1\naors = d1\ncontext = c-1\ncallerid = {version} <1>\n"
    )
    files: dict[str, str | bytes] = {
        "extensions/00-globals.conf": f"[globals]\nCP_RELEASE = {release_id}\n",
        "extensions/10-a.conf": f"[c-1]\nexten => 1,1,NoOp({version})\n same => n,Hangup()\n",
        "queues/q.conf": f"[q-1]\nstrategy = {strategy}\n",
        "voicemail/v.conf": f"[vm-1]\n301 => {pin},Box\n",
        f"prompts/prompt-{version}.wav": f"sound of {version}".encode(),
        "devices/d.conf": phone,
    }
    return files, Expectation(contexts={"c-1": 2}, devices=["d1"], queues=["q-1"])


def _held(node: LabNode) -> set[str]:
    """Each part of Asterisk names the version it has."""
    told = {
        "release": run_cli(node.layout, "dialplan show globals"),
        "dialplan": run_cli(node.layout, "dialplan show c-1"),
        "queue": run_cli(node.layout, "queue show q-1"),
        "phone": run_cli(node.layout, "pjsip show endpoint d1"),
    }
    found = re.search(r"CP_RELEASE=\S+-(\w)\s", told["release"]), re.search(r"NoOp\((.)\)", told["dialplan"])
    phone = re.search(r"callerid +: \"?(.)", told["phone"])
    versions = {match[1] if match else "?" for match in (*found, phone)}
    versions.add("a" if "'ringall'" in told["queue"] else "b")
    versions.add("a" if "1111" in (node.layout.current / "voicemail" / "v.conf").read_text() else "b")
    return versions


def _holds(node: LabNode, version: str) -> Callable[[], bool]:
    return lambda: _held(node) == {version}


def _steps(node: LabNode, versions: Versions, folder: Path) -> list[str]:
    """The steps of one undisturbed apply, by name."""
    file = folder / "steps"
    node.start_noded(_PRELUDE.format(str(file), "never", NODED))
    node.wait_ready()
    assert node.control.apply(versions.next()).state == ApplyState.LIVE
    wait_until(lambda: "Journal.told" in file.read_text(), "the end of the apply")
    node.kill_noded()
    return file.read_text().splitlines()


def _chosen(steps: list[str]) -> list[str]:
    """The steps to die at: each kind at its first time, and after Asterisk's first answer."""
    return [step for step in steps if step.endswith(" #1") or (step.startswith("Ami.") and step.endswith(" #2"))]


def _word_on(node: LabNode, digest: str) -> ApplyReport:
    reports = wait_until(lambda: [one for one in node.control.reports if one.digest == digest], "word on the release")
    report: ApplyReport = reports[-1]
    node.control.desired = report.live_digest  # as the control plane does
    return report


def test_noded_is_killed_at_every_step(node: LabNode, tmp_path: Path) -> None:
    versions = Versions(node)
    node.start_noded()
    node.wait_ready()
    node.control.apply(versions.next())
    node.kill_noded()
    steps = _steps(node, versions, tmp_path)
    assert {f"{name} #1" for name in STEPS if not name.startswith("Ami")} <= set(steps), "no step was left out"
    outcomes: dict[str, ApplyState] = {}
    for step in _chosen(steps):
        digest = versions.next()
        node.start_noded(_PRELUDE.format(str(tmp_path / "steps"), step, NODED))
        node.wait_ready()
        node.control.desired = digest
        assert node.noded is not None
        node.noded.wait(timeout=20)
        node.start_noded()
        report = _word_on(node, digest)
        node.wait_ready()
        wanted = versions.version if report.state == ApplyState.LIVE else versions.other
        assert _held(node) == {wanted}, f"a mixture after a kill at {step}"
        live = node.layout.current.readlink().name
        assert (live == digest) == (report.state == ApplyState.LIVE), f"{step}: {report}"
        assert report.live_digest == live
        if report.state == ApplyState.ROLLED_BACK:
            versions.version = versions.other
        outcomes[step] = report.state
        node.kill_noded()
    assert set(outcomes.values()) == {ApplyState.LIVE, ApplyState.ROLLED_BACK}


def test_asterisk_is_killed_at_every_step(node: LabNode, tmp_path: Path) -> None:
    versions = Versions(node)
    node.start_noded()
    node.wait_ready()
    node.control.apply(versions.next())
    node.kill_noded()
    steps = _steps(node, versions, tmp_path)
    for step in [step for step in _chosen(steps) if step.startswith("Ami.")]:
        digest = versions.next()
        assert node.asterisk is not None
        node.start_noded(_PRELUDE.format(str(tmp_path / "steps"), step, node.asterisk.pid))
        node.wait_ready()
        node.control.desired = digest
        node.asterisk.wait(timeout=20)
        node.start_asterisk()
        report = _word_on(node, digest)
        node.wait_ready()
        wanted = versions.version if report.state == ApplyState.LIVE else versions.other
        wait_until(_holds(node, wanted), f"one release in force after a kill at {step}")
        assert (node.layout.current.readlink().name == digest) == (report.state == ApplyState.LIVE)
        if report.state != ApplyState.LIVE:
            versions.version = versions.other
        node.kill_noded()
