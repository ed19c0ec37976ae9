"""What a person reads when Asterisk can't be fetched, and that a failed fetch leaves nothing behind."""

import fcntl
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from controlplane.node.layout import AsteriskLayout, AsteriskPorts, AsteriskRuntimeError
from controlplane.node.runtime import RUNTIME_SOURCE, ensure_tree

SCRIPT = RUNTIME_SOURCE / "fetch-debian.sh"
TOOLS = (
    *("apt-config", "apt-get", "awk", "basename", "bash", "cat", "chmod", "cp", "cut", "df", "dirname", "dpkg"),
    *("dpkg-deb", "find", "flock", "grep", "head", "mkdir", "mv", "nproc", "readlink", "rm", "sed", "sh"),
    *("sha256sum", "tar", "xargs"),
)

FAKE_APT = """#!/bin/sh
case " $* " in
  *" install "*) cp "$FAKE_DEB" "$(sed -n 's/^Dir::Cache::archives "\\(.*\\)";/\\1/p' "$APT_CONFIG")/" ;;
esac
echo "$*" >> "$FAKE_LOG"
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH of its own, from which a test takes programs away or puts others in."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name) or f"/missing/{name}")
    return folder


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec"
    path.write_text("# a list\nsuite forky\npackage hello\nprogram hello usr/bin/hello\n")
    return path


def replace(tools: Path, name: str, script: str) -> None:
    (tools / name).unlink()
    (tools / name).write_text(script)
    (tools / name).chmod(0o755)


def fetch(tools: Path, spec: Path, dest: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("bash") or "bash", SCRIPT, spec, dest],
        env={"PATH": str(tools), "HOME": str(dest.parent), **env},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )


def assert_refused(done: subprocess.CompletedProcess[str], dest: Path, sentence: str) -> None:
    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert not dest.exists()
    assert not dest.with_name(dest.name + ".part").exists()


@pytest.mark.parametrize("missing", ["apt-get", "dpkg-deb"])
def test_without_apt(tools: Path, spec: Path, tmp_path: Path, missing: str) -> None:
    (tools / missing).unlink()
    assert_refused(fetch(tools, spec, tmp_path / "out"), tmp_path / "out", f"This machine has no {missing}")


def test_on_another_architecture(tools: Path, spec: Path, tmp_path: Path) -> None:
    replace(tools, "dpkg", "#!/bin/sh\necho riscv64\n")
    assert_refused(fetch(tools, spec, tmp_path / "out"), tmp_path / "out", "The architecture riscv64 is not supported")


def test_without_space(tools: Path, spec: Path, tmp_path: Path) -> None:
    replace(tools, "df", "#!/bin/sh\necho F M U A P; echo disk 9000 8500 500 95% /\n")
    assert_refused(fetch(tools, spec, tmp_path / "out"), tmp_path / "out", "has 500 MB free, and 600 MB are needed")


def test_without_keyring(tools: Path, spec: Path, tmp_path: Path) -> None:
    done = fetch(tools, spec, tmp_path / "out", CP_DEBIAN_KEYRING="/none/here.gpg")
    assert_refused(done, tmp_path / "out", "The keyring /none/here.gpg is missing")


def test_without_mirror(tools: Path, spec: Path, tmp_path: Path) -> None:
    replace(tools, "apt-get", "#!/bin/sh\nexit 0\n")
    assert_refused(fetch(tools, spec, tmp_path / "out"), tmp_path / "out", "set CP_DEBIAN_MIRROR")


def test_without_network(tools: Path, spec: Path, tmp_path: Path) -> None:
    done = fetch(tools, spec, tmp_path / "out", CP_DEBIAN_MIRROR="http://127.0.0.1:9/debian")
    assert_refused(done, tmp_path / "out", "The Debian mirror http://127.0.0.1:9/debian can't be reached")


def test_with_a_list_that_makes_no_sense(tools: Path, tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.write_text("suite forky\npackage hello\nremove all\n")
    assert_refused(fetch(tools, spec, tmp_path / "out"), tmp_path / "out", "unknown word: remove")


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server that stands in for a Debian mirror: its address and its folder."""
    folder = tmp_path / "mirror"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name is the library's
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/debian", folder
        server.shutdown()
        thread.join()


def test_without_the_suite(tools: Path, spec: Path, tmp_path: Path, mirror: tuple[str, Path]) -> None:
    done = fetch(tools, spec, tmp_path / "out", CP_DEBIAN_MIRROR=mirror[0])
    assert_refused(done, tmp_path / "out", "has no suite forky")


def test_with_a_bad_signature(tools: Path, spec: Path, tmp_path: Path, mirror: tuple[str, Path]) -> None:
    release = mirror[1] / "debian" / "dists" / "forky"
    release.mkdir(parents=True)
    forged = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Debian\nSuite: testing\nCodename: forky\n"
        "-----BEGIN PGP SIGNATURE-----\n\niHUEABYKAB0WIQQ=\n=abcd\n-----END PGP SIGNATURE-----\n"
    )
    (release / "InRelease").write_text(forged)
    done = fetch(tools, spec, tmp_path / "out", CP_DEBIAN_MIRROR=mirror[0])
    assert_refused(done, tmp_path / "out", "The signature of")


