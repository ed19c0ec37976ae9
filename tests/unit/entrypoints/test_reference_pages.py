"""What is generated for docs/reference is current, and leaves nothing out."""

from controlplane.entrypoints.reference_pages import FOLDER, commands_page, events_page
from controlplane.platform.events import Event

HOW = "run: python -m controlplane.entrypoints.reference_pages"


def test_the_events_page_is_what_the_events_are() -> None:
    assert (FOLDER / "events.md").read_text() == events_page(), HOW


def test_every_event_of_every_slice_is_on_its_page() -> None:
    def all_of(base: type[Event]) -> set[str]:
        own = {base.name} if "name" in vars(base) and base.__module__.startswith("controlplane.") else set()
        return own.union(*(all_of(one) for one in base.__subclasses__()))

    assert all(f"## `{name}`\n" in events_page() for name in all_of(Event))


def test_the_commands_page_is_what_the_commands_say() -> None:
    assert (FOLDER / "commands.md").read_text() == commands_page(), HOW
