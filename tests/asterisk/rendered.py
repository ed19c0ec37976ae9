"""A real Asterisk that runs a rendered release, and what it wrote down."""

import csv
import hashlib
import io
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from controlplane.identity.schemas import LocationInfo, OrganizationInfo
from controlplane.kit.destination import Kind, Spoken
from controlplane.lab import tones
from controlplane.lab.addresses import free_port, own_address
from controlplane.node.base_config import write_base_config
from controlplane.node.devices import read_devices
from controlplane.node.layout import AsteriskLayout, AsteriskPorts
from controlplane.node.phones import write_phones
from controlplane.node.runtime import ensure_tree, run_cli, start_asterisk, stop_asterisk, wait_booted
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.platform.settings import REPOSITORY
from controlplane.protocol.asterisk_logs import CEL_COLUMNS
from controlplane.protocol.bundle import FileKind
from controlplane.protocol.call_events import read_pairs
from controlplane.release.checks import check
from controlplane.release.compile import compile_node
from controlplane.release.render import RenderedRelease, render
from controlplane.telephony.configuration import FIELDS, Configuration, Sound, sound_key


class Pbx:
    """Collects objects, then runs them. A text that is spoken is a tone of its own: `says("…", 700)`."""

    def __init__(self, home: Path, org: int = 1) -> None:
        self.home = home
        self.address = own_address()
        self._next = org << 32
        self.org = self._id()
        self.store = self._id()
        self._objects: list[Stored[ObjectFields]] = []
        self._sounds: dict[str, Sound] = {}
        (home / "prompts").mkdir(parents=True, exist_ok=True)

    def _id(self) -> UUID:
        self._next += 1
        return UUID(int=(0xC0DE << 112) | self._next)

    def add(self, kind: Kind, name: str, /, secrets: Mapping[str, str] | None = None, **fields: Any) -> UUID:
        """One object; returns its id."""
        id_ = self._id()
        parsed = FIELDS[kind].model_validate({"name": name, **fields})
        self._objects.append(Stored(id_, self.org, 1, parsed, secrets or {}))
        return id_

    def phone(self, name: str, extension: UUID, **fields: Any) -> UUID:
        """A device with its name as password, made long enough."""
        return self.add(
            Kind.DEVICE, name, secrets={"secret": password(name)}, extension_id=extension, codecs=["ulaw"], **fields
        )

    def says(self, text: str, hz: float, seconds: float = 0.6) -> dict[str, str]:
        """A spoken text; what is heard is a tone."""
        wav = tones.write_wav(self.home / "new.wav", tones.tone(hz, seconds))
        sha256 = hashlib.sha256(wav.read_bytes()).hexdigest()
        wav.rename(self.home / "prompts" / f"{sha256}.wav")
        self._sounds[sound_key(Spoken(text=text))] = Sound({"wav": sha256}, round(seconds * 1000))
        return {"text": text}

    def configuration(self, zone: str = "America/New_York") -> Configuration:
        """All of it."""
        return Configuration(
            "node1",
            {self.org: OrganizationInfo(self.org, "Example ;-- [x] ${y}")},
            {self.store: LocationInfo(self.store, self.org, "Store", zone, "node1")},
            tuple(self._objects),
            self._sounds,
        )


def password(name: str) -> str:
    """A device's secret in these tests."""
    return f"{name.lower()}-secret-secret"


@dataclass(frozen=True)
class Event:
    """One user event: its name without CP_, its pairs, and the channel that it is about."""

    name: str
    pairs: dict[str, str]
    channel: str
    linkedid: str


