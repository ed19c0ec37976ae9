// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { queries } from "@/api/queries";
import { useChosenLocation } from "@/layout/locations";
import type { Me } from "@/session/me";
import { useKept } from "@/session/preferences";
import { SessionProvider } from "@/session/SessionProvider";
import { useConfigStatus } from "../changes/queries";
import { useLiveQueues } from "../queues/queries";
import { useSetupProgress } from "../setup";
import { askFirst } from "./askFirst";
import { useNodes, useStatus, useUnheard } from "./queries";

vi.mock("@/api/client", () => ({
  api: { GET: vi.fn() },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
}));
const session = vi.hoisted(() => ({ accessToken: "good" as string | null, expiresAt: 0, organizationId: null }));
vi.mock("@/session/session", () => ({
  currentSession: () => session,
  openSession: async () => session.accessToken,
  subscribe: () => () => undefined,
}));

const ADMIN = ["trunks:read", "nodes:read", "queues:read", "config:read", "voicemails:read", "locations:read"];

/** Answers as the API does to somebody with these rights; gives the paths that were asked for. */
function answering(scopes: string[]): () => string[] {
  const me = { scopes, installation_admin: true } as Me;
  const asked = vi.mocked(api.GET).mockImplementation(async (path: string) => {
    const items = { items: [], live: null, total: 0 };
    return { data: path === "/api/v1/auth/me" ? me : items, response: new Response() } as never;
  });
  return () => (asked.mock.calls as unknown as [string][]).map(([path]) => path.replace("/api/v1", ""));
}

afterEach(() => {
  session.accessToken = "good";
  queries.clear();
  vi.clearAllMocks();
});

function AllOfIt() {
  useChosenLocation();
  useStatus();
  useNodes();
  useUnheard();
  useConfigStatus();
  useLiveQueues(null);
  useSetupProgress(true);
  useKept("home", Boolean);
  return null;
}

it("asks what home asks, which then asks nothing again", async () => {
  const asked = answering([...ADMIN, "locations:write", "phone-numbers:write"]);
  await askFirst();
  await vi.waitFor(() => expect(queries.isFetching()).toBe(0));
  const first = asked();
  expect(first).toHaveLength(new Set(first).size);
  expect(first).toContain("/phone-numbers");
  const { unmount } = render(
    <QueryClientProvider client={queries}>
      <SessionProvider>
        <AllOfIt />
      </SessionProvider>
    </QueryClientProvider>,
  );
  await vi.waitFor(() =>
    expect(
      queries
        .getQueryCache()
        .find({ queryKey: ["me", null] })
        ?.isActive(),
    ).toBe(true),
  );
  await vi.waitFor(() => expect(queries.getQueryCache().findAll({ type: "active" })).toHaveLength(9));
  expect(asked()).toEqual(first);
  unmount();
});

it("asks for nothing that one may not see", async () => {
  const asked = answering(["queues:read"]);
  await askFirst();
  expect(asked().sort()).toEqual(["/auth/me", "/auth/me/preferences", "/queues/live"]);
});

it("asks for nothing where nobody is logged in", async () => {
  session.accessToken = null;
  const asked = answering(ADMIN);
  await askFirst();
  expect(asked()).toEqual([]);
});
