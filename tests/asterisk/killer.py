"""Kills noded or Asterisk at a chosen step of an apply: run inside noded's process, before anything else.

A step is a call of a function that writes something, or that speaks with Asterisk: there one step is before the
question and one after the answer. While an apply runs each is written down before it is done: name and how often.
"""

import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

STEPS = frozenset(
    {
        "Releases._unpack", "Releases._lay_out", "Releases._place_prompt", "write_private",
        "_sync", "Releases.switch", "Journal.begin", "Journal.finish", "Journal.told", "PhonePins.set_aside",
        "PhonePins.forget", "Ami._send", "Outbox.put",
    }
)  # fmt: skip
NODED = 0
"""The victim, in place of a process id: noded itself."""


class Killer:
    """Watches all threads; see the module's words."""

    def __init__(self, steps: Path, at: str, victim: int) -> None:
        self._steps, self._at, self._victim = steps, at, victim
        self._seen: Counter[str] = Counter()

    def watch(self) -> None:
        """From now on."""
        sys.setprofile(self._saw)
        threading.setprofile(self._saw)

    def _saw(self, frame: FrameType, event: str, _argument: Any) -> None:
        name = frame.f_code.co_qualname
        if event != "call" or name not in STEPS or "/controlplane/node/" not in frame.f_code.co_filename:
            return
        if not _is_of_apply(frame):
            return
        what = f"{name} {frame.f_locals.get('name', '')}".strip()
        self._seen[what] += 1
        step = f"{what} #{self._seen[what]}"
        with self._steps.open("a") as file:
            file.write(f"{step}\n")
        if step == self._at:
            os.kill(self._victim or os.getpid(), signal.SIGKILL)


def _is_of_apply(frame: FrameType | None) -> bool:
    if threading.current_thread() is not threading.main_thread():
        return True
    while frame is not None:
        if frame.f_code.co_qualname == "_Linked.apply":
            return True
        frame = frame.f_back
    return False
