// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from "vitest";
import { logIn, logOut, renewSession } from "@/session/session";
import { chooseLocation, chosenAmong, type Location } from "./locations";

const known = (...ids: string[]) => ids.map((id) => ({ id }) as Location);
const answer = (status: number) =>
  vi.fn(async () => new Response('{"access_token": "t", "expires_in_s": 900}', { status }));

beforeEach(async () => {
  vi.stubGlobal("fetch", answer(200));
  await logIn("ada@demo.test", "a password");
  chooseLocation("north");
});

it("is narrowed to no location that is not there, nor to the only one", () => {
  expect(chosenAmong("north", undefined)).toBe("north");
  expect(chosenAmong("north", known("north", "south"))).toBe("north");
  expect(chosenAmong("north", known("east", "south"))).toBeNull();
  expect(chosenAmong("north", known("north"))).toBeNull();
});

it("forgets the location with the login, however that ends", async () => {
  expect(sessionStorage.getItem("location")).toBe("north");
  await logOut();
  expect(sessionStorage.getItem("location")).toBeNull();
  chooseLocation("north");
  vi.stubGlobal("fetch", answer(401));
  await renewSession();
  expect(sessionStorage.getItem("location")).toBeNull();
});
