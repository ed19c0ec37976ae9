"""Whatever somebody writes, it is read or refused at its line; nothing breaks."""

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controlplane.ascode.checks import check
from controlplane.ascode.deciding import decide
from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.matching import match
from controlplane.ascode.secret_words import SecretReader
from controlplane.ascode.shape import LOCATION, Part
from controlplane.ascode.table import columns, read_table
from controlplane.ascode.text import read, write
from controlplane.ascode.tree import LOCATIONS, SECTIONS, Tree, extra_fields, parse, shape_of_kind
from controlplane.identity.door import system_principal
from controlplane.kit.ids import new_id
from controlplane.platform.crypto import Crypto
from tests.unit.ascode.configurations import NOTHING_HERE

CRYPTO = Crypto("k" * 40)
KINDS = {LOCATIONS: LOCATION} | {heading: str(kind) for heading, kind in SECTIONS.items()}
WORDS = ("201", "", "hangup", "x", "null", "-1", "1e99", "+15551234567", "Sales", "true", "09:00", str(new_id()))
KEYS = ("kind", "id", "number", "name", "queue", "extension", "from", "sealed", "wav", "wav16", "duration_ms", "days")
slow = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def anything() -> st.SearchStrategy[object]:
    words = st.one_of(st.sampled_from(WORDS), st.text(max_size=8), st.none(), st.booleans(), st.integers())
    return st.recursive(
        words, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner)),
        max_leaves=6,
    )  # fmt: skip


@st.composite
def nonsense(draw: st.DrawFn) -> dict[str, object]:
    """Documents with the right headings and fields, and anything in them."""
    document: dict[str, object] = {"format": 1}
    for heading in draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=4, unique=True)):
        shape = shape_of_kind(KINDS[heading])
        fields = [*(one.written for one in shape.fields()), *extra_fields(KINDS[heading]), "id", "unknown"]
        objects = st.dictionaries(st.sampled_from(fields), anything(), max_size=8)
        document[heading] = draw(st.lists(st.one_of(objects, anything()), max_size=3))
    return document


def decided(tree: Tree) -> None:
    principal = system_principal(new_id())
    found = match(tree, NOTHING_HERE, principal)
    decision = decide(tree, NOTHING_HERE, found, principal, SecretReader(CRYPTO, None), prune=True)
    for problem in [*decision.problems, *check(NOTHING_HERE, decision, principal, {})]:
        assert problem.line > 0
        assert problem.message


@slow
@given(nonsense())
def test_any_nonsense_is_told_and_breaks_nothing(document: dict[str, object]) -> None:
    try:
        tree = parse({"x.yaml": write(document).encode()})
    except ImportRefused:
        return
    decided(tree)


@slow
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_yaml_or_refused(content: bytes) -> None:
    with contextlib.suppress(ImportRefused):
        read("x.yaml", content)


@slow
@given(
    st.sampled_from(["devices", "phone_numbers"]),
    st.lists(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), min_size=3, max_size=3), max_size=4),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_cells_are_read_or_told(table: str, rows: list[list[str]], delimiter: str) -> None:
    head = list(columns(table))[:3]
    lines = [delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in [head, *rows]]
    with contextlib.suppress(ImportRefused):
        decided(read_table(table, "x.csv", "\r\n".join(lines).encode(errors="replace")))


def test_every_kind_has_a_shape_that_can_be_written() -> None:
    assert all(isinstance(shape_of_kind(kind), Part) for kind in KINDS.values())
