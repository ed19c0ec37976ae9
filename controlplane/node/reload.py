"""Which of Asterisk's parts must read their files again, in which order, and nothing more."""

from collections.abc import Collection

from controlplane.node.ami import Ami, AmiError
from controlplane.node.ari import Ari
from controlplane.node.bundle import Releases, changed_files
from controlplane.node.devices import DevicePush
from controlplane.protocol.bundle import FileKind, Manifest

RELEASE_VARIABLE = "CP_RELEASE"
"""Global dialplan variable that names the release in force; each call record carries it."""

_RELOAD_QUEUES = "queue reload all"
# What is pointed at comes before what points there: music and boxes, phones, trunks, queues (their members are phones),
# the dialplan (it names them all). Phones that go are removed last.
_BEFORE_DEVICES = ((FileKind.MUSICONHOLD, "moh reload"), (FileKind.VOICEMAIL, "voicemail reload"))
_AFTER_DEVICES = (
    (FileKind.PJSIP, "module reload res_pjsip.so"),  # takes its trunks' identify and registration sections along
    (FileKind.QUEUES, _RELOAD_QUEUES),
    (FileKind.DIALPLAN, "dialplan reload"),
)
_RELOAD_TIMEOUT_S = 60.0  # 50,000 numbers in one context took 8 s


class Reload:
    """The steps from one release to another.

    Attributes:
        kinds: kinds of files that changed.
        push: phones to add, change and remove.
        only_names_release: of the dialplan, nothing changed but the release's id: setting the variable is enough.
            (A reload of 12,000 dialplan lines takes 0.1 s.)
    """

    def __init__(
        self, kinds: Collection[FileKind], push: DevicePush, *, release_id: str, only_names_release: bool
    ) -> None:
        self.kinds = frozenset(kinds)
        self.push = push
        self.only_names_release = only_names_release
        self._release_id = release_id

    async def run(self, ami: Ami, ari: Ari) -> list[str]:
        """Does them; gives what was done, in words.

        Raises:
            AmiError: Asterisk refused a step or went away; the steps before it are done.
            ValueError: a phone's settings are too long for Asterisk.
        """
        done = [await _reload(ami, command) for kind, command in _BEFORE_DEVICES if kind in self.kinds]
        done += await self.push.add(ami)
        for kind, command in _AFTER_DEVICES:
            if kind not in self.kinds:
                continue
            if kind == FileKind.DIALPLAN and self.only_names_release:
                await ami.action("Setvar", Variable=RELEASE_VARIABLE, Value=self._release_id)
                done.append(f"set {RELEASE_VARIABLE}")
            else:
                done.append(await _reload(ami, command))
        if _RELOAD_QUEUES in done and "dialplan reload" in done:
            # A queue follows a member's hint only if the hint was there when it read the member: else it is
            # "Invalid" for ever, and nobody is rung. Before the dialplan is still right: it may lead to a new queue.
            done.append(await _reload(ami, _RELOAD_QUEUES))
        return [*done, *await self.push.remove(ami, ari)]


def only_names_release(releases: Releases, old: Manifest | None, new: Manifest) -> bool:
    """Whether the two dialplans differ in the release's id alone."""
    if old is None:
        return False
    files = [file for file in changed_files(old, new) if file.kind == FileKind.DIALPLAN]
    paths = {file.path for file in files}
    both = {file.path for file in old.files} & {file.path for file in new.files}
    return paths <= both and all(
        _is_release_line(before, after)
        for path in paths
        for before, after in _line_pairs(releases.read(old.digest(), path), releases.read(new.digest(), path))
        if before != after
    )


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


def _line_pairs(before: str, after: str) -> list[tuple[str, str]]:
    old, new = before.splitlines(), after.splitlines()
    return list(zip(old, new, strict=True)) if len(old) == len(new) else [("", "more or fewer lines")]


def _is_release_line(before: str, after: str) -> bool:
    return all(line.partition("=")[0].strip() == RELEASE_VARIABLE for line in (before, after))
