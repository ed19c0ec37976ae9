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


async def test_the_page_asks_nobody_but_us(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/")).headers["location"] == "/docs"
    page = await http.get("/docs")
    assert "https://" not in page.text
    assert (await http.get("/docs/assets/swagger-ui-bundle.js")).status_code == 200


async def test_readiness_names_each_dependency(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"postgresql": "ok"})
