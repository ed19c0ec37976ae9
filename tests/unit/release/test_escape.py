"""Text from people reaches the files unharmed, or the release is not made; it never becomes anything else."""

import string
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from controlplane.kit.destination import Kind
from controlplane.node.devices import read_devices
from controlplane.platform.settings import REPOSITORY
from controlplane.protocol.bundle import FileKind
from controlplane.release import escape
from controlplane.release.checks import check
from controlplane.release.compile import compile_node
from controlplane.release.render import RenderedRelease, render

from .conf_reader import read_conf
from .example import Builder, example, to, uid

NASTY = list(",;&|${}[]\"'\\()<>@=#%!~-_ \n\r\t\0\x1b\x85\u2028\u2029😀éA0")
texts = st.text(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=120)


def made(text: str, secret: str, carrier_password: str) -> Builder:
    """One object of each kind with this name."""
    builder = Builder(name=text.replace("\n", " ") or "x")
    builder.organizations = {}
    for text_spoken in ("hello",):
        builder.sound(text_spoken, "a")
    trunk = builder.add(10, Kind.TRUNK, {"password": carrier_password}, name=text, identity="registration",
                        username="acme", host="192.0.2.7")  # fmt: skip
    box = builder.add(11, Kind.VOICEMAIL_BOX, {"pin": "1234"}, name=text, number="900")
    extension = builder.add(12, Kind.EXTENSION, name=text, number="201", voicemail_box_id=box)
    builder.add(13, Kind.DEVICE, {"secret": secret}, name="phone", extension_id=extension)
    queue = builder.add(14, Kind.QUEUE, name=text, number="600", members=[{"extension_id": extension}],
                        overflow=to("hangup"))  # fmt: skip
    builder.add(15, Kind.RING_GROUP, name=text, number="601", extension_ids=[extension], no_answer=to("queue", queue))
    builder.add(16, Kind.IVR_MENU, name=text, number="602", prompt={"text": "hello"}, on_timeout=to("hangup"),
                on_invalid=to("hangup"), options=[{"digit": "1", "destination": to("queue", queue)}])  # fmt: skip
    calendar = builder.add(17, Kind.HOLIDAY_CALENDAR, name=text, holidays=[{"date": "2026-12-25", "name": text}])
    hours = builder.add(18, Kind.TIME_CONDITION, name=text, timezone="UTC", open=to("queue", queue),
                        closed=to("hangup"), holiday_calendar_ids=[calendar])  # fmt: skip
    builder.add(19, Kind.PHONE_NUMBER, name=text, number="+12125550100", destination=to("time_condition", hours))
    builder.add(20, Kind.OUTBOUND_ROUTE, name=text, pattern="911", trunk_ids=[trunk], emergency=True)
    builder.organizations = {builder.org: Builder(name=text).organizations[builder.org]}
    return builder


def released(builder: Builder) -> RenderedRelease:
    return render(compile_node(builder.configuration()), "r", REPOSITORY / "dialplan_templates")


def shape(release: RenderedRelease) -> Counter[tuple[str, str]]:
    """How many lines of which kind each file has, comments aside."""
    found: Counter[tuple[str, str]] = Counter()
    for path, file in release.files.items():
        for section, lines in read_conf(file.content.decode()):
            found[path, f"[{section}]"] += 1
            found.update((path, f"[{section}] {key}") for key, _ in lines)
    return found


PLAIN = released(made("Plain", "s" * 12, "password"))


@settings(max_examples=300, deadline=None)
@given(name=texts, carrier_password=texts.filter(bool))
def test_any_accepted_text_is_carried_or_refused(name: str, carrier_password: str) -> None:
    try:
        builder = made(name, "s" * 12, carrier_password)
    except ValidationError:
        return  # refused at the door
    try:
        release = released(builder)
    except escape.CantCarry:
        return  # refused before any file was made
    assert shape(release) == shape(PLAIN)
    trunk = dict(release_section(release, f"pjsip/trunks-{builder.org.hex}.conf", "auth"))
    assert trunk["password"] == carrier_password
    phones = read_devices(release.files[f"devices/{builder.org.hex}.conf"].content.decode())
    fields = {phone.type: phone.fields for phone in phones}
    stored = builder.objects[2].fields.name
    assert fields["endpoint"]["callerid"] == f'"{quoted(stored)}" <201>'
    assert fields["auth"]["password"] == "s" * 12
    assert len(phones) == 3


