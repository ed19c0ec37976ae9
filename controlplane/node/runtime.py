"""Fetches Asterisk and the test phones, and starts, finds and stops one private Asterisk."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from controlplane.node.layout import AsteriskLayout, AsteriskRuntimeError

TreeName = Literal["asterisk", "phones", "speech-tools", "redis", "browser"]

RUNTIME_SOURCE = Path(__file__).resolve().parents[2] / "asterisk" / "runtime"

_CLI_TIMEOUT_S = 10.0
_POLL_S = 0.05


def default_cache_dir() -> Path:
    """Where fetched packages are kept: ``$CP_CACHE_DIR``, else the user's cache folder."""
    if chosen := os.environ.get("CP_CACHE_DIR"):
        return Path(chosen).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "call-commander"


def ensure_tree(name: TreeName, *, cache_dir: Path | None = None, progress: Callable[[str], None]) -> Path:
    """Gives the folder of the unpacked Debian packages, fetching them first where they are not there yet.

    Takes milliseconds when they are, seconds when not; two callers at once share one fetch. The programs are in its
    ``bin`` folder.

    Args:
        name: ``asterisk``, ``phones`` (sipp, baresip) or ``speech-tools`` (flite).
        cache_dir: where trees are kept; by default :func:`default_cache_dir`.
        progress: told each step, one line of text.

    Raises:
        AsteriskRuntimeError: no apt, wrong architecture, no space, no network or a bad signature; nothing was changed.
    """
    tree = (cache_dir or default_cache_dir()) / name
    fetch = [RUNTIME_SOURCE / "fetch-debian.sh", RUNTIME_SOURCE / f"{name}.tree", tree]
    with subprocess.Popen(  # noqa: S603 - our own script
        fetch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        line = ""
        for line in map(str.rstrip, process.stdout):
            if not line.startswith("error: "):
                progress(line)
    if process.returncode:
        raise AsteriskRuntimeError(line.removeprefix("error: ") or f"Fetching {name} stopped without a word.")
    return tree


def running_pid(layout: AsteriskLayout) -> int | None:
    """The process id of this instance's Asterisk if it runs, whoever started it."""
    try:
        pid = int(layout.pid_file.read_text())
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    # The pid may be another program's by now; one that has ended but is not yet collected has no command line.
    return pid if str(layout.config_file).encode() in command_line.split(b"\0") else None


def start_asterisk(layout: AsteriskLayout) -> subprocess.Popen[bytes]:
    """Starts Asterisk from an instance that :func:`write_base_config` has made; returns before it has booted.

    It has its own session: calls outlive us and our terminal.

    Raises:
        AsteriskRuntimeError: it runs already.
    """
    if pid := running_pid(layout):
        raise AsteriskRuntimeError(f"Asterisk runs already in {layout.root} as process {pid}.")
    layout.pid_file.unlink(missing_ok=True)
    with (layout.log / "console.log").open("ab") as console:
        return subprocess.Popen(  # noqa: S603 - our own program and paths
            [layout.program, "-C", layout.config_file, "-f", "-n"],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            cwd=layout.root,
            env=_environment(layout),
            umask=0o027,
            start_new_session=True,
        )


def run_cli(layout: AsteriskLayout, command: str, *, timeout_s: float = _CLI_TIMEOUT_S) -> str:
    """Gives the answer of Asterisk's command line to one command.

    Raises:
        AsteriskRuntimeError: it does not run, or does not answer in time.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the command is an argument, no shell reads it
            [layout.program, "-C", layout.config_file, "-rx", command],
            capture_output=True,
            check=False,
            env=_environment(layout),
            text=True,
            errors="replace",
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired as err:
        raise AsteriskRuntimeError(f"Asterisk did not answer {command!r} within {timeout_s:.0f} s.") from err
    if done.returncode:
        raise AsteriskRuntimeError(f"Asterisk in {layout.root} does not run, or refused {command!r}.")
    return done.stdout


def wait_booted(layout: AsteriskLayout, process: subprocess.Popen[bytes], *, timeout_s: float = 60.0) -> None:
    """Waits until Asterisk takes calls.

    Raises:
        AsteriskRuntimeError: it ended instead, or the time is up; the text holds its last error.
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AsteriskRuntimeError(f"Asterisk ended while starting: {_last_words(layout)}")
        if (layout.run / "asterisk.ctl").exists() and running_pid(layout) and _has_booted(layout, deadline):
            return
        time.sleep(_POLL_S)
    raise AsteriskRuntimeError(f"Asterisk did not start within {timeout_s:.0f} s: {_last_words(layout)}")


def stop_asterisk(
    layout: AsteriskLayout, process: subprocess.Popen[bytes] | None = None, *, timeout_s: float = 8.0
) -> None:
    """Ends this instance's Asterisk and its calls, by asking, then by signal; does nothing if it does not run.

    Args:
        layout: the instance; its Asterisk is found by pid file, so it need not be our child.
        process: what :func:`start_asterisk` gave, where we have it, to collect the child.
        timeout_s: seconds for all of it; the last of them belong to SIGKILL.

    Raises:
        AsteriskRuntimeError: it is still there after SIGKILL.
    """
    _ask_to_stop(layout, timeout_s=0.5 * timeout_s)
    for ending, share in ((signal.SIGTERM, 0.3), (signal.SIGKILL, 0.2)):
        if (pid := running_pid(layout)) is None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, ending)
        _wait_gone(layout, share * timeout_s)
    if running_pid(layout) is not None:
        raise AsteriskRuntimeError(f"Asterisk in {layout.root} can't be stopped.")
    if process is not None:
        process.wait(timeout=timeout_s)


def _ask_to_stop(layout: AsteriskLayout, *, timeout_s: float) -> None:
    if running_pid(layout) is None:
        return
    with contextlib.suppress(AsteriskRuntimeError):  # the signals follow
        run_cli(layout, "core stop now", timeout_s=timeout_s / 2)
    _wait_gone(layout, timeout_s / 2)


def _wait_gone(layout: AsteriskLayout, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while running_pid(layout) is not None and time.monotonic() < deadline:
        time.sleep(_POLL_S)


def _has_booted(layout: AsteriskLayout, deadline: float) -> bool:
    try:
        answer = run_cli(layout, "core waitfullybooted", timeout_s=max(deadline - time.monotonic(), 0.1))
    except AsteriskRuntimeError:
        return False  # the socket is there a moment before anyone answers on it
    return "fully booted" in answer


def _last_words(layout: AsteriskLayout) -> str:
    for log in (layout.messages_log, layout.log / "console.log"):
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        complaints = [line for line in lines if "WARNING[" in line or "ERROR[" in line]
        if complaints or lines:
            return " / ".join((complaints or lines)[-2:])
    return "it wrote no log."


def _environment(layout: AsteriskLayout) -> dict[str, str]:
    """Only what Asterisk needs: our own secrets must not lie in its environment. Its clock speaks UTC."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(layout.root), "LANG": "C.UTF-8", "TZ": "UTC"}