class Running:
    """An Asterisk with a release in force."""

    def __init__(self, layout: AsteriskLayout, release: RenderedRelease) -> None:
        self.layout = layout
        self.release = release
        self.complaints_at_start = self._complaints()
        self.server = f"{layout.bind_address}:{layout.ports.sip}"

    def cli(self, command: str) -> str:
        """The console's answer."""
        return run_cli(self.layout, command)

    def wait_cli(self, command: str, pattern: str, *, timeout_s: float = 60) -> None:
        """Until the console's answer holds the pattern."""
        deadline = time.monotonic() + timeout_s
        while not re.search(pattern, answer := self.cli(command)):
            assert time.monotonic() < deadline, answer
            time.sleep(0.1)

    def originate(self, context: str, exten: str, **variables: object) -> None:
        """A call without a phone, into the dialplan; the variables are its own and its children's."""
        lines = [
            "Action: Login", "Username: noded", f"Secret: {self.layout.ami_secret}", "Events: off", "",
            "Action: Originate", f"Channel: Local/{exten}@{context}", "Application: Wait", "Data: 2", "Async: true",
            *(f"Variable: __{name}={value}" for name, value in variables.items()), "", "Action: Logoff", "", "",
        ]  # fmt: skip
        with socket.create_connection(("127.0.0.1", self.layout.ports.ami), timeout=5) as link:
            link.sendall("\r\n".join(lines).encode())
            answers = b"".join(iter(lambda: link.recv(4096), b"")).decode()
        assert "Originate successfully queued" in answers, answers

    def _complaints(self) -> list[str]:
        lines = self.layout.messages_log.read_text().splitlines()
        return [line for line in lines if "WARNING[" in line or "ERROR[" in line]

    def rows(self) -> list[dict[str, str]]:
        """The channel event log."""
        if not self.layout.cel_file.exists():
            return []
        reader = csv.reader(io.StringIO(self.layout.cel_file.read_text()))
        return [dict(zip(CEL_COLUMNS, row, strict=True)) for row in reader]

    def events(self, *, after: int = 0) -> list[Event]:
        """The user events in the rows after the first so many."""
        return [
            Event(
                row["userdeftype"].removeprefix("CP_"),
                read_pairs(row["appdata"].partition(",")[2]),
                row["channame"],
                row["linkedid"],
            )
            for row in self.rows()[after:]
            if row["eventtype"] == "USER_DEFINED"
        ]

    def wait_event(self, name: str, *, after: int = 0, timeout_s: float = 60) -> Event:
        """The first event of this name after the first so many rows."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for event in self.events(after=after):
                if event.name == name:
                    return event
            time.sleep(0.05)
        raise AssertionError(f"no {name} in {[event.name for event in self.events(after=after)]}")

    def wait_ended(self, *, after: int = 0, timeout_s: float = 60) -> None:
        """Until a call is over of which something stands in the rows after the first so many."""
        deadline = time.monotonic() + timeout_s
        while all(row["eventtype"] != "LINKEDID_END" for row in self.rows()[after:]):
            assert time.monotonic() < deadline, "the call goes on"
            time.sleep(0.05)


def story(events: list[Event]) -> list[str]:
    """Events in short: `AT queue key`, `KEY 1 chosen`."""
    said = ("kind", "why", "state", "digit", "result", "status", "dialed", "shown", "caller")
    return [" ".join([event.name, *(event.pairs[key] for key in said if event.pairs.get(key))]) for event in events]


@contextmanager
def running(home: Path, configuration: Configuration, *, address: str) -> Iterator[Running]:
    """Checks, compiles, renders and runs a configuration."""
    errors = [problem.message for problem in check(configuration) if problem.severity == "error"]
    assert not errors, errors
    release = render(compile_node(configuration), "release-1", REPOSITORY / "dialplan_templates")
    tree = ensure_tree("asterisk", progress=print)
    sip, sip_tls, wss = (free_port(address) for _ in range(3))
    ports = AsteriskPorts(sip, sip_tls, wss, free_port("127.0.0.1"), free_port("127.0.0.1"))
    layout = AsteriskLayout(root=home, tree=tree, systemname="test-1", bind_address=address, ports=ports)
    write_base_config(layout)
    for path, file in release.files.items():
        target = layout.releases / "one" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
    layout.current.symlink_to("releases/one")
    files = [file.content.decode() for file in release.files.values() if file.kind == FileKind.DEVICES]
    write_phones(layout, [phone for text in files for phone in read_devices(text)])
    process: subprocess.Popen[bytes] = start_asterisk(layout)
    try:
        wait_booted(layout, process)
        yield Running(layout, release)
    finally:
        stop_asterisk(layout, process)
