"""The example PBX as files, to be read in review: ``CP_UPDATE_GOLDEN=1 pytest tests/render`` writes them anew."""

import os
import shutil
from pathlib import Path

from controlplane.platform.settings import REPOSITORY
from controlplane.release.compile import compile_node
from controlplane.release.render import render
from tests.unit.release.example import example

GOLDEN = Path(__file__).parent / "golden"


def test_the_example_is_rendered_as_ever() -> None:
    release = render(compile_node(example().configuration()), "release-1", REPOSITORY / "dialplan_templates")
    made = {path: file.content.decode() for path, file in release.files.items()}
    if os.environ.get("CP_UPDATE_GOLDEN"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        for path, text in made.items():
            (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / path).write_text(text)
    kept = {str(file.relative_to(GOLDEN)): file.read_text() for file in GOLDEN.rglob("*") if file.is_file()}
    assert made == kept
