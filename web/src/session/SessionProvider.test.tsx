// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { SessionProvider, useMe } from "./SessionProvider";

vi.mock("@/api/client", () => ({
  api: { GET: vi.fn() },
  data: async (answer: Promise<{ data: unknown }>) => (await answer).data,
}));
vi.mock("./session", () => {
  const session = { accessToken: "good", expiresAt: 0, organizationId: null };
  return { currentSession: () => session, openSession: async () => "good", subscribe: () => () => undefined };
});

const AWAY = new ApiProblem(500, { title: "It broke", detail: "", hint: "", slug: "error" });

function Typing() {
  return <input aria-label={useMe().label} />;
}

it("keeps what is shown when who is asking can't be read again", async () => {
  const asked = vi.mocked(api.GET).mockResolvedValueOnce({ data: { label: "Ada" } } as never);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <SessionProvider>
        <Typing />
      </SessionProvider>
    </QueryClientProvider>,
  );
  fireEvent.change(await screen.findByLabelText("Ada"), { target: { value: "half a sentence" } });
  asked.mockRejectedValue(AWAY);
  await act(async () => {
    await queries.refetchQueries();
    await new Promise((resolve) => setTimeout(resolve, 10)); // the page is told a moment later
  });
  expect(queries.getQueryState(["me", null])?.status).toBe("error");
  expect(screen.getByLabelText("Ada")).toHaveProperty("value", "half a sentence");
});
