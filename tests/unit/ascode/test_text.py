"""YAML is read as text: nothing runs, nothing grows, nothing is guessed."""

import pytest

from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.text import MAX_DEPTH, Mapping, Scalar, read
from controlplane.ascode.tree import parse

BOMB = b"""a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
"""


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (BOMB, 1, "anchor"),
        (b"a: 1\nb: *a", 2, "alias"),
        (b"x: !!python/object/apply:os.system [ls]", 1, "tag"),
        (b"x: !ref env/NAME", 1, "tag"),
        (b"a: 1\nb: 2\na: 3", 3, "twice"),
        (b"x: " + b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2), 1, "deep"),
        (b"a: 1\n---\nb: 2", 2, "second document"),
        (b"a: 1\n  b: [", 2, "not YAML"),
        (b"a: \xff", 1, "UTF-8"),
        (b"a: 1\nb: \x07", 2, "control character"),
        (b"? [a]\n: b", 1, "name"),
        (b"", 1, "empty"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_at_its_line(content: bytes, line: int, message: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read("x.yaml", content)
    [problem] = refused.value.problems
    assert (problem.file, problem.line) == ("x.yaml", line)
    assert message in problem.message


@pytest.mark.parametrize("text", ["0201", "no", "10:30", "1_000", "0x10", "2026-12-25", "1e3", "on", ".inf"])
def test_words_stay_as_they_were_written(text: str) -> None:
    root = read("x.yaml", f"a: {text}".encode())
    assert isinstance(root, Mapping)
    value = root.entries["a"]
    assert isinstance(value, Scalar)
    assert (value.value, value.guessed()) == (text, text)


def test_files_tell_all_their_problems_at_once() -> None:
    files = {"a.yaml": b"format: 2", "b.yaml": b"[]", "c.yaml": b"format: 1\nqueus: []\nqueues: {}\n"}
    with pytest.raises(ImportRefused) as refused:
        parse(files)
    assert [(one.file, one.line, one.field) for one in refused.value.problems] == [
        ("a.yaml", 1, "format"), ("b.yaml", 1, ""), ("c.yaml", 2, "queus"), ("c.yaml", 3, "queues"),
    ]  # fmt: skip
