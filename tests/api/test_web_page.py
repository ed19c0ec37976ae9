"""How the web UI's files are served: found at any address, under a strict policy, compressed, kept for ever."""

import gzip
import re
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from controlplane.entrypoints.web_page import install_web
from controlplane.platform.problem import install_problem_handlers
from controlplane.platform.settings import Settings


def client_of(dist: Path) -> httpx2.AsyncClient:
    app = FastAPI()
    install_problem_handlers(app)
    install_web(app, Settings(_env_file=None, sip_host="0.0.0.0"), dist)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://pbx.test")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<meta name="csp-nonce" content="__CSP_NONCE__" />')
    (tmp_path / "assets" / "a-1.js").write_text("let a;")
    (tmp_path / "assets" / "a-1.js.gz").write_bytes(gzip.compress(b"let a;"))
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/calls", "/queues/01890000-0000-7000-8000-000000000000"])
async def test_the_page_is_at_every_address_with_a_nonce_of_its_own(dist: Path, path: str) -> None:
    async with client_of(dist) as http:
        answers = [await http.get(path), await http.get(path)]
    nonces = [re.findall(r'content="([^"]+)"', answer.text)[0] for answer in answers]
    assert nonces[0] != nonces[1]
    policy = answers[0].headers["content-security-policy"]
    assert f"'nonce-{nonces[0]}'" in policy
    assert "script-src 'self';" in policy
    assert "wss://pbx.test:8089" in policy
    assert "unsafe" not in policy
    assert answers[0].headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/node/v1/nothing", "/assets/nothing.js", "/assets/..%2findex.html"]
)
async def test_no_page_where_there_is_none(dist: Path, path: str) -> None:
    async with client_of(dist) as http:
        assert (await http.get(path)).status_code == 404


async def test_files_come_compressed_and_are_kept(dist: Path) -> None:
    async with client_of(dist) as http:
        packed = await http.get("/assets/a-1.js")
        plain = await http.get("/assets/a-1.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text == "let a;"
    assert packed.headers["content-type"].startswith("text/javascript")
    assert "immutable" in packed.headers["cache-control"]


async def test_without_a_build_the_description_is_shown(tmp_path: Path) -> None:
    async with client_of(tmp_path) as http:
        assert (await http.get("/")).headers["location"] == "/docs"
        assert (await http.get("/calls")).status_code == 404
