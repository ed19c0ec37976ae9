// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { logIn } from "@/session/session";
import { useLiveConnection } from "./live";

const LOGGED_OUT = 4401;
const sockets: WebSocket[] = [];

class Socket {
  onopen?: () => void;
  onclose?: (event: { code: number }) => Promise<void>;
  close() {}
  constructor() {
    sockets.push(this as unknown as WebSocket);
  }
}

const login = () => new Response('{"access_token": "t", "expires_in_s": 900}');
const turnedOut = () => sockets.at(-1)?.onclose?.({ code: LOGGED_OUT } as CloseEvent);

beforeEach(async () => {
  vi.useFakeTimers();
  sockets.length = 0;
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", async () => login());
  await logIn("ada@demo.test", "a password");
});
afterEach(() => vi.useRealTimers());

it.each([
  ["the network is away", () => Promise.reject(new TypeError("Failed to fetch"))],
  ["the server is away", async () => new Response("", { status: 503 })],
])("tries again when the login can't be renewed because %s", async (_, answer) => {
  const { unmount } = renderHook(useLiveConnection);
  vi.stubGlobal("fetch", answer);
  for (let closed = 1; closed <= 3; closed++) {
    await turnedOut();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sockets).toHaveLength(closed + 1);
  }
  unmount();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(4);
});

it("gives up when the login is gone", async () => {
  const { unmount } = renderHook(useLiveConnection);
  vi.stubGlobal("fetch", async () => new Response("", { status: 401 }));
  await turnedOut();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
  unmount();
});
