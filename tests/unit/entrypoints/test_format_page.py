"""The page about configuration files is what the kinds say."""

from controlplane.entrypoints.format_page import PAGE, format_page


def test_the_format_page_is_what_the_kinds_say() -> None:
    assert PAGE.read_text() == format_page(), "run: python -m controlplane.entrypoints.format_page"
