"""The API's description and its page."""

import httpx2


async def test_every_operation_says_how_it_fails_and_what_it_is(http: httpx2.AsyncClient) -> None:
    schema = (await http.get("/openapi.json")).json()
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {path}"
            assert operation.get("description"), f"{method} {path}"
            if path.startswith("/api/"):
                assert "application/problem+json" in operation["responses"]["4XX"]["content"], f"{method} {path}"


SWITCHES = {
    ("delete", "/api/v1/sessions/{session_id}"),  # over is over
    ("patch", "/api/v1/voicemails/{voicemail_id}"),  # heard or new: whoever says it last is right
    ("delete", "/api/v1/voicemails/{voicemail_id}"),
}
"""Changes in which nobody can overwrite what somebody else wrote."""


async def test_every_change_can_be_refused_when_somebody_was_faster(http: httpx2.AsyncClient) -> None:
    schema = (await http.get("/openapi.json")).json()
    deaf = {
        (method, path)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if method in {"patch", "put", "delete"}
        and "if-match" not in {one["name"].lower() for one in operation.get("parameters", ())}
    }
    assert deaf == SWITCHES


async def test_the_page_asks_nobody_but_us(http: httpx2.AsyncClient) -> None:
    page = await http.get("/docs")
    assert "https://" not in page.text
    assert (await http.get("/docs/assets/swagger-ui-bundle.js")).status_code == 200


async def test_readiness_names_each_dependency(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"postgresql": "ok"})
