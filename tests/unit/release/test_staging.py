"""What a rehearsal changes of a node's model, and what it must not change."""

from dataclasses import replace

from controlplane.platform.settings import REPOSITORY
from controlplane.protocol.bundle import FileKind
from controlplane.protocol.rehearsal import CARRIER_PORT
from controlplane.release.compile import compile_node
from controlplane.release.render import render
from controlplane.release.staging import carriers_of, longest_waits, stage
from tests.unit.release.example import example

TEMPLATES = REPOSITORY / "dialplan_templates"


def test_nobody_outside_can_be_reached() -> None:
    model = compile_node(example().configuration())
    staged = stage(model)
    addresses = carriers_of(model.trunks)
    assert len(set(addresses.values())) == len(model.trunks) > 1
    for trunk in staged.trunks:
        assert (trunk.host, trunk.port, trunk.transport) == (addresses[trunk.id], CARRIER_PORT, "udp")
        assert trunk.networks == (addresses[trunk.id],)
        assert trunk.host.startswith("127.")
        assert trunk.password is None
    text = b"".join(file.content for file in render(staged, "rehearsal", TEMPLATES).files.values()).decode()
    assert not [trunk.host for trunk in model.trunks if trunk.host in text]


def test_the_dialplan_differs_in_its_waits_alone() -> None:
    model = compile_node(example().configuration())
    real, staged = render(model, "one", TEMPLATES), render(stage(model), "one", TEMPLATES)
    assert real.files.keys() == staged.files.keys()
    differing = [
        (before, after)
        for path, file in real.files.items()
        if file.kind == FileKind.DIALPLAN
        for before, after in zip(
            file.content.decode().splitlines(), staged.files[path].content.decode().splitlines(), strict=True
        )
        if before != after
    ]
    assert differing
    assert all(
        any(word in before for word in ("Dial(", "Queue(", "WaitExten(", "TIMEOUT(digit)")) for before, _ in differing
    )


def test_equal_models_give_equal_stages() -> None:
    model = compile_node(example().configuration())
    assert stage(model) == stage(replace(model))


def test_the_longest_waits_are_the_real_ones() -> None:
    model = compile_node(example().configuration())
    waits = longest_waits(model)
    menu, queue = model.ivr_menus[0], model.queues[0]
    assert (waits[menu.id], waits[queue.id]) == (menu.wait_s * menu.attempts, queue.max_wait_s)
    assert waits == longest_waits(model) != longest_waits(stage(model))