@pytest.fixture
def offline(tools: Path, tmp_path: Path) -> dict[str, str]:
    """A fake apt that serves one package: this machine's own echo and loader under the name hello."""
    root = tmp_path / "pkg"
    found = subprocess.run(["ldd", "/bin/echo"], capture_output=True, text=True, check=True).stdout.split()
    libraries = [Path(word).resolve() for word in found if word.startswith("/")]
    triplet = next(path.parent.name for path in libraries if "linux-gnu" in path.parent.name)
    library_folder = root / "usr" / "lib" / triplet
    library_folder.mkdir(parents=True)
    for word in found:
        if word.startswith("/"):
            shutil.copy(word, library_folder / Path(word).name)
    (root / "usr" / "bin").mkdir(parents=True)
    shutil.copy("/bin/echo", root / "usr" / "bin" / "hello")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(
        "Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: x\n"
    )
    subprocess.run(["dpkg-deb", "--build", root, tmp_path / "hello.deb"], check=True, capture_output=True)
    replace(tools, "apt-get", FAKE_APT)
    return {
        "FAKE_DEB": str(tmp_path / "hello.deb"),
        "FAKE_LOG": str(tmp_path / "apt.log"),
        "CP_DEBIAN_MIRROR": "http://mirror.invalid/debian",
    }


def test_unpacks_once_and_runs_under_its_own_loader(
    tools: Path, spec: Path, tmp_path: Path, offline: dict[str, str]
) -> None:
    dest = tmp_path / "a b" / "out"
    assert fetch(tools, spec, dest, **offline).returncode == 0
    said = subprocess.run([dest / "bin" / "hello", "it", "works"], capture_output=True, text=True, check=True)
    assert said.stdout == "it works\n"
    calls = (tmp_path / "apt.log").read_text()
    again = fetch(tools, spec, dest, **offline)
    assert (again.returncode, again.stdout) == (0, "")
    assert (tmp_path / "apt.log").read_text() == calls


def test_half_done_work_is_not_taken_for_done(tools: Path, spec: Path, tmp_path: Path, offline: dict[str, str]) -> None:
    dest = tmp_path / "out"
    (tmp_path / "out.part" / "bin").mkdir(parents=True)
    dest.mkdir()
    (dest / "leftover").touch()
    assert fetch(tools, spec, dest, **offline).returncode == 0
    assert sorted(path.name for path in dest.iterdir()) == [".complete", "bin", "root"]


def test_two_at_once_share_one_fetch(tools: Path, spec: Path, tmp_path: Path, offline: dict[str, str]) -> None:
    dest = tmp_path / "out"
    with (tmp_path / "out.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        both = [
            subprocess.Popen(
                [shutil.which("bash") or "bash", SCRIPT, spec, dest],
                env={"PATH": str(tools), **offline},
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for each in both:
            assert each.stdout is not None
            assert each.stdout.readline().startswith("waiting for another fetch")
        fcntl.flock(lock, fcntl.LOCK_UN)
    assert [each.communicate(timeout=60) and each.returncode for each in both] == [0, 0]
    assert (tmp_path / "apt.log").read_text().count(" install ") == 1


def test_the_error_reaches_the_caller_as_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CP_DEBIAN_KEYRING", "/none/here.gpg")
    heard: list[str] = []
    with pytest.raises(AsteriskRuntimeError, match=r"^The keyring /none/here\.gpg is missing: install"):
        ensure_tree("asterisk", cache_dir=tmp_path, progress=heard.append)
    assert heard == []


@pytest.mark.parametrize("path", ["relative/node", "/data;x/node", "/data\nx/node", "/data/[a]/node", "/data/*"])
def test_a_path_that_asterisk_could_misread_is_refused(path: str) -> None:
    with pytest.raises(AsteriskRuntimeError, match="must be absolute and hold only"):
        AsteriskLayout(root=Path(path), tree=Path("/tree"))


def test_a_path_too_long_for_the_control_socket_is_refused() -> None:
    with pytest.raises(AsteriskRuntimeError, match="too long"):
        AsteriskLayout(root=Path("/" + "x" * 100), tree=Path("/tree"), ports=AsteriskPorts())


@pytest.mark.parametrize("name", ["", "a b", "node;1", "n" * 41])
def test_a_node_name_that_is_no_plain_word_is_refused(name: str) -> None:
    with pytest.raises(AsteriskRuntimeError, match="1 to 40 letters"):
        AsteriskLayout(root=Path("/data"), tree=Path("/tree"), systemname=name)


def test_the_script_is_executable() -> None:
    assert os.access(SCRIPT, os.X_OK)