def quoted(name: str) -> str:
    return "".join(f"\\{char}" if char in '"\\' else char for char in name)


def release_section(release: RenderedRelease, path: str, kind: str) -> list[tuple[str, str]]:
    for _, lines in read_conf(release.files[path].content.decode()):
        if ("type", kind) in lines:
            return lines
    raise AssertionError(f"no section of type {kind} in {path}")


@given(st.text(string.printable + "😀;\\", max_size=60))
def test_a_conf_value_comes_back_as_it_was(text: str) -> None:
    try:
        line = f"key = {escape.conf(text)}"
    except escape.CantCarry:
        assert text != text.strip() or any(ord(char) < 32 or ord(char) == 127 for char in text)
        return
    ((_, lines),) = read_conf(f"[s]\n{line}") if text else [("s", [("key", "")])]
    assert lines == [("key", text)]


@pytest.mark.parametrize("bad", ["a\nb", "a\0b", "a\rb", "a\x1bb", "a\u2028b", "a\ud800b"])
@pytest.mark.parametrize("write", list(escape.FILTERS.values()))
def test_no_filter_lets_a_line_break_through(write: Any, bad: str) -> None:
    with pytest.raises(escape.CantCarry):
        write(bad)


@pytest.mark.parametrize("bad", ["${SHELL(id)}", "$[1+1]", "a${"])
def test_dialplan_values_are_never_evaluated(bad: str) -> None:
    with pytest.raises(escape.CantCarry):
        escape.value(bad)


@pytest.mark.parametrize("bad", ["1,2", "1|2"])
def test_a_voicemail_field_stays_one_field(bad: str) -> None:
    with pytest.raises(escape.CantCarry):
        escape.voicemail(bad)


def test_every_line_of_dialplan_has_an_owner_and_every_context_is_small() -> None:
    release = released(example())
    known = {str(one.id) for one in example().objects} | {str(uid(1)), "-"}
    for path, file in release.files.items():
        if file.kind != FileKind.DIALPLAN:
            continue
        for number, line in enumerate(file.content.decode().split("\n"), start=1):
            if line and not line.startswith(";"):
                owner = release.sources.owner(path, number)
                assert owner is not None
                assert owner[1] in known
    assert max(release.expect.contexts.values()) < 1000
    assert not [one for one in check(example().configuration()) if one.severity == "error"]


def test_two_organisations_share_no_context() -> None:
    ours, theirs = example(), Builder(org=uid(500), name="Others")
    extension = theirs.add(501, Kind.EXTENSION, number="201", no_answer=to("hangup"))
    theirs.add(502, Kind.DEVICE, {"secret": "x" * 12}, name="their-phone", extension_id=extension)
    theirs.add(503, Kind.TRUNK, identity="ip", host="192.0.2.99")
    theirs.add(504, Kind.PHONE_NUMBER, number="+12125550177", destination=to("extension", extension))
    theirs.add(505, Kind.OUTBOUND_ROUTE, pattern="X.", trunk_ids=[uid(503)])
    alone = set(released(ours).expect.contexts)
    ours.objects += theirs.objects
    ours.organizations |= theirs.organizations
    both = released(ours)
    added = {context for context in both.expect.contexts if context not in alone}
    for path, file in both.files.items():
        if file.kind == FileKind.DIALPLAN and uid(500).hex in path:
            text = file.content.decode()
            assert uid(1).hex not in text
            assert not any(context in text for context in alone if not context.startswith(("cp-", "nrm-")))
    assert f"int-{uid(500).hex}" in added
