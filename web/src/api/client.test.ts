// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from "vitest";
import { api } from "./client";

const answers: (Response | "lost")[] = [];
const UNKNOWN = /^It is not known whether it was done/;

beforeEach(() => {
  answers.length = 0;
  vi.stubGlobal("fetch", async () => {
    const answer = answers.shift() ?? "lost";
    if (answer === "lost") throw new TypeError("Failed to fetch");
    return answer;
  });
});

/** Asks, and gives what is said of it. */
function said(method: "GET" | "POST" | "PATCH" | "DELETE", path: string): Promise<string> {
  const answer = (api[method] as (path: string, how: object) => Promise<unknown>)(path, { baseUrl: "http://here" });
  return answer.then(
    () => "done",
    (problem) => problem.message,
  );
}

it("says that nothing was changed only where that is sure", async () => {
  expect(await said("GET", "/api/v1/calls")).toBe("Nothing was changed.");
  expect(await said("POST", "/api/v1/config/plan")).toBe("Nothing was changed.");
  for (const method of ["POST", "PATCH", "DELETE"] as const)
    expect(await said(method, "/api/v1/contacts")).toMatch(UNKNOWN);
});

it("knows that nothing was done when the login has to be renewed first and can't", async () => {
  answers.push(new Response("{}", { status: 401 }), "lost");
  expect(await said("POST", "/api/v1/contacts")).toBe("Nothing was changed.");
});
