"""Speech models as an operator puts them in place."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from controlplane.entrypoints.cli import app
from controlplane.entrypoints.cli_models import VOSK_PARTS


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # no .env of the developer's
    monkeypatch.setenv("CP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("CP_VOSK_MODEL", raising=False)
    return tmp_path / "data"


def model(folder: Path, name: str) -> Path:
    for part in VOSK_PARTS:
        (folder / name / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / part).write_text(name)
    return folder / name


def used() -> str:
    listed = json.loads(CliRunner().invoke(app, ["models", "list", "--json"]).stdout)
    return str(next(one["model"] for one in listed if one["used"]))


def test_a_copied_model_is_used_and_outlives_its_source(data: Path, tmp_path: Path) -> None:
    assert used() == "tiny.en"
    source = model(tmp_path, "small-de")
    assert CliRunner().invoke(app, ["models", "install", str(source)]).exit_code == 0
    (source / VOSK_PARTS[0]).unlink()
    assert (data / "models" / "vosk" / VOSK_PARTS[0]).read_text() == "small-de"
    assert used() == "vosk"


def test_a_model_is_replaced_only_when_asked(data: Path, tmp_path: Path) -> None:
    first, second = model(tmp_path, "first"), model(tmp_path, "second")
    assert CliRunner().invoke(app, ["models", "install", "--link", str(first)]).exit_code == 0
    refused = CliRunner().invoke(app, ["models", "install", str(second)])
    assert refused.exit_code == 2
    assert "--replace" in refused.stderr
    assert used() == "first"
    assert CliRunner().invoke(app, ["models", "install", "--replace", "--link", str(second)]).exit_code == 0
    assert used() == "second"
    assert (first / VOSK_PARTS[0]).read_text() == "first", "the linked folder itself stays"


def test_any_other_folder_is_refused(data: Path, tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["models", "install", str(tmp_path)])
    assert refused.exit_code == 2
    assert VOSK_PARTS[0] in refused.stderr
    assert not data.exists()
