"""Puts phones into Asterisk: into its database file while it is down, through AMI while it runs.

Why not by ARI's dynamic configuration: see ``docs/adr/0002-phones-in-astdb.md``.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

from controlplane.node.layout import AsteriskLayout

ObjectType = Literal["auth", "aor", "endpoint"]

# Names as in asterisk/etc/sorcery.conf.
_FAMILIES: Mapping[ObjectType, str] = {
    "auth": "ps_auths/auth",
    "aor": "ps_aors/aor",
    "endpoint": "ps_endpoints/endpoint",
}
_AMI_LINE_MAX = 1000  # bytes; Asterisk's manager drops the message at 1024


@dataclass(frozen=True)
class PhoneObject:
    """One PJSIP object of a phone.

    Attributes:
        type: ``auth``, ``aor`` or ``endpoint``.
        id: the phone's SIP name; a phone's three objects share it.
        fields: options as in pjsip.conf; only those that differ from Asterisk's defaults. No option twice.
    """

    type: ObjectType
    id: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def value(self) -> str:
        """The database's text for it; JSON, so no line break can get in."""
        return json.dumps(dict(self.fields), ensure_ascii=False, separators=(",", ":"))


def put_action(phone: PhoneObject) -> dict[str, str]:
    """The AMI action that makes or changes an object; live at once, on disk within a second.

    Raises:
        ValueError: the object is too long for one AMI line.
    """
    if len(phone.value.encode()) > _AMI_LINE_MAX:
        raise ValueError(f"The settings of phone {phone.id} are longer than {_AMI_LINE_MAX} bytes.")
    return {"Action": "DBPut", "Family": _FAMILIES[phone.type], "Key": phone.id, "Val": phone.value}


def delete_action(type_: ObjectType, id_: str) -> dict[str, str]:
    """The AMI action that removes an object; endpoint first, so that no half phone answers."""
    return {"Action": "DBDel", "Family": _FAMILIES[type_], "Key": id_}


def announce_action(id_: str) -> dict[str, str]:
    """The AMI action after a phone is new or its ``aor`` changed.

    Without it the phone registers and calls, but queues and lamps see it as invalid for ever. It reads every phone's
    endpoint once (65 ms of CPU at 1,000 phones, in the background), so after more than some twenty phones one
    ``module reload res_pjsip.so`` is cheaper.
    """
    return {"Action": "Command", "Command": f"pjsip reload qualify endpoint {id_}"}


def write_phones(layout: AsteriskLayout, phones: Iterable[PhoneObject]) -> None:
    """Makes these the only phones of an Asterisk that is down; 10,000 take 0.2 s.

    While it runs Asterisk keeps the file locked: ``sqlite3.OperationalError`` then, and nothing is changed.
    """
    with closing(sqlite3.connect(layout.var_lib / "astdb.sqlite3", timeout=0)) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS astdb(key TEXT, value TEXT, PRIMARY KEY(key))")
        for family in _FAMILIES.values():
            database.execute("DELETE FROM astdb WHERE key GLOB ?", (f"/{family}/*",))
        database.executemany(
            "INSERT INTO astdb VALUES (?, ?)",
            ((f"/{_FAMILIES[phone.type]}/{phone.id}", phone.value) for phone in phones),
        )
