"""The compose file, the Dockerfiles and the settings page agree with the settings."""

import re
from pathlib import Path
from typing import Any

import yaml

from controlplane.entrypoints.settings_page import PAGE, settings_page
from controlplane.platform.settings import REPOSITORY, Settings

KNOWN = {f"CP_{name.upper()}" for name in Settings.model_fields}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
    return loaded


def test_every_variable_of_the_compose_file_is_a_setting() -> None:
    for name, service in compose()["services"].items():
        ours = {key for key in service.get("environment", {}) if key.startswith("CP_")}
        assert ours <= KNOWN, f"{name} sets what no setting knows"


def test_every_service_restarts_and_none_of_ours_runs_as_root() -> None:
    for name, service in compose()["services"].items():
        assert service["restart"] in {"unless-stopped", "on-failure"}, name
    for dockerfile in ("Dockerfile", "asterisk/Dockerfile"):
        users = re.findall(r"^USER (\S+)", (REPOSITORY / dockerfile).read_text(), re.MULTILINE)
        assert users, dockerfile
        assert users[-1] not in {"root", "0"}, dockerfile


def test_nothing_but_the_node_listens_beyond_loopback() -> None:
    for name, service in compose()["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert (service.get("network_mode") == "host") == (name == "node")


def test_what_needs_the_database_waits_for_it() -> None:
    services = compose()["services"]
    for name in ("api", "worker", "media-worker"):
        assert services[name]["depends_on"]["setup"]["condition"] == "service_completed_successfully"
    assert "healthcheck" in services["postgres"]


def test_the_settings_page_is_what_the_settings_say() -> None:
    assert PAGE.read_text() == settings_page(), "run: python -m controlplane.entrypoints.settings_page"


def test_dockerfiles_copy_only_what_is_there() -> None:
    for dockerfile in ("Dockerfile", "asterisk/Dockerfile"):
        for line in re.findall(r"^COPY (?!--from)(.+)$", (REPOSITORY / dockerfile).read_text(), re.MULTILINE):
            for source in line.split()[:-1]:
                assert (REPOSITORY / Path(source)).exists(), f"{dockerfile}: {source}"
