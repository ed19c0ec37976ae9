"""The how-to's examples are true."""

import re

from controlplane.platform.settings import REPOSITORY
from tests.api.clients import Client

PAGE = (REPOSITORY / "docs" / "howto" / "configuration-as-code.md").read_text()


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


async def test_the_file_of_the_howto_is_taken_in_and_can_be_applied(admin: Client) -> None:
    answer = (await admin.post("/config/import", content=example("yaml"))).json()
    assert answer["ok"], answer
    assert (answer["created"], answer["updated"]) == (6, 1)
    assert answer["plan"]["ok"], answer["plan"]["problems"]


async def test_the_table_of_the_howto_is_taken_in(admin: Client) -> None:
    answer = (await admin.post("/devices/import", content=example("csv"))).json()
    assert (answer["ok"], answer["created"]) == (True, 4), answer
