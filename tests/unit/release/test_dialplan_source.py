"""Every line that a node may tell of is found again in the dialplan that it ran."""

import re
from pathlib import Path

import pytest

from controlplane.platform.settings import REPOSITORY
from controlplane.protocol.bundle import FileKind
from controlplane.release.compile import compile_node
from controlplane.release.dialplan_source import DialplanSource
from controlplane.release.render import render

from .example import example, uid

TEMPLATES: Path = REPOSITORY / "dialplan_templates"
FILES = {
    path: file.content.decode()
    for path, file in render(compile_node(example().configuration()), "r", TEMPLATES).files.items()
    if file.kind == FileKind.DIALPLAN
}
SOURCE = DialplanSource(FILES, FILES.get)


def events() -> list[tuple[str, int, str, str]]:
    """File, line, context and application of every user event."""
    found = []
    for path, text in FILES.items():
        context = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if line.startswith("["):
                context = line[1:-1]
            elif (match := re.search(r"CELGenUserEvent\(.*\)$", line)) and "cp-" not in context:
                found.append((path, number, context, match[0]))
    return found


@pytest.mark.parametrize(("path", "line", "context", "app"), events())
def test_an_event_is_found_by_what_the_channel_told(path: str, line: int, context: str, app: str) -> None:
    told = re.sub(r"\$\{[^{}]*\}", "+15550001111", app)
    found = SOURCE.find(context, "s", told)
    assert found is not None
    text = FILES[found.file].split("\n")[found.line - 1]
    assert text.endswith(app) or found.text == app
    assert (found.file, found.context) == (path, context)


def test_priorities_are_those_of_asterisk_and_lines_name_their_object() -> None:
    found = SOURCE.find(f"ivr-{uid(42).hex}", "1", f"CELGenUserEvent(CP_KEY,id={uid(42)}|digit=1|result=chosen)")
    assert found is not None
    assert (found.exten, found.priority, found.kind, found.id) == ("1", 1, "ivr_menu", str(uid(42)))
    dial = SOURCE.first("extension", uid(21), "Dial", "Queue")
    assert dial is not None
    assert dial.text.startswith("Dial(PJSIP/bob.phone,20,")


def test_what_no_line_could_have_said_is_not_found() -> None:
    assert SOURCE.find(f"ivr-{uid(42).hex}", "1", "CELGenUserEvent(CP_KEY,id=other|digit=1|result=chosen)") is None
    assert SOURCE.find("nowhere", "s", "Dial(PJSIP/bob.phone)") is None
    assert DialplanSource(FILES, lambda _: None).find(f"ivr-{uid(42).hex}", "1", "WaitExten(5)") is None
