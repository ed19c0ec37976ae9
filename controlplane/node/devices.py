"""Brings the phones in Asterisk's database in line with a release, one object at a time, without a reload of PJSIP."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Iterable
from typing import get_args

from controlplane.node.ami import Ami, AmiDown, AmiError
from controlplane.node.ari import Ari, AriError
from controlplane.node.bundle import BundleRefused, Releases, of_kind
from controlplane.node.layout import AsteriskLayout
from controlplane.node.phones import ObjectType, PhoneObject, announce_action, delete_action, put_action, write_phones
from controlplane.protocol.bundle import FileKind

Key = tuple[ObjectType, str]
"""Type and id of a phone's object."""

DeviceSet = dict[Key, PhoneObject]

_ORDER: tuple[ObjectType, ...] = ("auth", "aor", "endpoint")  # an endpoint names the other two
_FAMILIES: dict[str, ObjectType] = {"ps_auths": "auth", "ps_aors": "aor", "ps_endpoints": "endpoint"}
_ANNOUNCE_ONE_BY_ONE = 20  # above that one reload of the module is cheaper: see docs/adr/0002
_AT_ONCE = 200


def read_devices(text: str) -> list[PhoneObject]:
    """The objects in one ``devices/*.conf``: sections ``[id]`` with a ``type`` and options, as in pjsip.conf.

    Raises:
        BundleRefused: a line that is none of these, or an option that stands twice.
    """
    objects: list[PhoneObject] = []
    name, fields = "", dict[str, str]()

    def finish() -> None:
        kind = fields.pop("type", "")
        if kind not in get_args(ObjectType):
            raise BundleRefused(f"The device file has a section [{name}] of unknown type {kind!r}.")
        objects.append(PhoneObject(kind, name, dict(fields)))  # type: ignore[arg-type]  # just checked

    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith(";"):
            continue
        if line.startswith("[") and line.endswith("]"):
            if name:
                finish()
            name, fields = line[1:-1], {}
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not (name and key and equals) or key in fields:
            raise BundleRefused(f"The device file has a line that can't be read, or an option twice, in [{name}].")
        fields[key] = value.replace("\\;", ";")
    if name:
        finish()
    return objects


def devices_of(releases: Releases, digest: str | None, paths: Collection[str] | None = None) -> DeviceSet:
    """The phones of a release on the disk, all or those in some files; none for None.

    Raises:
        BundleRefused: see :func:`read_devices`.
    """
    if digest is None:
        return {}
    objects = (
        phone
        for file in of_kind(releases.manifest(digest).files, FileKind.DEVICES)
        if paths is None or file.path in paths
        for phone in read_devices(releases.read(digest, file.path))
    )
    return {(phone.type, phone.id): phone for phone in objects}


def write_live_devices(layout: AsteriskLayout) -> None:
    """Puts the phones of the release in force into the database of an Asterisk that is down.

    For before each start: after an unclean end the last second's changes are missing there. Without it noded brings
    them in as soon as it is connected.
    """
    releases = Releases(layout)
    write_phones(layout, devices_of(releases, releases.live_digest()).values())


async def devices_in_asterisk(ami: Ami) -> DeviceSet:
    """All phones that Asterisk has now.

    Raises:
        AmiDown: it went away.
    """
    return {key: phone async for part in device_parts(ami) for key, phone in part.items()}


async def device_parts(ami: Ami) -> AsyncIterator[DeviceSet]:
    """The same in parts, for whoever lets others go first.

    Of 10,000 phones each takes Asterisk the better part of a second, in which it answers nobody else on this link.

    Raises:
        AmiDown: it went away.
    """
    for family, kind in _FAMILIES.items():
        names = ((row["key"].rpartition("/")[2], row["val"]) for row in await _tree(ami, family))
        yield {(kind, name): PhoneObject(kind, name, _fields(value)) for name, value in names}


def _fields(value: str) -> dict[str, str]:
    """What Asterisk's database holds for an object; whatever somebody wrote there by hand equals no object of ours."""
    try:
        fields = json.loads(value)
    except ValueError:
        fields = None
    return fields if isinstance(fields, dict) else {"": value}


