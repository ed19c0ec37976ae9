"""A user of our own REST API, for the demo, the tests and the benches."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx2

from controlplane.lab.process import LabError

Json = dict[str, Any]


class ApiClient:
    """Talks to ``/api/v1`` as one logged-in user; anything but success is an error that shows the answer."""

    def __init__(self, url: str) -> None:
        self._http = httpx2.AsyncClient(base_url=f"{url}/api/v1", timeout=120)
        self._who: tuple[str, str] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def login(self, email: str, password: str) -> None:
        """Logs in; later calls carry the access token, and another one when that has expired."""
        self._who = None
        answer = await self.post("/auth/login", {"email": email, "password": password})
        self._who = email, password
        self._http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    async def get(self, path: str, **query: Any) -> Json:
        """A read."""
        return await self._json("GET", path, params=query)

    async def post(self, path: str, body: Json | None = None, *, idempotency_key: str | None = None) -> Json:
        """A create or an action; with a key one that is done once."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return await self._json("POST", path, json=body or {}, headers=headers)

    async def patch(self, path: str, body: Json) -> Json:
        """A change."""
        return await self._json("PATCH", path, json=body)

    async def delete(self, path: str) -> None:
        """An end."""
        self._checked(await self._request("DELETE", path))

    async def put_content(self, path: str, content: bytes) -> Json:
        """An upload, such as a prompt's sound."""
        return await self._json("PUT", path, content=content)

    def work_in(self, org_id: str) -> None:
        """From now on in this organisation, not one's own. For installation admins."""
        self._http.headers["X-Organization"] = org_id

    async def content(self, path: str) -> bytes:
        """A file, such as a recording."""
        return self._checked(await self._request("GET", path)).content

    async def apply(self, reason: str = "") -> Json:
        """Applies the drafts and waits until the node has verified them."""
        release = await self.post("/config/releases?wait_s=30", {"reason": reason})
        if release["state"] != "live":
            raise LabError(f"the release is {release['state']}: {release['nodes']}")
        return release

    async def until(
        self, path: str, ready: Callable[[Json], bool], *, timeout_s: float, what: str, **query: Any
    ) -> Json:
        """Reads again and again until the answer is as wanted."""
        deadline = time.monotonic() + timeout_s
        while True:
            answer = await self.get(path, **query)
            if ready(answer):
                return answer
            if time.monotonic() > deadline:
                raise LabError(f"not {what} within {timeout_s:.0f} s: {answer}")
            await asyncio.sleep(0.2)

    async def _json(self, method: str, path: str, **options: Any) -> Json:
        answer: Json = self._checked(await self._request(method, path, **options)).json()
        return answer

    async def _request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        answer = await self._http.request(method, path, **options)
        if answer.status_code == 401 and self._who is not None:
            await self.login(*self._who)
            answer = await self._http.request(method, path, **options)
        return answer

    @staticmethod
    def _checked(answer: httpx2.Response) -> httpx2.Response:
        if answer.is_error:
            raise LabError(f"{answer.request.method} {answer.request.url.path} -> {answer.status_code}: {answer.text}")
        return answer
