// @vitest-environment jsdom
// jsdom, like every browser on a page without https, has no `navigator.locks`.
import { expect, it, vi } from "vitest";
import { currentSession, renewSession } from "./session";

it("renews once for all who ask, without locks too, and outlives a network that is away", async () => {
  const answers = [new Response('{"access_token": "one", "expires_in_s": 900}'), new Response("", { status: 502 })];
  const asked = vi.fn(async () => {
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer;
  });
  vi.stubGlobal("fetch", asked);
  expect(await Promise.all([renewSession(), renewSession()])).toEqual(["one", "one"]);
  expect(asked).toHaveBeenCalledOnce();
  expect(await renewSession()).toBeNull();
  await expect(renewSession()).rejects.toThrow("Failed to fetch");
  expect(currentSession().accessToken).toBe("one");
});
