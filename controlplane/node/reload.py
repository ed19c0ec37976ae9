"""Which of Asterisk's parts must read their files again, in which order, and nothing more."""

from collections.abc import Collection, Iterable

from controlplane.node.ami import Ami, AmiError
from controlplane.node.ari import Ari
from controlplane.node.devices import DevicePush
from controlplane.node.dialplan import RELEASE_VARIABLE, DialplanPush
from controlplane.protocol.bundle import FileKind

# What is pointed at comes before what points there: music and boxes, phones, trunks, queues (their members are phones),
# the dialplan (it names them all). Phones that go are removed last.
_BEFORE_DEVICES = ((FileKind.MUSICONHOLD, "moh reload"), (FileKind.VOICEMAIL, "voicemail reload"))
RELOAD_TRUNKS = "module reload res_pjsip.so"  # takes their identify and registration sections along
_QUEUE = "queue reload "
_RELOAD_TIMEOUT_S = 60.0  # 50,000 numbers in one context took 8 s


class Reload:
    """The steps from one release to another, one after the other; never ``core reload``.

    Attributes:
        kinds: kinds of files that changed.
        push: phones to add, change and remove.
        dialplan: lines to set and remove; None: the whole dialplan is read again.
        queues: queues to read again; None: all of them.
    """

    def __init__(
        self,
        kinds: Collection[FileKind],
        push: DevicePush,
        *,
        release_id: str,
        dialplan: DialplanPush | None = None,
        queues: Collection[str] | None = None,
    ) -> None:
        self.kinds = frozenset(kinds)
        self.push = push
        self.dialplan = dialplan
        self.queues = queues
        self._release_id = release_id

    async def run(self, ami: Ami, ari: Ari) -> list[str]:
        """Does them; gives what was done, in words.

        Raises:
            AmiError: Asterisk refused a step or went away; the steps before it are done.
            ValueError: a phone's settings are too long for Asterisk.
        """
        done = [await _reload(ami, command) for kind, command in _BEFORE_DEVICES if kind in self.kinds]
        done += await self.push.add(ami, ari)
        if FileKind.PJSIP in self.kinds and RELOAD_TRUNKS not in done:  # many new phones need it, too
            done.append(await _reload(ami, RELOAD_TRUNKS))
        if FileKind.QUEUES in self.kinds:
            done += await self._reload_queues(ami)
        if FileKind.DIALPLAN in self.kinds:
            done += await self._load_dialplan(ami)
            if FileKind.QUEUES in self.kinds and (self.dialplan is None or self.dialplan.has_hints):
                # A queue follows a member's hint only if the hint was there when it read the member: else it is
                # "Invalid" for ever, and nobody is rung. Before the dialplan is right, too: it may lead to a new queue.
                done += await self._reload_queues(ami)
        return [*done, *await self.push.remove(ami, ari)]

    async def _reload_queues(self, ami: Ami) -> list[str]:
        """All, with 5,000 members: 2 s; one: 2 ms. A queue that the files have no more goes."""
        if self.queues is None:
            return [await _reload(ami, f"{_QUEUE}all")]
        for name in sorted(self.queues):
            await ami.action("QueueReload", timeout_s=_RELOAD_TIMEOUT_S, Queue=name, Members="yes", Parameters="yes")
        return [f"{_QUEUE}{name}" for name in sorted(self.queues)]

    async def _load_dialplan(self, ami: Ami) -> list[str]:
        if self.dialplan is None:
            return [await _reload(ami, "dialplan reload")]
        done = await self.dialplan.run(ami)
        await ami.action("Setvar", Variable=RELEASE_VARIABLE, Value=self._release_id)
        return [*done, f"set {RELEASE_VARIABLE}"]


def queues_loaded(steps: Iterable[str]) -> frozenset[str] | None:
    """Which queues these steps of a reload have loaded again; None: all of them."""
    names = frozenset(step.removeprefix(_QUEUE) for step in steps if step.startswith(_QUEUE))
    return None if "all" in names else names


async def release_in_asterisk(ami: Ami) -> str:
    """The release that Asterisk's dialplan names; empty before the first.

    Raises:
        AmiError: it went away.
    """
    answer = await ami.action("Getvar", Variable=RELEASE_VARIABLE)
    return str(answer.get("value", ""))


async def _reload(ami: Ami, command: str) -> str:
    output = await ami.command(command, timeout_s=_RELOAD_TIMEOUT_S)
    if any(word in output.lower() for word in ("fail", "no such", "unable", "not found", "error")):
        raise AmiError(f"{command}: {output.strip()}")
    return command
