// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { useKept } from "./preferences";

vi.mock("@/api/client", () => ({ api: { GET: vi.fn(), PUT: vi.fn() } }));

const stored = { views: ["of another window"], columns: ["who"] };
const words = (kept: unknown) => (Array.isArray(kept) ? (kept as string[]) : []);

it("adds to what the server has, though this window does not know it", async () => {
  vi.mocked(api.GET).mockResolvedValue({ data: { document: stored }, response: new Response() } as never);
  const client = new QueryClient();
  client.setQueryData(["preferences"], { document: {}, etag: '"1"' });
  const { result } = renderHook(() => useKept("views", words), {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  const [shown, keep] = result.current;
  expect(shown).toEqual([]);
  await act(() => keep((views) => [...views, "mine"]));
  const sent = vi.mocked(api.PUT).mock.calls[0]?.[1] as unknown as { body: { document: unknown } };
  expect(sent.body.document).toEqual({ views: ["of another window", "mine"], columns: ["who"] });
});