class DevicePush:
    """The way from the phones that are there to those that shall be there, in two steps.

    The first adds and changes, for before the dialplan that dials them; the second removes, for after it. Applying a
    push backwards (``DevicePush(wanted, present)``) undoes it.
    """

    def __init__(self, present: DeviceSet, wanted: DeviceSet) -> None:
        changed = [key for key, phone in wanted.items() if present.get(key) != phone]
        self._puts = [wanted[key] for key in sorted(changed, key=_rank)]
        self._deletes: list[Key] = sorted(present.keys() - wanted.keys(), key=_rank, reverse=True)
        # Queues and lamps learn of a new phone, and qualify of a changed AOR, only by being told.
        self._announce = sorted({key[1] for key in changed if key[0] == "aor" or key not in present})
        self.changed = sorted({key[1] for key in changed})
        # Whoever registered with the old password is out with it, or calls would still ring there for hours.
        self._shut_out = {name for kind, name in changed if kind == "auth" and (kind, name) in present}
        self.removed = sorted({key[1] for key in self._deletes} - {key[1] for key in wanted})

    @property
    def is_empty(self) -> bool:
        """Whether all is as it shall be."""
        return not (self._puts or self._deletes)

    async def add(self, ami: Ami, ari: Ari) -> list[str]:
        """Adds and changes phones; gives what was done, in words. A new password ends what the old one registered.

        Raises:
            AmiError: Asterisk refused or went away; some may have been changed.
            ValueError: a phone's settings are too long for Asterisk.
        """
        await _in_turn(ami, (put_action(phone) for phone in self._puts))
        await _forget_cached(ami, {phone.type for phone in self._puts})
        if self._shut_out:  # now: a phone that has the new password already may register at any moment
            await _forget_contacts(ami, ari, self._shut_out)
        done = [f"push {phone.type} {phone.id}" for phone in self._puts[:50]]
        if len(self._announce) > _ANNOUNCE_ONE_BY_ONE:
            await ami.command("module reload res_pjsip.so", timeout_s=60)
            return [*done, "module reload res_pjsip.so"]
        await _in_turn(ami, (announce_action(name) for name in self._announce))
        return done

    async def remove(self, ami: Ami, ari: Ari) -> list[str]:
        """Removes phones and where they were registered; gives what was done, in words.

        Raises:
            AmiError: Asterisk refused or went away.
        """
        gone = {name for kind, name in self._deletes if kind == "aor"}
        if gone:
            await _forget_contacts(ami, ari, gone)
        await _in_turn(ami, (delete_action(*key) for key in self._deletes))
        await _forget_cached(ami, {kind for kind, _ in self._deletes})
        return [f"delete {kind} {name}" for kind, name in self._deletes[:50]]


async def _forget_cached(ami: Ami, kinds: Collection[str]) -> None:
    """Makes Asterisk read these kinds of objects anew. It keeps what it has read (``asterisk/etc/sorcery.conf``)."""
    for kind in sorted(kinds):
        await ami.action("SorceryMemoryCacheExpire", Cache=f"res_pjsip/{kind}")


async def _forget_contacts(ami: Ami, ari: Ari, names: Collection[str]) -> None:
    """Ends registrations, while their phones are still known: only then does Asterisk tell queues and lamps."""
    for row in await _tree(ami, "registrar"):
        contact = row["key"].rpartition("/")[2]
        if contact.partition(";")[0] not in names:
            continue
        try:
            await ari.delete_object("contact", contact)
        except AriError:
            await ami.action("DBDel", Family="registrar/contact", Key=contact)


def _rank(key: Key) -> tuple[int, str]:
    return _ORDER.index(key[0]), key[1]


async def _tree(ami: Ami, family: str) -> list[dict[str, str]]:
    try:
        return await ami.list_action("DBGetTree", timeout_s=30, Family=family)
    except AmiDown:
        raise
    except AmiError:
        return []  # refused: nothing lies there


async def _in_turn(ami: Ami, actions: Iterable[dict[str, str]]) -> None:
    """Asterisk does them one after the other; only the waiting is done together."""
    waiting = list(actions)
    if len(waiting) > _AT_ONCE:
        await ami.bulk(waiting)
        return
    sent = [(action.pop("Action"), action) for action in waiting]
    await asyncio.gather(*(ami.action(name, timeout_s=30, **fields) for name, fields in sent))
