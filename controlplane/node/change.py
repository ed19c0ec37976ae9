"""What differs between two releases on this node's disk: the least that has to be done, and then looked at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from controlplane.node.bundle import Releases, changed_files
from controlplane.node.devices import DevicePush, devices_of
from controlplane.node.dialplan import Context, Dialplan, DialplanPush, Unreadable, read_dialplan
from controlplane.node.queues import Queue, read_queue
from controlplane.protocol.bundle import BundleFile, FileKind

MOST_QUEUES = 50  # loaded one by one: 2 ms each; all 500 with 5,000 members take 2 s


@dataclass(frozen=True)
class Change:
    """The way from one release to the next.

    Attributes:
        kinds: kinds of files that differ.
        push: phones to add, change and remove.
        contexts: dialplan contexts that differ or are gone, in the files or in what the release promises.
        dialplan: the lines that differ; None if the whole dialplan has to be read again.
        texts: what those contexts shall hold, None for one that is gone; nothing of a file that our templates did not
            write.
        queues: queues that differ, None for one that is gone.
        boxes: voicemail boxes (context, number) whose PIN differs.
    """

    kinds: frozenset[FileKind]
    push: DevicePush
    contexts: frozenset[str]
    texts: Mapping[str, Context | None]
    dialplan: DialplanPush | None
    queues: Mapping[str, Queue | None]
    boxes: frozenset[tuple[str, str]]

    @property
    def queues_to_reload(self) -> Collection[str] | None:
        """None if all queues have to be read again."""
        return self.queues.keys() if len(self.queues) <= MOST_QUEUES else None


def change_between(releases: Releases, old: str | None, new: str) -> Change:
    """Compares two releases by digest; ``old`` None: before the first.

    Raises:
        BundleRefused: a file of phones that can't be read.
    """
    before, after = releases.manifest(old) if old else None, releases.manifest(new)
    changed = changed_files(before, after)
    paths = {file.path for file in changed}
    texts = _Texts(releases, old, new, changed)
    extensions = texts.sections(FileKind.DIALPLAN)
    contexts = _differing(*extensions)
    old_lines, new_lines = (_dialplan_of(found, contexts) for found in extensions)
    queues_before, queues_after = texts.sections(FileKind.QUEUES)
    promised = _differing(before.expect.contexts if before else {}, after.expect.contexts)
    return Change(
        kinds=frozenset(file.kind for file in changed),
        push=DevicePush(devices_of(releases, old, paths), devices_of(releases, new, paths)),
        contexts=frozenset(contexts | promised) - {"globals"},
        texts={name: new_lines.contexts.get(name) for name in contexts - {"globals"}} if new_lines else {},
        dialplan=DialplanPush.between(old_lines, new_lines) if old_lines and new_lines else None,
        queues={
            name: read_queue(queues_after[name]) if name in queues_after else None
            for name in _differing(queues_before, queues_after)
        },
        boxes=frozenset(_changed_pins(*texts.sections(FileKind.VOICEMAIL))),
    )


Sections = dict[str, str]
"""The text below each ``[name]``."""


def sections(text: str) -> Sections:
    """Cuts a file at its ``[name]`` lines; quick, so that only what differs needs to be read closely."""
    _, *parts = ("\n" + text).split("\n[")
    return {name: body for part in parts for name, _, body in [part.partition("]")]}


class _Texts:
    def __init__(self, releases: Releases, old: str | None, new: str, changed: Collection[BundleFile]) -> None:
        self._releases = releases
        self._digests = (old, new)
        self._changed = changed

    def sections(self, kind: FileKind) -> tuple[Sections, Sections]:
        """Before and after, of the files of one kind that differ."""
        paths = sorted({file.path for file in self._changed if file.kind == kind})
        before, after = (self._of(digest, paths) for digest in self._digests)
        return before, after

    def _of(self, digest: str | None, paths: list[str]) -> Sections:
        held = {file.path for file in self._releases.manifest(digest).files} if digest and paths else set[str]()
        whole: Sections = {}
        for path in paths:
            if digest and path in held:
                whole |= sections(self._releases.read(digest, path))
        return whole


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _dialplan_of(found: Sections, names: Collection[str]) -> Dialplan | None:
    """Some sections, read; None if our templates did not write them."""
    try:
        return read_dialplan("\n".join(f"[{name}]{found[name]}" for name in sorted(names) if name in found))
    except Unreadable:
        return None


def _changed_pins(before: Sections, after: Sections) -> set[tuple[str, str]]:
    old, new = _pins(before), _pins(after)
    return {box for box, pin in new.items() if old.get(box, pin) != pin}


def _pins(found: Sections) -> dict[tuple[str, str], str]:
    boxes: dict[tuple[str, str], str] = {}
    for context, body in found.items():
        for line in body.splitlines():
            box, arrow, fields = line.partition("=>")
            if arrow and not line.startswith(";"):
                boxes[context, box.strip()] = fields.partition(",")[0].strip()
    return boxes
